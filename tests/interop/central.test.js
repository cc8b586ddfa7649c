// The built gateway on a real PostgreSQL: a copy before the first bind, resets that arrive there, a
// server that crashes while a teacher waits, a clone of the gateway that takes its place, and a
// search for secrets in all that the server logs.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {spawnSync} = require('node:child_process');
const {after, before, describe, test} = require('node:test');
const {setTimeout: pause} = require('node:timers/promises');
const {Carrier} = require('./carrier.js');
const {Gateway} = require('./gateway.js');
const {Postgresql} = require('./postgresql.js');
const {Teacher} = require('./teacher.js');

const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880', bind: 'transceiver'};

describe('a gateway whose central database is PostgreSQL', {timeout: 240_000}, () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pulih-interop-'));
  const secret = path.join(folder, 'central.secret');
  let database, carrier, gateway, central, people;

  const version = ({id}) =>
      Number(database.sql(`SELECT password_version FROM pulih.account WHERE id = '${id}'`));
  // The next text for this phone that matches.
  const hears = (phone, pattern, line = carrier) => new Promise((resolve) => {
    const listener = ({to, text}) => {
      if (to !== phone || !pattern.test(text)) return;
      line.off('message', listener);
      resolve(text);
    };
    line.on('message', listener);
  });

  before(async () => {
    database = new Postgresql();
    people = database.seed('papua', 30);
    central = database.enrol('nabire', 'papua', secret);
    carrier = new Carrier(LINK);
    const port = await carrier.listen();
    gateway = new Gateway({...LINK, port}, {}, central);
    gateway.start();
    await gateway.orEnd(carrier.bound());
  });

  after(async () => {
    await gateway.stop();
    await carrier.close();
    gateway.remove();
    database.remove();
    fs.rmSync(folder, {recursive: true});
  });

  test('a teacher whose account is made while the gateway runs is known soon', async () => {
    const before = gateway.status('central').rows_changed;
    database.sql(`INSERT INTO pulih.account (region, id, birth_date, phone)
      VALUES ('papua', 'baru7@guru.sd', '1985-08-17', 6281100000999)`);
    while (gateway.status('central').rows_changed === before) await gateway.orEnd(pause(50));
    const baru = {registered: '6281100000999', id: 'baru7@guru.sd', birthDate: '17081985'};
    await gateway.orEnd(new Teacher(carrier, baru).resets('RESET'));
    assert.equal(version(baru), 2);
  });

  test('a teacher\'s new password is in the database when she is told so', async () => {
    await gateway.orEnd(new Teacher(carrier, people[0]).resets('RESET'));
    assert.equal(version(people[0]), 2);
    assert.match(database.sql(`SELECT verifier FROM pulih.account WHERE id = '${people[0].id}'`),
                 /^\$argon2id\$v=19\$/);
  });

  test('a crash of the database while a teacher waits: she is told the truth when it is back',
       async () => {
         const teacher = new Teacher(carrier, {...people[1], password: 'kapal-Terbang 9 biru'});
         const kept = hears(people[1].registered, /berlaku setelah sambungan/);
         const chooses = hears(people[1].registered, /sandi baru.*minimal/s);
         const done = teacher.resets('RESET');
         await gateway.orEnd(chooses);
         database.stop();
         await gateway.orEnd(kept);
         database.start();
         await gateway.orEnd(done);
         assert.equal(version(people[1]), 2);
       });

  const untilStatus = async (holds) => {
    while (!holds(gateway.status('central'))) await gateway.orEnd(pause(50));
  };

  test('how the sync stands is told: what waits, since when, and what was not taken', async () => {
    await untilStatus((now) => now.met && !('oldest_operation_s' in now) && !('trouble' in now));
    const before = gateway.status('central');
    assert.equal(before.driver, 'postgresql');
    assert.equal(before.copy, 'whole');
    assert.equal(before.rows_behind, 0);
    assert.equal(before.octets_in, 0);  // it is reached over a socket in a folder, not by TCP
    assert.ok(before.operations_pushed > 0);
    assert.ok(before.copy_age_s < 60);

    // Her password is changed by another way while she chooses one, then refused by the owner.
    const chosen = (at) => {
      const teacher = new Teacher(carrier, {...people[at], password: `kapal-Terbang ${at} biru`});
      const chooses = hears(people[at].registered, /sandi baru.*minimal/s);
      const ended = teacher.resets('RESET').catch((error) => error);
      return {chooses, ended};
    };
    const overtaken = chosen(10);
    await gateway.orEnd(overtaken.chooses);
    database.sql(`UPDATE pulih.account SET verifier = '$argon2id$v=19$m=8,t=1,p=1$other$other'
      WHERE id = '${people[10].id}'`);
    await untilStatus((now) => now.operations_superseded === before.operations_superseded + 1);
    assert.match((await overtaken.ended).message, /jalur lain/);

    database.sql(`CREATE FUNCTION strict() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE 'not this one' USING ERRCODE = 'PU010'; END $$;
      CREATE TRIGGER strict BEFORE UPDATE OF verifier ON pulih.account
      FOR EACH ROW EXECUTE FUNCTION strict()`);
    const refused = chosen(11);
    await untilStatus((now) => now.operations_refused > before.operations_refused);
    database.sql('DROP TRIGGER strict ON pulih.account');
    await gateway.orEnd(refused.ended);

    const waits = chosen(12);
    await gateway.orEnd(waits.chooses);
    database.stop();
    await untilStatus((now) => now.oldest_operation_s >= 1 && !now.met);
    assert.match(gateway.status('central').trouble, /it is tried again|is it running/);
    assert.ok(gateway.status('store').operations_waiting >= 1);
    database.start();
    await gateway.orEnd(waits.ended);
    await untilStatus((now) => now.met && !('oldest_operation_s' in now) && !('trouble' in now));
    assert.equal(version(people[12]), 2);
  });

  test('an account locked while her change waits: the lock wins, she is told', async () => {
    const teacher = new Teacher(carrier, {...people[13], password: 'kapal-Terbang 7 biru'});
    const kept = hears(people[13].registered, /berlaku setelah sambungan/);
    const told = hears(people[13].registered, /tidak dipasang.*data akun di pusat berbeda/);
    const chooses = hears(people[13].registered, /sandi baru.*minimal/s);
    const ended = teacher.resets('RESET').catch((error) => error);
    await gateway.orEnd(chooses);
    // The gateway alone is kept out.
    database.sql(`ALTER ROLE pulih_site_nabire CONNECTION LIMIT 0;
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pulih_site_nabire'`);
    await gateway.orEnd(kept);
    database.sql(`UPDATE pulih.account SET locked = true WHERE id = '${people[13].id}';
      ALTER ROLE pulih_site_nabire CONNECTION LIMIT -1`);
    await gateway.orEnd(told);
    assert.equal(version(people[13]), 1);
    await ended;
  });

  test('two gateways change one account: both teachers hear the truth', async () => {
    // Both copies know the account as it is now; the second change comes too late.
    const other = new Carrier(LINK);
    const second = new Gateway({...LINK, port: await other.listen()}, {},
                               database.enrol('biak', 'papua', path.join(folder, 'biak.secret')));
    try {
      second.start();
      await second.orEnd(other.bound());
      const on = (line, password) => {
        const teacher = new Teacher(line, {...people[14], password});
        const chooses = hears(people[14].registered, /sandi baru.*minimal/s, line);
        return {chooses, ended: teacher.resets('RESET').catch((error) => error.message)};
      };
      const here = on(carrier, 'kapal-Terbang 5 biru');
      const there = on(other, 'kapal-Terbang 6 biru');
      await Promise.all([here.chooses, there.chooses].map((each) => gateway.orEnd(each)));
      const told = await gateway.orEnd(Promise.all([here.ended, there.ended]));
      const applied = told.filter((text) => /^kapal-Terbang [56] biru$/.test(text));
      const overtaken = told.filter((text) => /jalur lain/.test(text));
      assert.deepEqual([applied.length, overtaken.length], [1, 1], told.join(' | '));
      assert.equal(version(people[14]), 2);
    } finally {
      await second.stop();
      await other.close();
      second.remove();
    }
  });

  test('a new machine gets its copy from a file, and fetches only what changed', async () => {
    const file = path.join(folder, 'nabire.pulih');
    const exported = await gateway.command('replica', 'export', file).ended;
    assert.equal(exported.status, 0, exported.said);
    const again = await gateway.command('replica', 'export', file).ended;
    assert.equal(again.status, 2);
    assert.match(again.said, /it is there already; name a file that is not/);
    assert.ok(!fs.existsSync(`${file}.part`));

    const line = new Carrier(LINK);
    const heir = new Gateway({...LINK, port: await line.listen()}, {},
                             database.enrol('sorong', 'papua', path.join(folder, 'sorong.secret')));
    try {
      fs.copyFileSync(path.join(gateway.folder, 'site.key'), path.join(heir.folder, 'site.key'));
      const imported = await heir.command('replica', 'import', file).ended;
      assert.equal(imported.status, 0, imported.said);
      assert.match(imported.said, /31 accounts; type: systemctl start pulihd/);
      heir.start();
      await heir.orEnd(line.bound());
      const {copy, blocks_fetched: fetched} = heir.status('central');
      assert.deepEqual([copy, fetched], ['whole', 0]);
      await heir.orEnd(new Teacher(line, people[15]).resets('RESET'));
      assert.equal(version(people[15]), 2);
    } finally {
      await heir.stop();
      await line.close();
      heir.remove();
    }
  });

  test('with a copy that is too old a change is noted, not promised, and told when it is made',
       async () => {
         const line = new Carrier(LINK);
         const old = new Gateway({...LINK, port: await line.listen()}, {},
                                 database.enrol('wamena', 'papua', path.join(folder, 'w.secret')));
         try {
           old.start();
           await old.orEnd(line.bound());
           assert.equal(await old.stop(), 0);
           database.stop();
           // 73 hours later, by the clock of the gateway's machine.
           old.start({
             LD_PRELOAD: '/usr/$LIB/faketime/libfaketime.so.1', FAKETIME: '+73h',
             FAKETIME_DONT_FAKE_MONOTONIC: '1',
           });
           await old.orEnd(line.bound());
           assert.ok(old.status('central').copy_age_s > 72 * 3600);
           const teacher = new Teacher(line, {...people[16], password: 'kapal-Terbang 4 biru'});
           const noted = hears(people[16].registered, /dicatat, belum pasti/, line);
           const done = teacher.resets('RESET');
           assert.doesNotMatch(await old.orEnd(noted), /BERHASIL|berlaku/);
           database.start();
           await old.orEnd(done);
           assert.equal(version(people[16]), 2);
           await old.orEnd((async () => {
             while (old.status('central').copy_age_s > 60) await pause(50);
           })());
         } finally {
           await old.stop();
           await line.close();
           old.remove();
         }
       });

  test('a copy that is damaged: refused until it is made good, and never "unknown"', async () => {
    const damage = spawnSync('python3', ['-c', `import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as copy:
    copy.execute('UPDATE account SET part = zeroblob(length(part))')`,
                                         path.join(gateway.folder, 'replica.db')]);
    assert.equal(damage.status, 0, String(damage.stderr));
    const repaired = gateway.status('central').blocks_repaired;
    const said = [];
    const listens = ({to, text}) => { if (to === people[17].registered) said.push(text); };
    carrier.on('message', listens);
    const taken = () => carrier.deliver(people[17].registered, 'RESET');
    await assert.rejects(gateway.orEnd(taken()), /status 8$/);  // ESME_RSYSERR
    assert.deepEqual(said, []);
    const answered = hears(people[17].registered, /./);
    for (;;) {
      try {
        await gateway.orEnd(taken());
        break;
      } catch (error) {
        if (!/status 8$/.test(error.message)) throw error;
      }
      await gateway.orEnd(pause(50));
    }
    assert.match(await gateway.orEnd(answered), /pemilik akun gur/);
    carrier.off('message', listens);
    assert.ok(gateway.status('central').blocks_repaired > repaired);
    assert.match(gateway.journalText(), /its rows did not open/);
  });

  test('the gateway is killed after the database took a change: it is applied once', async () => {
    // The change is taken, and its answer held back.
    database.sql(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(10); RETURN NULL; END $$;
      CREATE TRIGGER slow AFTER UPDATE ON pulih.account FOR EACH ROW EXECUTE FUNCTION slow()`);
    const teacher = new Teacher(carrier, {...people[2], password: 'kapal-Terbang 8 biru'});
    const done = teacher.resets('RESET');
    const sleeps = 'SELECT count(*) FROM pg_stat_activity WHERE wait_event = \'PgSleep\'';
    while (database.sql(sleeps) === '0') await gateway.orEnd(pause(20));
    await gateway.kill();
    database.sql('DROP TRIGGER slow ON pulih.account');
    gateway.start();
    await gateway.orEnd(done);
    assert.equal(version(people[2]), 2);
  });

  test('of two copies of the gateway the older one ends with 77', async () => {
    await gateway.stop();
    const other = new Carrier(LINK);
    const clone = new Gateway({...LINK, port: await other.listen()}, {}, central);
    for (const name of fs.readdirSync(gateway.folder)) {
      if (/\.db|^site\.key$/.test(name)) {
        fs.copyFileSync(path.join(gateway.folder, name), path.join(clone.folder, name));
      }
    }
    gateway.start();
    await gateway.orEnd(carrier.bound());
    clone.start();
    await clone.orEnd(other.bound());
    // It hears of it with the next thing that it does.
    const teacher = new Teacher(carrier, people[3]).resets('RESET').catch(() => {});
    assert.equal(await gateway.ended, 77, gateway.journalText());
    assert.match(gateway.journalText(), /pulihctl central admit/);
    await clone.orEnd(new Teacher(other, people[4]).resets('RESET'));
    assert.equal(version(people[4]), 2);
    await clone.stop();
    await other.close();
    clone.remove();
    void teacher;
    database.central('admit', 'nabire');
    gateway.start();
    await gateway.orEnd(carrier.bound());
  });

  test('no log of the server and no file of the gateway holds a secret', () => {
    const password = fs.readFileSync(secret, 'utf8').trim();
    const log = fs.readFileSync(database.log, 'latin1');
    for (const text of [log, gateway.traces(), gateway.journalText()]) {
      assert.ok(!text.includes(password), 'the login\'s password');
      for (const planted of ['kapal-Terbang 9 biru', 'kapal-Terbang 8 biru']) {
        assert.ok(!text.includes(planted), planted);
      }
    }
  });
});
