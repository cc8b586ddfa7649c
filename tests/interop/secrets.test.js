// Looks for everything personal that went through a working gateway in everything it leaves behind:
// its databases with their logs, its journal and a forced core file. Teachers have finished, stand
// half-way and wait for messages that the carrier does not take yet, so that each kind of row is
// there.
'use strict';
const assert = require('node:assert/strict');
const {spawnSync} = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const {after, before, describe, test} = require('node:test');
const smpp = require('smpp');
const {Carrier} = require('./carrier.js');
const {Gateway} = require('./gateway.js');
const {findIn, spelledDates, utf16be} = require('./hunt.js');
const {Pki} = require('./pki.js');
const {Teacher} = require('./teacher.js');

const ACCOUNTS = 50;
const UCS2 = 8;
const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880', bind: 'transceiver'};
const BORROWED = '6281100004001';
const STRANGER = '6281100004002';
const DATABASES = ['state.db', 'state.db-wal', 'state.db-shm', 'central.db', 'central.db-wal',
                   'central.db-shm'];

// Shorter texts are "1" and RESET; of a longer one any piece of this length counts as found.
const SHORTEST = 6;
const PIECE = 16;

// What gdb is told before `gcore` to get the memory that the daemon keeps out of core files.
const ALL_MEMORY = ['set use-coredump-filter off', 'set dump-excluded-mappings on'];

// A phone whose owner says what the test tells her.
class Phone {
  constructor(carrier, number) {
    Object.assign(this, {carrier, number});
  }

  // Resolves to the first text after it that matches.
  async says(text, pattern) {
    const answer = this.#gets('message', pattern);
    await this.carrier.deliver(this.number, text);
    return answer;
  }

  // The same with a carrier that puts the answer off: resolves when the answer was offered to it.
  async saysAndWaits(text, pattern) {
    const answer = this.#gets('put off', pattern);
    await this.carrier.deliver(this.number, text);
    return answer;
  }

  #gets(event, pattern) {
    return new Promise((resolve) => {
      const hears = ({to, text}) => {
        if (to !== this.number || !pattern.test(text)) return;
        this.carrier.off(event, hears);
        resolve(text);
      };
      this.carrier.on(event, hears);
    });
  }
}

// Every value of this test that nobody may find, with what it is.
class Personal {
  constructor(carrier, accounts) {
    this.values = new Map();
    for (const number of [BORROWED, STRANGER]) this.#addPhone(number);
    accounts.forEach(({registered, id, birthDate}, at) => {
      this.#addPhone(registered);
      for (const date of spelledDates(birthDate)) this.#add(date, 'birth date');
      const [name] = id.split('@');
      this.#add(name, 'account');
      // As `accounts seed` makes them.
      this.#add(`${name.replace(/\d+$/, '')}${at}@`, 'e-mail');
    });
    this.#add('@example.org', 'e-mail');
    carrier.on('said', ({text}) => this.#addText(text, 'typed'));
    for (const event of ['message', 'put off']) {
      carrier.on(event, ({text}) => this.#addSent(text));
    }
  }

  has(what) {
    return [...this.values.values()].includes(what);
  }

  // What of it, or of this kind of it, stands in these pieces of a file. The values themselves are
  // not told: a report of failures is read by others, too.
  foundIn(pieces, kind) {
    return [...this.values].filter(([, what]) => !kind || what === kind)
        .filter(([value]) => pieces.some((octets) => findIn(octets, value)))
        .map(([value, what]) => `${what} of ${value.length} characters`);
  }

  // Without +62, 62 or 0 in front, so that it is found behind each of them.
  #addPhone(number) {
    this.#add(number.slice(2), 'phone number');
  }

  #addText(text, what) {
    if (text.length < SHORTEST) return;
    for (let at = 0; at + PIECE <= text.length; at += PIECE) {
      this.#add(text.slice(at, at + PIECE), `piece of what was ${what}`);
    }
    this.#add(text, what);
  }

  // A code is a code, although it was typed, too.
  #add(value, what) {
    if (!this.values.has(value)) this.values.set(value, what);
  }

  #addSent(text) {
    this.#addText(text, 'sent');
    for (const [code] of text.matchAll(/\b\d{6}\b/g)) this.#add(code, 'code');
    for (const [words] of text.matchAll(/\b[a-z]+(?:-[a-z]+){3}\b/g)) {
      this.#add(words, 'generated password');
    }
  }
}

for (const link of ['TCP', 'TLSv1.2', 'TLSv1.3']) describe(`a gateway at work over ${link}`, {
  timeout: 120_000,
}, () => {
  let pki, carrier, gateway, personal;
  const inFolder = (name) => path.join(gateway.folder, name);

  before(async () => {
    if (link !== 'TCP') pki = new Pki();
    carrier = new Carrier(LINK, pki?.carriers(link));
    const port = await carrier.listen();
    gateway = new Gateway({...LINK, port, ...(pki && {tls: pki.ours()})});
    const accounts = gateway.seed(ACCOUNTS);
    personal = new Personal(carrier, accounts);
    gateway.start();
    await gateway.orEnd(carrier.bound().then(() => work(accounts)));
  }, {timeout: 60_000});

  after(async () => {
    await gateway.stop();
    await carrier.close();
    gateway.remove();
    pki?.remove();
  });

  const codeIn = (text) => /\b\d{6}\b/.exec(text)[0];

  // Up to where she is asked for her code.
  const asked = async ({registered, birthDate}, wrongDate) => {
    const phone = new Phone(carrier, registered);
    await phone.says('RESET', /Langkah 1/);
    if (wrongDate) await phone.says(wrongDate, /Data belum cocok/);
    await phone.says(birthDate, /Langkah 3/);
    return {phone, code: codeIn(await phone.says('1', /\b\d{6}\b/))};
  };

  // Up to where she is asked which password she wants.
  const proven = async (person) => {
    const {phone, code} = await asked(person);
    await phone.says(code, /Langkah 4/);
    return phone;
  };

  // Every mistake that the dialogue knows, and the right thing after it.
  const clumsy = async (person) => {
    const {phone, code} = await asked(person, '03021991');
    const wrongCode = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
    await phone.says(wrongCode, /Kode belum cocok/);
    await phone.says(code, /Langkah 4/);
    await phone.says('2', /Ketik sandi baru/);
    await phone.says('Pendek#7', /terlalu pendek/);
    await phone.says('password1234', /mudah ditebak/);
    await phone.says('gerimis-Pagi 31 sunyi', /SAMA sekali lagi/);
    await phone.says('gerimis-Sore 31 sunyi', /tidak sama/);
    await phone.says('gerimis-Pagi 31 sunyi', /SAMA sekali lagi/);
    await phone.says('gerimis-Pagi 31 sunyi', /BERHASIL/);
  };

  async function work(accounts) {
    const reset = (at, options, firstText = 'RESET') =>
        new Teacher(carrier, {...accounts[at], ...options}).resets(firstText);
    await Promise.all([
      clumsy(accounts[0]),
      reset(1),
      reset(2, {password: 'layang-Layang 12 putus', dataCoding: UCS2}),
      reset(3, {borrowed: BORROWED}, `RESET ${accounts[3].id} ${accounts[3].birthDate}`),
    ]);

    const [coded, choosing, typing] = await Promise.all([
      asked(accounts[4]), proven(accounts[5]), proven(accounts[6]),
      new Phone(carrier, STRANGER).says(`RESET ${accounts[7].id}`, /Langkah 2/),
      new Phone(carrier, accounts[8].registered).says('RESET', /Langkah 1/),
    ]);
    await typing.says('2', /Ketik sandi baru/);
    await typing.says('jembatan-Gantung 8 tua', /SAMA sekali lagi/);

    carrier.verdict = ({text}) =>
        /Langkah 4|BERHASIL|Langkah 1/.test(text) ? {status: smpp.ESME_RMSGQFUL} : undefined;
    await Promise.all([
      coded.phone.saysAndWaits(coded.code, /Langkah 4/),
      choosing.saysAndWaits('1', /BERHASIL/),
      new Phone(carrier, accounts[9].registered).saysAndWaits('RESET', /Langkah 1/),
    ]);
  }

  // The daemon's memory and its threads' registers as gdb writes them into a core file.
  const dump = (name, settings = []) => {
    const commands = [...settings, `gcore ${inFolder(name)}`].flatMap((words) => ['-ex', words]);
    const {error, stdout, stderr} = spawnSync(
        'gdb', ['-nx', '-batch', '-p', String(gateway.daemon.pid), ...commands],
        {encoding: 'utf8'});
    if (error) throw error;
    assert.ok(fs.existsSync(inFolder(name)), `gdb wrote no core file: ${stdout}${stderr}`);
    return [fs.readFileSync(inFolder(name))];
  };

  test('each kind of what is looked for went through it', () => {
    for (const what of ['phone number', 'birth date', 'account', 'e-mail', 'code',
                        'generated password', 'typed', 'sent']) {
      assert.ok(personal.has(what), what);
    }
  });

  test('nothing of it stands in a database, its log or the journal', () => {
    for (const name of [...DATABASES, 'journal']) {
      assert.deepEqual(personal.foundIn([fs.readFileSync(inFolder(name))]), [], name);
    }
  });

  test('a crash writes no core file', () => {
    const limits = fs.readFileSync(`/proc/${gateway.daemon.pid}/limits`, 'latin1');
    assert.match(limits, /^Max core file size +0 +0 /m);
  });

  test('nothing of it stands in a core file that is forced', () => {
    assert.deepEqual(personal.foundIn(dump('core')), []);
  });

  test('the same search finds what waits in the memory that core files leave out', () => {
    assert.equal(personal.foundIn(dump('memory', ALL_MEMORY), 'generated password').length, 1);
  });

  test('the same search finds each value that is planted in a copy, in both encodings', () => {
    const page = fs.readFileSync(inFolder('state.db')).subarray(0, 4096);
    for (const encoded of [Buffer.from, utf16be]) {
      for (const [value, what] of personal.values) {
        assert.ok(findIn(Buffer.concat([page, encoded(value), page]), value), what);
      }
    }
  });
});
