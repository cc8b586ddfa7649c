// A whole reset on USSD screens, with the npm package `smpp` as the carrier and Wireshark looking
// on: she dials, gives her birth date, reads the code in an SMS, dials again and lets a password be
// made, which comes by SMS. What she gave on screens goes on by SMS and the other way round. Once
// her change is in force a screen that she did not dial for asks her back to the menu.
'use strict';
const assert = require('node:assert/strict');
const path = require('node:path');
const {after, before, describe, test} = require('node:test');
const {Capture} = require('./capture.js');
const {Carrier} = require('./carrier.js');
const {Gateway} = require('./gateway.js');

const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880', bind: 'transceiver'};
const CODE = '*888#';
// SMPP 3.4, 5.3.2.44, as the dialect spec34 has it.
const BEGIN = 0x01, ANSWER = 0x12, ASK = 0x02, END = 0x11;

// A phone whose owner sees screens and messages.
class Phone {
  constructor(carrier, number) {
    Object.assign(this, {carrier, number, session: 0});
  }

  dials(shows) {
    this.session += 1;
    return this.#sees(BEGIN, CODE, shows, ASK);
  }

  answers(text, shows, operation = ASK) {
    return this.#sees(ANSWER, text, shows, operation);
  }

  // The next SMS that matches.
  reads(pattern) {
    return this.#next('message', pattern);
  }

  // The next screen that matches, whoever began its session.
  isShown(pattern) {
    return this.#next('screen', pattern);
  }

  async #sees(sent, text, shows, operation) {
    const screen = this.#next('screen', /^/);
    await this.carrier.dial(this.number, this.session, sent, text);
    const shown = await screen;
    assert.match(shown.text, shows);
    assert.equal(shown.operation, operation, shown.text);
    return shown.text;
  }

  #next(event, pattern) {
    return new Promise((resolve) => {
      const hears = (heard) => {
        if (heard.to !== this.number || !pattern.test(heard.text)) return;
        this.carrier.off(event, hears);
        resolve(heard);
      };
      this.carrier.on(event, hears);
    });
  }
}

describe('a gateway with USSD', {timeout: 60_000}, () => {
  let carrier, gateway, capture, people;

  before(async () => {
    carrier = new Carrier(LINK);
    const port = await carrier.listen();
    gateway = new Gateway({...LINK, port, ussd: {code: CODE, dialect: 'spec34', push: 'request'}});
    people = gateway.seed(30).filter(({registered}, at, all) =>
        all.filter((other) => other.registered === registered).length === 1);
    if (!Capture.obstacle()) {
      capture = new Capture(port, path.join(gateway.folder, 'smpp.pcapng'));
      await capture.start();
    }
    gateway.start();
    await gateway.orEnd(carrier.bound());
  });

  after(async () => {
    await capture?.stop();
    await gateway.stop();
    await carrier.close();
    gateway.remove();
  });

  const codeIn = ({text}) => /\b\d{6}\b/.exec(text)[0];

  // Up to the code, which comes by SMS while no screen is open.
  const asked = async (phone, {birthDate}) => {
    await phone.dials(/1 Lupa sandi/);
    await phone.answers('1', /Akun: .*\?/);
    await phone.answers('1', /Tanggal lahir/);
    await phone.answers(birthDate, /kirim kode ke/);
    const code = phone.reads(/\b\d{6}\b/);
    await phone.answers('1', /Tutup layar ini/, END);
    return codeIn(await code);
  };

  test('a password is reset on screens, and comes by SMS', async () => {
    const phone = new Phone(carrier, people[0].registered);
    const code = await asked(phone, people[0]);
    await phone.dials(/2 Masukkan kode/);
    await phone.answers('2', /Ketik kode/);
    await phone.answers(code, /Kode benar/);
    const done = phone.reads(/BERHASIL/);
    await phone.answers('1', /Konfirmasi lewat SMS/, END);
    const [, password] = /: ?([a-z]+(?:-[a-z]+){3})\b/.exec((await done).text);
    assert.ok(gateway.accepts(people[0].id, password), 'the new password is accepted');
    assert.deepEqual(carrier.complaints, []);
  });

  test('what began on screens goes on by SMS, and a chosen password on screens again', async () => {
    const phone = new Phone(carrier, people[1].registered);
    const code = await asked(phone, people[1]);
    const next = phone.reads(/Langkah 4/);
    await carrier.deliver(phone.number, code);
    await next;
    const password = 'kapal-Terbang 7 biru';
    await phone.dials(/2 Masukkan kode/);
    await phone.answers('2', /Sandi baru/);
    await phone.answers('2', /Ketik sandi baru/);
    await phone.answers(password, /sama sekali lagi/);
    const done = phone.reads(/BERHASIL/);
    await phone.answers(password, /Konfirmasi lewat SMS/, END);
    await done;
    assert.ok(gateway.accepts(people[1].id, password), 'the new password is accepted');
  });

  test('once the change is in force a screen calls her back, and she goes on from it', async () => {
    const phone = new Phone(carrier, people[2].registered);
    const code = await asked(phone, people[2]);
    await phone.dials(/2 Masukkan kode/);
    await phone.answers('2', /Ketik kode/);
    await phone.answers(code, /Kode benar/);
    const [told, called] = [phone.reads(/BERHASIL/), phone.isShown(/sudah diganti/)];
    await phone.answers('1', /Konfirmasi lewat SMS/, END);
    await told;
    const screen = await called;
    // The gateway begins this session, so it names it, and asks: 5.3.2.44, 2 is an unstructured
    // request. Her answer comes in that session, and is as good as dialling.
    assert.equal(screen.operation, ASK);
    assert.match(screen.text, /1 Menu/);
    assert.doesNotMatch(screen.text, /[a-z]+(-[a-z]+){3}/, 'no password stands on a screen');
    [phone.session] = screen.session;
    await phone.answers('1', /1 Lupa sandi/);
    await phone.answers('3', /selesai/, END);
    assert.deepEqual(carrier.complaints, []);
  });

  test('Wireshark finds nothing malformed in it', {skip: Capture.obstacle()}, async () => {
    await capture.stop();
    assert.deepEqual(capture.findings(), []);
  });
});
