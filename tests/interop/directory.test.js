// The whole way into a directory: a text message to the built gateway, the built hub, a real
// PostgreSQL as its ledger and a real OpenLDAP server that keeps the passwords. A teacher who is
// told that it worked gets in there with her new password, whatever was killed meanwhile.
'use strict';
const assert = require('node:assert/strict');
const {after, before, describe, test} = require('node:test');
const {setTimeout: pause} = require('node:timers/promises');
const {DirectorySite, PEOPLE} = require('./directory_site.js');
const {Slapd} = require('./slapd.js');

describe('passwords that lie in a directory', {timeout: 160_000}, () => {
  let site, directory, gateway;

  before(async () => {
    site = await DirectorySite.with(new Slapd(PEOPLE));
    ({directory, gateway} = site);
  });
  after(() => site.remove());

  const resets = async (person, password) => {
    const own = await site.resets(person, password);
    assert.ok(directory.accepts(directory.dnOf(person), own), `${person.id} does not get in`);
    assert.ok(!directory.accepts(directory.dnOf(person), 'the-one-she-forgot'));
  };

  test('she gets in there with what she chose, and with what was made for her', async () => {
    await gateway.orEnd(Promise.all([
      resets(PEOPLE[0], 'kapal-Terbang 1 biru'), resets(PEOPLE[1]), resets(PEOPLE[2]),
    ]));
  });

  test('a hub that is killed at work, again and again: each password is set all the same',
       async () => {
         await site.killHubDuring(PEOPLE.slice(3, 15).map((person, at) =>
             resets(person, at % 2 ? `kapal-Laut ${at} merah` : undefined)), 12);
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
    const row = (column) =>
        site.database.sql(`SELECT ${column} FROM pulih.account WHERE id = '${id}'`);
    while (row('phone') === registered) await pause(50);
    assert.equal(row('phone'), '6281100000999');
    assert.equal(row('password_version'), '1');
  });

  test('nothing of it is left in what was written, nor in a core file of the hub', () => {
    assert.deepEqual(site.whereStands('planted-secret-of-the-hub', 'the-one-she-forgot'), []);
  });
});
