// Kannel's own test SMSC, `drive_smpp` (Debian's kannel-extras), as a second carrier: it floods its
// receiver with messages from a number that is no telephone and an enquire_link after each, and
// takes what a teacher is sent, since her number's prefix is its. What she writes comes by the npm
// package's carrier. Wireshark says what was answered.
'use strict';
const assert = require('node:assert/strict');
const {spawn} = require('node:child_process');
const {EventEmitter, once} = require('node:events');
const net = require('node:net');
const path = require('node:path');
const readline = require('node:readline');
const {after, before, describe, test} = require('node:test');
const {Capture} = require('./capture.js');
const {Carrier} = require('./carrier.js');
const {Gateway} = require('./gateway.js');
const {Teacher} = require('./teacher.js');

const FOLDER = '/usr/lib/kannel/test';
const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880', bind: 'transceiver'};
const FLOOD = 500;  // so many it sends before it waits for as many of ours
const DELIVER_SM_RESP = '0x80000005';

// It knows no telephones: what it is sent is read by the one teacher there is, who writes by
// another carrier. Its log ends a text where GSM has an @, as C does.
class Kannel extends EventEmitter {
  constructor(others) {
    super();
    this.others = others;
    this.handled = new Map();  // command → how many
    this.errors = [];
  }

  async start() {
    // It also wants a bearerbox to report to: one that listens and says nothing.
    this.bearerbox = net.createServer((socket) => socket.resume().on('error', () => {}));
    this.bearerbox.listen(13001, '127.0.0.1');
    const free = net.createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    this.port = free.address().port;
    free.close();
    await once(free, 'close');
    this.process = spawn(path.join(FOLDER, 'drive_smpp'), [
      '-v', '0', '-p', String(this.port), '-m', '100000', '-c',
      path.join(FOLDER, 'drive_smpp.conf')], {stdio: ['ignore', 'ignore', 'pipe']});
    this.ended = once(this.process, 'exit');  // by itself, when the gateway has unbound
    readline.createInterface({input: this.process.stderr})
        .on('line', (line) => this.#logs(line));
    await once(this, 'ready');
  }

  deliver(...message) {
    return this.others.deliver(...message);
  }

  async saw(command, times) {
    while ((this.handled.get(command) ?? 0) < times) await once(this, 'handled');
  }

  async stop() {
    this.process.kill('SIGKILL');
    await this.ended;
    this.bearerbox.close();
  }

  #logs(line) {
    if (/Thread 1 .* maps to/.test(line)) this.emit('ready');
    if (/ERROR|PANIC/.test(line)) this.errors.push(line);
    const [, command] = /Handling SMPP PDU of type (\w+)/.exec(line) ?? [];
    if (command) {
      this.handled.set(command, (this.handled.get(command) ?? 0) + 1);
      this.emit('handled');
    }
    const [, text] = /submit_sm: short_message = <(.*)>?$/.exec(line) ?? [];
    if (text) this.emit('message', {to: this.reader, text});
  }
}

describe('Kannel\'s drive_smpp', {timeout: 60_000}, () => {
  let kannel, carrier, gateway, capture, people;

  before(async () => {
    carrier = new Carrier(LINK);
    kannel = new Kannel(carrier);
    await kannel.start();
    gateway = new Gateway([
      {...LINK, port: await carrier.listen(), prefixes: []},
      {...LINK, name: 'kannel', port: kannel.port, bind: 'transmitter+receiver', shortCode: '123'},
    ]);
    people = gateway.seed(2);
    if (!Capture.obstacle()) {
      capture = new Capture(kannel.port, path.join(gateway.folder, 'smpp.pcapng'));
      await capture.start();
    }
    gateway.start();
  });

  after(async () => {
    await gateway.stop();
    await kannel.stop();
    await carrier.close();
    gateway.remove();
  });

  test('its flood is taken, each message and each question', async () => {
    await gateway.orEnd(kannel.saw('deliver_sm_resp', FLOOD));
    await gateway.orEnd(kannel.saw('enquire_link_resp', FLOOD));
  });

  test('a whole reset goes out over it', async () => {
    await gateway.orEnd(carrier.bound());
    kannel.reader = people[0].registered;
    const password = await gateway.orEnd(new Teacher(kannel, people[0]).resets('RESET'));
    assert.ok(gateway.accepts(people[0].id, password), 'the new password is accepted');
    assert.equal(gateway.passwordVersion(people[0].id), 2);
  });

  test('asked to end, the gateway unbinds in order', async () => {
    const unbound = kannel.saw('unbind', 2);
    assert.equal(await gateway.stop(), 0);
    await unbound;
    assert.deepEqual(kannel.errors, []);
    assert.deepEqual(carrier.complaints, []);
  });

  test('Wireshark saw only positive answers, and nothing malformed of ours', {
    skip: Capture.obstacle(),
  }, async () => {
    await capture.stop();
    assert.ok(capture.count(DELIVER_SM_RESP) > 0);
    assert.equal(capture.count(`${DELIVER_SM_RESP} && smpp.command_status != 0`), 0);
    assert.deepEqual(capture.findings(), []);
  });
});
