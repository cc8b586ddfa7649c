// The built hub on a real PostgreSQL, met by a gateway's side that was written anew, in Python,
// from docs/sync.md alone (tests/second): what it copies, changes and withdraws is what the
// database holds, and whom the page shuts out is shut out.
'use strict';
const assert = require('node:assert/strict');
const {spawnSync} = require('node:child_process');
const path = require('node:path');
const {after, before, describe, test} = require('node:test');
const {setTimeout: pause} = require('node:timers/promises');
const {Hub} = require('./hub.js');
const {Postgresql} = require('./postgresql.js');

// Debian's, which has python3-zstandard; another one may come first in the path.
const PYTHON = process.env.PULIH_PYTHON ?? '/usr/bin/python3';
const SECOND = path.join(__dirname, '../second');
const VERIFIER = '$argon2id$v=19$m=19456,t=2,p=1$Z2FyYW1nYXJhbTE$c2FuZGlwZXJ0YW1hZGFyaWtlZHVh';

function python(script, ...options) {
  const ended = spawnSync(PYTHON, ['-B', path.join(SECOND, script), ...options],
                          {encoding: 'utf8', maxBuffer: 1 << 26, timeout: 30_000});
  if (ended.error) throw ended.error;
  return ended;
}

describe('a second gateway, in Python', {timeout: 60_000}, () => {
  let database, hub, saw;

  const json = (query) => JSON.parse(
      database.sql(`SELECT coalesce(json_agg(found), '[]') FROM (${query}) AS found`));

  const follow = (certificate, ...options) => python(
      'follow.py', '--hub', `127.0.0.1:${hub.port}`, '--name', 'hub.example', '--ca',
      hub.file('hub.pem'), '--account', 'guru1@guru.sd', '--verifier', VERIFIER,
      ...(certificate ? ['--certificate', hub.file('nabire.pem'), '--key', hub.file('nabire.key')]
                      : []),
      ...options);

  // Several blocks, birth dates before and after 2075, more domains than a page can name, ids that
  // addresses begin with, columns with nothing in them, and every way of being gone.
  const people = () => {
    database.seed('papua', 3000);
    database.sql(`
      INSERT INTO pulih.account (region, id, birth_date, phone, email) VALUES
        ('papua', 'budi12@guru.sd', '1900-01-01', 62811000900001, 'budi12@example.org'),
        ('papua', 'siti5@guru.sd', '2075-12-31', 62811000900002, 'siti5@guru.sd@example.org'),
        ('papua', 'wayan3@guru.sd', '2076-01-01', NULL, 'w@example.org'),
        ('papua', 'kosong1@guru.sd', NULL, NULL, NULL),
        ('maluku', 'lain1@guru.sd', '1985-08-17', 62811000900003, NULL);
      INSERT INTO pulih.account (region, id, email)
        SELECT 'papua', id, id FROM generate_series(1, 300) AS n,
          LATERAL (SELECT 'guru' || n || '@s' || n || '.example' AS id) AS named;
      DELETE FROM pulih.account WHERE id IN ('guru7@guru.sd', 'guru2000@guru.sd');
      UPDATE pulih.account SET region = 'maluku' WHERE id = 'guru8@guru.sd';
      UPDATE pulih.account SET locked = true WHERE id = 'guru9@guru.sd';
      UPDATE pulih.account SET activated = false WHERE id = 'guru10@guru.sd';
      UPDATE pulih.account SET phone = 62811000900000 + number, email = 'baru@example.org'
        WHERE id IN ('guru11@guru.sd', 'guru12@guru.sd', 'guru13@guru.sd');`);
  };

  // The accounts of its region as the second gateway tells them.
  const accounts = () => json(`
    SELECT number, row_version, password_version, identity_version,
      extract(epoch FROM contact_changed)::bigint AS contact_changed,
      to_char(birth_date, 'YYYYMMDD')::int AS birth_date, coalesce(phone, 0) AS telephone, id,
      coalesce(email, '') AS email, activated, locked
    FROM pulih.account WHERE region = 'papua' ORDER BY id COLLATE "C"`);

  let table;
  before(async () => {
    database = new Postgresql();
    people();
    hub = await Hub.beside(database);
    hub.start();
    while (!hub.journalText().includes('ready for gateways')) await hub.orEnd(pause(20));
    table = accounts();
    const {status, stdout, stderr} = follow(true);
    assert.equal(status, 0, stderr + hub.journalText());
    saw = JSON.parse(stdout);
  });

  after(async () => {
    await hub.stop();
    hub.remove();
    database.remove();
  });

  test('the examples of the page are read and written to the letter', () => {
    const {status, stdout, stderr} = python('examples.py');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^11 examples/);
  });

  test('it is welcomed to its region', () => {
    const {epoch, now, ...others} = saw.welcome;
    assert.match(epoch, /^[0-9a-f]{32}$/);
    assert.ok(Math.abs(now - Date.now() / 1000) < 60, `${now}`);
    const highest = Math.max(...table.map(({number}) => number));
    assert.deepEqual(others, {fence: 1, behind: false, region: 'papua', highest});
    assert.ok(saw.ping < 5);
  });

  test('its copy is the table, by blocks and by feed', () => {
    const told = saw.accounts.map(({flags, ...account}) => account);
    assert.equal(saw.count, table.length);
    assert.deepEqual(saw.ids, table.map(({id}) => id));
    assert.deepEqual(told, table);
    assert.equal(saw.blocks.length, 4);
    for (const {block, count, rows, same} of saw.blocks) {
      assert.ok(same, `the fingerprint of block ${block}`);
      assert.equal(count, rows);
      assert.equal(rows, table.filter(({number}) => number >> 10 === block).length);
    }
    const gone = json('SELECT number FROM pulih.tombstone ORDER BY number')
        .map(({number}) => number);
    assert.equal(gone.length, 3);
    for (const feed of [saw.feed, saw.urgent]) {
      assert.ok(feed.same && feed.pages >= 16, `${feed.pages} pages`);
      assert.deepEqual(feed.gone, gone);
    }
  });

  test('a password is changed once, whatever is repeated', () => {
    assert.equal(saw.change.first, 'applied');
    assert.deepEqual(saw.change.then, ['applied', 'altered', 'superseded', 'unknown account']);
    assert.deepEqual(saw.change.versions, [1, 2]);
    const [made] = json(`SELECT password_version, verifier, change_at_login,
      extract(epoch FROM change_before - now()) / 3600 AS hours
      FROM pulih.account WHERE id = 'guru1@guru.sd'`);
    // Its clock was years behind, and does not count.
    assert.ok(made.hours > 71.9 && made.hours <= 72, `${made.hours} hours`);
    assert.deepEqual(made, {password_version: 2, verifier: VERIFIER, change_at_login: true,
                            hours: made.hours});
    const others = json('SELECT id FROM pulih.account WHERE password_version > 1');
    assert.deepEqual(others, [{id: 'guru1@guru.sd'}]);
  });

  test('a change that was withdrawn is never made', () => {
    const {operation, withdrawn, sent, too_late: tooLate} = saw.withdrawal;
    assert.notEqual(withdrawn, 'applied');
    assert.notEqual(sent, 'applied');
    assert.equal(tooLate, 'applied');
    const verdict = (id) => database.sql(
        `SELECT verdict FROM pulih.operation WHERE id = decode('${id}', 'hex')`);
    assert.equal(verdict(saw.change.operation), 'applied');
    assert.equal(verdict(operation), withdrawn.replace(' ', '_'));
  });

  test('its ticket is there once, and whose contact was changed is told', () => {
    assert.deepEqual(
        json(`SELECT encode(id, 'hex') AS id, site, report, account_id AS account, reason
          FROM pulih.ticket`),
        [{id: saw.ticket, site: 'nabire', report: 1234567, account: 'guru1@guru.sd', reason: 1}]);
    assert.deepEqual(saw.contact_changes.map(({cursor, ...change}) => change),
                     [11, 12, 13].map((n) => ({
                       id: `guru${n}@guru.sd`, old_telephone: 6281100000000 + n,
                       old_email: `guru${n}@example.org`, new_telephone: 62811000900000 + n,
                     })));
  });

  test('an urgent answer overtakes pages; a newer connection takes the place of an older', () => {
    const {pages, before} = saw.overtaking;
    assert.ok(before < pages / 2, `after ${before} of ${pages} pages`);
    assert.equal(saw.replaced, 7);
  });

  test('no TLS 1.2, and nobody without a certificate', () => {
    const old = follow(true, '--newest', '1.2');
    assert.equal(old.status, 1);
    assert.match(old.stderr, /alert protocol version/i);
    const nameless = follow(false);
    assert.equal(nameless.status, 1);
    assert.match(nameless.stderr, /certificate required/i);
  });
});
