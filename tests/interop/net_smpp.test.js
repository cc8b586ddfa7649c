// Whole resets against a carrier over Perl's Net::SMPP, by each way to bind and in each version of
// the interface: a second pair of foreign eyes on every PDU that we send.
'use strict';
const assert = require('node:assert/strict');
const {spawn} = require('node:child_process');
const {EventEmitter, once} = require('node:events');
const path = require('node:path');
const readline = require('node:readline');
const {after, before, describe, test} = require('node:test');
const {Gateway} = require('./gateway.js');
const {Teacher} = require('./teacher.js');

const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880'};
const UCS2 = 8;
const VERSIONS = {'3.3': 0x33, '3.4': 0x34, '5.0': 0x50};

// The carrier in its own process; `messages` and `complaints` as it told them.
class PerlCarrier extends EventEmitter {
  constructor({systemId, password, shortCode}) {
    super();
    this.setMaxListeners(0);
    this.messages = [];
    this.complaints = [];
    this.binds = [];
    this.delivered = 0;
    this.process = spawn('perl', [path.join(__dirname, 'net_smpp_carrier.pl'), systemId, password,
                                  shortCode], {stdio: ['pipe', 'pipe', 'inherit']});
    readline.createInterface({input: this.process.stdout})
        .on('line', (line) => this.#hears(JSON.parse(line)));
  }

  async listen() {
    const [port] = await once(this, 'listening');
    return port;
  }

  async bound(count) {
    while (this.binds.length < count) await once(this, 'bound');
  }

  // As Carrier's: resolves when the gateway has taken the message over.
  deliver(from, text, {dataCoding = 0} = {}) {
    const id = `mo-${this.delivered += 1}`;
    const octets = dataCoding === UCS2 ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text);
    this.#order({deliver: {id, from, dataCoding, text: octets.toString('latin1')}});
    return new Promise((resolve, reject) => {
      this.once(id, (status) => status === 0 ? resolve() : reject(new Error(`status ${status}`)));
    });
  }

  cut() {
    this.binds = [];
    this.#order({cut: true});
  }

  close() {
    this.process.stdin.end();
    return once(this.process, 'exit');
  }

  #order(what) {
    this.process.stdin.write(`${JSON.stringify(what)}\n`);
  }

  #hears(said) {
    if (said.taken) return this.emit(said.taken, said.status);
    if (said.listening) return this.emit('listening', said.listening);
    if (said.bound) this.binds.push(said);
    if (said.complaint) this.complaints.push(said.complaint);
    if (said.message) this.messages.push(said.message);
    for (const [event, value] of Object.entries(said)) this.emit(event, value);
  }
}

const WAYS = [
  {bind: 'transceiver', interface_version: '3.4'},
  {bind: 'transmitter+receiver', interface_version: '3.3'},
  {bind: 'transmitter+receiver', interface_version: '3.4'},
  {bind: 'transceiver', interface_version: '5.0'},
];

for (const way of WAYS) {
  describe(`Net::SMPP, ${way.bind}, ${way.interface_version}`, {timeout: 60_000}, () => {
    const binds = way.bind === 'transceiver' ? 1 : 2;
    let carrier, gateway, people;
    let receipts = 0;

    before(async () => {
      carrier = new PerlCarrier(LINK);
      carrier.on('receipt taken', (status) => {
        assert.equal(status, 0);
        receipts += 1;
      });
      const port = await carrier.listen();
      gateway = new Gateway({...LINK, ...way, port, reconnect_longest: '1s'});
      people = gateway.seed(4);
      gateway.start();
      await gateway.orEnd(carrier.bound(binds));
    });

    after(async () => {
      await gateway.stop();
      await carrier.close();
      gateway.remove();
    });

    const reset = async (person, options = {}, firstText = 'RESET') => {
      const teacher = new Teacher(carrier, {...person, ...options});
      const password = await gateway.orEnd(teacher.resets(firstText));
      assert.ok(gateway.accepts(person.id, password), 'the new password is accepted');
      assert.equal(gateway.passwordVersion(person.id), 2);
    };

    test('binds in the version that is configured', () => {
      assert.ok(carrier.binds.every(({version}) => version === VERSIONS[way.interface_version]));
    });

    test('a password is made for a teacher', () => reset(people[0]));

    test('another one types hers as UCS-2 on a borrowed phone', () =>
      reset(people[1], {password: 'perahu-Kertas 12 lipat', borrowed: '6281100009001',
                        dataCoding: UCS2}, `RESET ${people[1].id} ${people[1].birthDate}`));

    test('a line that is cut is made anew', async () => {
      carrier.cut();
      await gateway.orEnd(carrier.bound(binds));
      await reset(people[2]);
    });

    test('a receipt is taken for every code', () => {
      const codes = carrier.messages.filter(({text}) => /\b\d{6}\b/.test(text)).length;
      assert.equal(receipts, codes - 1);  // none is asked for to another one's telephone
    });

    test('no message came twice, and the carrier has nothing to complain about', () => {
      const texts = carrier.messages.map(({to, text}) => `${to} ${text}`);
      assert.equal(new Set(texts).size, texts.length);
      assert.deepEqual(carrier.complaints, []);
      assert.ok(carrier.messages.every(({from}) => from === LINK.shortCode));
    });
  });
}
