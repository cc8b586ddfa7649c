// The whole way into a directory: a text message to the built gateway, the built hub, a real
// PostgreSQL as its ledger and a real OpenLDAP server that keeps the passwords. A teacher who is
// told that it worked gets in there with her new password, whatever was killed meanwhile.
'use strict';
const assert = require('node:assert/strict');
const {after, before, describe, test} = require('node:test');
const {setTimeout: pause} = require('node:timers/promises');
const {Carrier} = require('./carrier.js');
const {Gateway} = require('./gateway.js');
const {Hub} = require('./hub.js');
const {findIn} = require('./hunt.js');
const {Postgresql} = require('./postgresql.js');
const {Slapd} = require('./slapd.js');
const {Teacher} = require('./teacher.js');

const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880', bind: 'transceiver'};
const PEOPLE = Array.from({length: 24}, (_, at) => ({
  registered: String(6281100000100 + at), id: `guru${at + 1}@guru.sd`, birthDate: '17081985',
}));

describe('passwords that lie in a directory', {timeout: 160_000}, () => {
  let database, directory, hub, carrier, gateway;
  const typed = [];  // passwords that teachers chose

  before(async () => {
    directory = new Slapd(PEOPLE);
    await directory.start();
    database = new Postgresql();
    hub = await Hub.beside(database, directory.directory);
    hub.start();
    const known = () => Number(database.sql('SELECT count(*) FROM pulih.account'));
    while (known() < PEOPLE.length) await pause(50);
    carrier = new Carrier(LINK);
    gateway = new Gateway({...LINK, port: await carrier.listen()},
                          {push_retry_first: '1s', push_retry_longest: '2s'}, hub.central());
    gateway.start();
    await gateway.orEnd(carrier.bound());
  });

  after(async () => {
    await gateway.stop();
    await hub.stop();
    await carrier.close();
    gateway.remove();
    hub.remove();
    database.remove();
    await directory.remove();
  });

  const resets = async (person, password) => {
    if (password) typed.push(password);
    const own = await new Teacher(carrier, {...person, password}).resets('RESET');
    assert.ok(directory.accepts(directory.dnOf(person), own), `${person.id} does not get in`);
    assert.ok(!directory.accepts(directory.dnOf(person), 'the-one-she-forgot'));
    return own;
  };

  test('she gets in there with what she chose, and with what was made for her', async () => {
    await gateway.orEnd(Promise.all([
      resets(PEOPLE[0], 'kapal-Terbang 1 biru'), resets(PEOPLE[1]), resets(PEOPLE[2]),
    ]));
  });

  test('a hub that is killed at work, again and again: each password is set all the same',
       async () => {
         let over = false;
         const all = Promise.all(PEOPLE.slice(3, 15).map((person, at) =>
             resets(person, at % 2 ? `kapal-Laut ${at} merah` : undefined)))
             .then(() => { over = true; });
         for (let kills = 0; kills < 12 && !over; ++kills) {
           await Promise.race([all, pause(150 + 70 * kills)]);
           await hub.kill();
           hub.start();
         }
         await gateway.orEnd(all);
       });

  test('a directory that crashes while she waits: she is told when it is back', async () => {
    const done = resets(PEOPLE[15], 'kapal-Selam 9 hijau');
    await directory.kill();
    await pause(500);
    await directory.start();
    await gateway.orEnd(done);
  });

  test('another telephone in the directory is known here, and is no new password', async () => {
    const {registered, id} = PEOPLE[16];
    directory.modify(PEOPLE[16], 'replace: mobile\nmobile: +6281100000999');
    const row = (column) => database.sql(`SELECT ${column} FROM pulih.account WHERE id = '${id}'`);
    while (row('phone') === registered) await pause(50);
    assert.equal(row('phone'), '6281100000999');
    assert.equal(row('password_version'), '1');
  });

  test('nothing of it is left in what the hub, the ledger and the gateway wrote', () => {
    const ledger = 'TABLE pulih.account; TABLE pulih.operation; TABLE pulih.directory_entry';
    const files = [...hub.written(), ['gateway', Buffer.from(gateway.traces(), 'latin1')],
                   ['journal', Buffer.from(gateway.journalText())],
                   ['ledger', Buffer.from(database.sql(ledger))]];
    for (const [name, octets] of files) {
      for (const planted of [...typed, 'planted-secret-of-the-hub', 'the-one-she-forgot']) {
        assert.ok(!findIn(octets, planted), `${name} holds a password`);
      }
    }
  });

  test('nor in a core file of the hub that is forced', () => {
    const core = hub.core();
    for (const planted of [...typed, 'planted-secret-of-the-hub']) {
      assert.ok(!findIn(core, planted), 'a password stands in it');
    }
  });
});
