// The built gateway behind the built hub on a real PostgreSQL: resets arrive, and nothing that went
// through the hub is left behind by it, in a file, in its journal or in a core file that is forced.
'use strict';
const assert = require('node:assert/strict');
const {after, before, describe, test} = require('node:test');
const {Carrier} = require('./carrier.js');
const {Gateway} = require('./gateway.js');
const {Hub} = require('./hub.js');
const {findIn, spelledDates} = require('./hunt.js');
const {Postgresql} = require('./postgresql.js');
const {Teacher} = require('./teacher.js');

const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880', bind: 'transceiver'};

describe('a gateway behind a hub', {timeout: 120_000}, () => {
  let database, hub, carrier, gateway, people;
  const orEnd = (waiting) => gateway.orEnd(hub.orEnd(waiting));

  before(async () => {
    database = new Postgresql();
    people = database.seed('papua', 30);
    hub = await Hub.beside(database);
    hub.start();
    carrier = new Carrier(LINK);
    gateway = new Gateway({...LINK, port: await carrier.listen()}, {}, hub.central());
    gateway.start();
    await orEnd(carrier.bound());
  });

  after(async () => {
    await gateway.stop();
    await hub.stop();
    await carrier.close();
    gateway.remove();
    hub.remove();
    database.remove();
  });

  const verifier = ({id}) =>
      database.sql(`SELECT verifier FROM pulih.account WHERE id = '${id}'`);

  test('new passwords are in the database when the teachers are told so', async () => {
    await orEnd(Promise.all(people.slice(0, 10).map(async (person, at) => {
      const password = at % 2 ? `kapal-Terbang ${at} biru` : undefined;
      await new Teacher(carrier, {...person, password}).resets('RESET');
      assert.match(verifier(person), /^\$argon2id\$v=19\$/);
    })));
    const {sites} = JSON.parse(hub.ctl('status', '--json'));
    assert.equal(sites.nabire.region, 'papua');
    assert.ok(sites.nabire.requests > 0);
    const {octets_in: heard, octets_out: said} = gateway.status('central');
    assert.ok(heard > 300 && said > 300, `${heard} octets in, ${said} out`);
  });

  // What of it stands in these octets, told without the values.
  const foundIn = (octets) => {
    const found = new Set();
    for (const [at, {registered, birthDate, ...person}] of people.entries()) {
      if (findIn(octets, registered.slice(2))) found.add('a telephone');
      if (findIn(octets, `guru${at + 1}@example.org`)) found.add('an address');
      if (spelledDates(birthDate).some((date) => findIn(octets, date))) found.add('a birth date');
      if (findIn(octets, `kapal-Terbang ${at} biru`)) found.add('a password');
      if (at < 10 && findIn(octets, verifier(person).slice(-43))) found.add('a verifier');
    }
    return [...found];
  };

  test('nothing of it is left in what the hub wrote', () => {
    const written = hub.written();
    assert.ok(written.some(([name, octets]) => name === 'journal' && octets.length > 0));
    for (const [name, octets] of written) assert.deepEqual(foundIn(octets), [], name);
  });

  test('nothing of it stands in a core file of the hub that is forced', () => {
    assert.deepEqual(foundIn(hub.core()), []);
  });

  test('the same search finds what is planted', () => {
    const {registered, birthDate} = people[0];
    const planted = `${registered} guru1@example.org ${birthDate} kapal-Terbang 1 biru`;
    assert.equal(foundIn(Buffer.from(`${planted} ${verifier(people[0])}`)).length, 5);
  });
});
