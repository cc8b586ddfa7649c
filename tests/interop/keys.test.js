// The keys of a site are changed while teachers reset their passwords: nobody waits for it, nothing
// is lost, and the former site key opens nothing afterwards. The command is killed on its way, the
// daemon is killed on its way, and both go on.
'use strict';
const assert = require('node:assert/strict');
const {randomBytes} = require('node:crypto');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const {after, before, describe, test} = require('node:test');
const {setTimeout: pause} = require('node:timers/promises');
const {Carrier} = require('./carrier.js');
const {Gateway} = require('./gateway.js');
const {Teacher} = require('./teacher.js');

const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880', bind: 'transceiver'};
const SEEDED = 30_000;  // so many that sealing them anew takes a while
const TEACHERS = 120;
const LATER = 20;

describe('the keys of a site are changed while it serves', {timeout: 170_000}, () => {
  let carrier, gateway, people;

  before(async () => {
    carrier = new Carrier(LINK);
    gateway = new Gateway({...LINK, port: await carrier.listen()}, {hashing_memory: '8MiB'});
    const listed = gateway.seed(SEEDED).slice(0, 2 * (TEACHERS + LATER));
    people = listed.filter(({registered}) =>
        listed.filter((other) => other.registered === registered).length === 1)
        .slice(0, TEACHERS + LATER);
    assert.equal(people.length, TEACHERS + LATER);
    gateway.start();
  });

  after(async () => {
    await gateway.stop();
    await carrier.close();
    gateway.remove();
  });

  const inFolder = (name) => path.join(gateway.folder, name);
  const reset = async (person) => {
    const password = await new Teacher(carrier, person).resets('RESET');
    assert.ok(gateway.accepts(person.id, password), `${person.id}: the password is not in force`);
    assert.equal(gateway.passwordVersion(person.id), 2, person.id);
  };

  async function done(...args) {
    const {status, said} = await gateway.command(...args).ended;
    assert.equal(status, 0, `pulihctl ${args.join(' ')}: ${said}`);
    return said;
  }

  // A rotation that has written its new key and is sealing rows: the keyring holds two then. It may
  // be over before that is seen here, with twenty teachers on the line.
  async function begun() {
    const size = () => fs.statSync(inFolder('keyring')).size;
    const before = size();
    while (true) {
      let over = false;
      const command = gateway.command('key', 'rotate');
      command.ended.then(() => { over = true; });
      while (size() === before && !over) await pause(1);
      if (!over) return command;
    }
  }

  test('a new key is refused to whoever would lose the old one', async () => {
    const {status, said} = await gateway.command('key', 'retire', inFolder('site.key')).ended;
    assert.equal(status, 2);
    assert.match(said, /this is the present site key/);
  });

  test('a daemon of an earlier release is not left with rows that it cannot find', async () => {
    const socket = inFolder('earlier.sock');
    const earlier = net.createServer((asked) => asked.end('{"data_keys":2}\n{"end":true}\n'));
    await new Promise((listens) => earlier.listen(socket, listens));
    const config = fs.readFileSync(gateway.config, 'utf8');
    fs.writeFileSync(gateway.config, config.replace('/control.sock', '/earlier.sock'));
    const {status, said} = await gateway.command('key', 'rotate').ended;
    fs.writeFileSync(gateway.config, config);
    earlier.close();
    assert.equal(status, 2);
    assert.match(said, /of an earlier release; .* systemctl restart pulihd, then this again/);
    assert.match(await done('key', 'rotate'), /rows lie under a new key/);
  });

  test('twenty resets at a time, four rotations, a killed command, a killed daemon', async (t) => {
    let at = 0;
    const atOnce = Array.from({length: 20}, async () => {
      while (at < TEACHERS) await reset(people[at++]);
    });
    let over = false;
    const resets = Promise.all(atOnce).then(() => { over = true; });

    const began = Date.now();
    assert.match(await done('key', 'rotate'), /^\d{5} rows lie under a new key\n$/);
    t.diagnostic(`a rotation took ${Date.now() - began} ms, with ${at} teachers in`);

    // Interrupted while rows are sealed: the next one goes on with the same key.
    const killed = await begun();
    killed.kill();
    await killed.ended;
    assert.match(await done('key', 'status'), /was interrupted; type pulihctl key rotate again/);
    assert.match((await gateway.command('key', 'retire').ended).said, /was interrupted/);
    assert.doesNotMatch(await done('key', 'rotate'), /damaged/);

    // A crash of the daemon in the middle: the one that comes reads the keyring.
    const beside = await begun();
    assert.equal(await gateway.kill(), 'SIGKILL');
    gateway.start();
    const {status, said} = await beside.ended;
    assert.equal(status, 0, said);
    assert.doesNotMatch(said, /damaged/);

    fs.writeFileSync(inFolder('next.key'), randomBytes(32), {mode: 0o600});
    assert.doesNotMatch(await done('key', 'rotate', '--to', inFolder('next.key')), /damaged/);
    await resets;
    assert.ok(over);
  });

  test('a site key that is still wanted is not dropped in passing', async () => {
    assert.match(await done('key', 'status'), /2 site keys open the keyring/);
    const {status, said} = await gateway.command('key', 'rotate').ended;
    assert.equal(status, 2);
    assert.match(said, /another site key opens it too; type pulihctl key retire/);
  });

  test('the new site key takes its place, and the daemon serves on', async () => {
    fs.renameSync(inFolder('site.key'), inFolder('former.key'));
    fs.renameSync(inFolder('next.key'), inFolder('site.key'));
    assert.match(await done('key', 'retire', inFolder('former.key')), /alone opens/);
    assert.match(await done('key', 'status'), /the site key alone opens the keyring/);
    // The running daemon never saw the new site key, and learns another data key all the same.
    assert.doesNotMatch(await done('key', 'rotate'), /damaged|^0 rows/);
    for (const person of people.slice(TEACHERS, TEACHERS + LATER / 2)) await reset(person);
  });

  test('a start under the new site key knows everything', async () => {
    assert.equal(await gateway.stop(), 0);
    gateway.start();
    for (const person of people.slice(TEACHERS + LATER / 2)) await reset(person);
    assert.doesNotMatch(gateway.journalText(), /does not open|damaged|cannot be read/);
  });

  test('the former site key opens nothing', async () => {
    assert.equal(await gateway.stop(), 0);
    const config = fs.readFileSync(gateway.config, 'utf8');
    fs.writeFileSync(gateway.config, config.replace('/site.key', '/former.key'));
    gateway.start();
    assert.equal(await gateway.ended, 78);
    assert.match(gateway.journalText(), /does not open under this site key/);
    // Nor without the keyring, which a thief would leave out.
    fs.renameSync(inFolder('keyring'), inFolder('keyring.aside'));
    const shown = await gateway.command('accounts', 'show', people[0].id).ended;
    assert.equal(shown.status, 2);
    assert.match(shown.said, /is not in the keyring/);
    fs.renameSync(inFolder('keyring.aside'), inFolder('keyring'));
    fs.writeFileSync(gateway.config, config);
    gateway.start();
  });
});
