// A teacher with a phone: reads what the gateway writes and answers as its texts ask, from RESET to
// the message that the password was changed. She may write from a borrowed phone; the code is then
// read on her registered one. She understands words only, so a changed text that no teacher could
// follow stops her with an error.
'use strict';

// What she answers to a text, in the order in which the texts are tried: a number is a choice, a
// function takes what the pattern caught; `wait` is no answer, `done` is the end.
const WAIT = Symbol('wait');
const DONE = Symbol('done');
const ANSWERS = [
  [/BERHASIL.*: ?([a-z]+(?:-[a-z]+){3})\b/s, (she, words) => she.learns(words)],
  [/BERHASIL/, () => DONE],
  [/Pemberitahuan/, () => WAIT],
  [/gagal dikirim.*ULANG/s, () => 'ULANG'],
  [/\b(\d{6})\b/, (she, code) => code],
  [/Langkah 1\/4.*tanggal lahir/s, (she) => she.birthDate],
  [/Langkah 1\/4/, (she) => she.id],
  [/Langkah 2\/4/, (she) => she.birthDate],
  [/Langkah 3\/4/, () => '1'],
  [/Langkah 4\/4/, (she) => (she.password ? '2' : '1')],
  [/sandi baru.*minimal|SAMA sekali lagi/s, (she) => she.password],
  [/kode sudah dikirim|sedang dipasang|berlaku setelah sambungan|belum pasti/, () => WAIT],
];

class Teacher {
  // `password`: the one she chooses; without it she lets one be made. `borrowed`: another number
  // that she writes from.
  constructor(carrier, {registered, id, birthDate, password, borrowed, dataCoding}) {
    Object.assign(this, {carrier, registered, id, birthDate, password, dataCoding});
    this.phone = borrowed ?? registered;
    this.unread = [];
    this.seen = new Set();
    this.onMessage = (message) => this.#receive(message);
    carrier.on('message', this.onMessage);
  }

  // The whole dialogue from her first text; resolves to the password that she ends with.
  async resets(firstText) {
    try {
      await this.#say(firstText);
      for (;;) {
        const answer = this.#answerTo(await this.#nextText());
        if (answer === DONE) return this.password;
        if (answer !== WAIT) await this.#say(answer);
      }
    } finally {
      this.carrier.off('message', this.onMessage);
    }
  }

  learns(password) {
    this.password = password;
    return DONE;
  }

  #answerTo(text) {
    for (const [pattern, answer] of ANSWERS) {
      const match = pattern.exec(text);
      if (match) return answer(this, match[1]);
    }
    throw new Error(`a teacher would not know what to answer to: ${text}`);
  }

  #say(text) {
    return this.carrier.deliver(this.phone, text, {dataCoding: this.dataCoding});
  }

  #receive({to, text}) {
    if (to !== this.phone && to !== this.registered) return;
    if (this.seen.has(text)) return;  // sent again after a lost line: she answers once
    this.seen.add(text);
    this.unread.push(text);
    this.wake?.();
  }

  async #nextText() {
    while (this.unread.length === 0) await new Promise((wake) => { this.wake = wake; });
    return this.unread.shift();
  }
}

module.exports = {Teacher};
