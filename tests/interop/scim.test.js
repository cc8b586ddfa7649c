// The whole way to a SCIM server: a text message to the built gateway, sealed to the built hub, whose
// ledger is a real PostgreSQL, over HTTPS to a server that keeps the passwords. What a teacher is
// told is what that server has, whatever was killed or lost meanwhile.
'use strict';
const assert = require('node:assert/strict');
const {after, before, describe, test} = require('node:test');
const {setTimeout: pause} = require('node:timers/promises');
const {Carrier} = require('./carrier.js');
const {Gateway} = require('./gateway.js');
const {Hub} = require('./hub.js');
const {findIn} = require('./hunt.js');
const {Postgresql} = require('./postgresql.js');
const {Scim, TOKEN} = require('./scim.js');
const {Teacher} = require('./teacher.js');

const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880', bind: 'transceiver'};
const PEOPLE = Array.from({length: 24}, (_, at) => ({
  registered: String(6281100000100 + at), id: `guru${at + 1}@guru.sd`, birthDate: '17081985',
}));

describe('passwords that a SCIM server keeps', {timeout: 160_000}, () => {
  let database, directory, hub, carrier, gateway;
  const typed = [];

  before(async () => {
    directory = new Scim(PEOPLE);
    await directory.start();
    database = new Postgresql();
    hub = await Hub.beside(database, directory.directory);
    hub.start();
    const known = () => Number(database.sql('SELECT count(*) FROM pulih.account'));
    while (known() < PEOPLE.length) await hub.orEnd(pause(50));
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
    assert.equal(directory.passwordOf(person), own);
    return own;
  };

  test('the server has what she chose, and what was made for her', async () => {
    await gateway.orEnd(Promise.all([
      resets(PEOPLE[0], 'kapal-Terbang 1 biru'), resets(PEOPLE[1]), resets(PEOPLE[2]),
    ]));
  });

  test('a hub that is killed at work: nobody is told what is not so', async () => {
    const told = PEOPLE.slice(3, 11).map((person, at) => {
      const password = `kapal-Laut ${at} merah`;
      typed.push(password);
      return new Teacher(carrier, {...person, password}).resets('RESET').then(
          (own) => assert.equal(directory.passwordOf(person), own),
          // A server of this kind cannot say whose its password is: "changed by another way".
          (error) => assert.match(error.message, /jalur lain/));
    });
    let over = false;
    const all = Promise.all(told).then(() => { over = true; });
    for (let kills = 0; kills < 8 && !over; ++kills) {
      await Promise.race([all, pause(150 + 70 * kills)]);
      await hub.kill();
      hub.start();
    }
    await gateway.orEnd(all);
  });

  test('a server that is away while she waits: she is told when it is back', async () => {
    await directory.stop();
    const done = resets(PEOPLE[12], 'kapal-Selam 9 hijau');
    await pause(1500);
    await directory.start();
    await gateway.orEnd(done);
  });

  test('its answer is lost after the change: she hears that it was changed, not by whom',
       async () => {
         const person = {...PEOPLE[13], password: 'kapal-Selam 8 hijau'};
         typed.push(person.password);
         directory.losesAnswers = 1;
         const ended = new Teacher(carrier, person).resets('RESET').catch((error) => error);
         assert.match(String((await gateway.orEnd(ended)).message), /jalur lain/);
         assert.equal(directory.passwordOf(person), person.password);
         assert.equal(directory.losesAnswers, 0);
       });

  test('a user who is closed there is closed here', async () => {
    directory.change(PEOPLE[14], (user) => { user.active = false; });
    const closed = () => database.sql(`SELECT locked OR NOT activated FROM pulih.account
      WHERE id = '${PEOPLE[14].id}'`);
    while (closed() !== 't') await hub.orEnd(pause(50));
    const {entries, unusable} = JSON.parse(hub.ctl('status', '--json')).directory;
    assert.equal(entries, PEOPLE.length);
    assert.deepEqual(unusable, {});
  });

  test('nothing of it is left in what the hub, the ledger and the gateway wrote', () => {
    const ledger = 'TABLE pulih.account; TABLE pulih.operation; TABLE pulih.directory_entry';
    const files = [...hub.written(), ['gateway', Buffer.from(gateway.traces(), 'latin1')],
                   ['journal', Buffer.from(gateway.journalText())],
                   ['ledger', Buffer.from(database.sql(ledger))],
                   ['core of the hub', hub.core()]];
    for (const [name, octets] of files) {
      for (const planted of [...typed, TOKEN]) {
        assert.ok(!findIn(octets, planted), `${name} holds ${planted}`);
      }
    }
  });
});
