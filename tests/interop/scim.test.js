// The whole way to a SCIM server: a text message to the built gateway, sealed to the built hub, the
// ledger in a real PostgreSQL, over HTTPS to a server that keeps the passwords. What a teacher is
// told is what that server has, whatever was killed or lost meanwhile.
'use strict';
const assert = require('node:assert/strict');
const {after, before, describe, test} = require('node:test');
const {setTimeout: pause} = require('node:timers/promises');
const {DirectorySite, PEOPLE} = require('./directory_site.js');
const {Scim, TOKEN} = require('./scim.js');

describe('passwords that a SCIM server keeps', {timeout: 160_000}, () => {
  let site, directory, gateway;

  before(async () => {
    site = await DirectorySite.with(new Scim(PEOPLE));
    ({directory, gateway} = site);
  });
  after(() => site.remove());

  const resets = async (person, password) => {
    const own = await site.resets(person, password);
    assert.equal(directory.passwordOf(person), own);
  };

  test('the server has what she chose, and what was made for her', async () => {
    await gateway.orEnd(Promise.all([
      resets(PEOPLE[0], 'kapal-Terbang 1 biru'), resets(PEOPLE[1]), resets(PEOPLE[2]),
    ]));
  });

  test('a hub that is killed at work: who is told that it was set has it set', async () => {
    let set = 0;
    await site.killHubDuring(PEOPLE.slice(3, 11).map((person, at) =>
        resets(person, `kapal-Laut ${at} merah`).then(
            () => { ++set; },
            // A server of this kind cannot say whose its password is: "changed by another way".
            (error) => assert.match(error.message, /jalur lain/))), 8);
    assert.ok(set > 0);
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
         directory.losesAnswers = 1;
         const ended = site.resets(PEOPLE[13], 'kapal-Selam 8 hijau').catch((error) => error);
         assert.match(String((await gateway.orEnd(ended)).message), /jalur lain/);
         assert.equal(directory.passwordOf(PEOPLE[13]), 'kapal-Selam 8 hijau');
         assert.equal(directory.losesAnswers, 0);
       });

  test('a user who is closed there is closed here', async () => {
    directory.change(PEOPLE[14], (user) => { user.active = false; });
    const closed = () => site.database.sql(`SELECT locked OR NOT activated FROM pulih.account
      WHERE id = '${PEOPLE[14].id}'`);
    while (closed() !== 't') await site.hub.orEnd(pause(50));
    const {entries, unusable} = JSON.parse(site.hub.ctl('status', '--json')).directory;
    assert.equal(entries, PEOPLE.length);
    assert.deepEqual(unusable, {});
  });

  test('nothing of it is left in what was written, nor in a core file of the hub', () => {
    assert.deepEqual(site.whereStands(TOKEN), []);
  });
});
