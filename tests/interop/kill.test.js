// `kill -9` at random moments while 200 teachers reset their passwords at once, through a carrier
// that repeats whatever was not acknowledged. Nothing acknowledged may be lost: every message has
// its reply, every teacher reaches the end, and each password is set in the central database once.
// PULIH_SEED repeats the moments of an earlier run, as far as the machine does the same again.
'use strict';
const assert = require('node:assert/strict');
const {after, before, describe, test} = require('node:test');
const {setTimeout: pause} = require('node:timers/promises');
const {Carrier} = require('./carrier.js');
const {Gateway} = require('./gateway.js');
const {Teacher} = require('./teacher.js');

const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880', bind: 'transceiver'};
const TEACHERS = 200;
const SEEDED = 250;  // of every 20 accounts two share a phone, and would be asked which they mean
const KILLS = 50;
// A life of the daemon lasts as many PDUs, so that a slow machine gets as far in it as a fast one,
// and some milliseconds more, so that it ends anywhere between two of them.
const MOST_PDUS = 24;
const MOST_MILLISECONDS = 20;

const seed = Number(process.env.PULIH_SEED ?? Date.now() % 1_000_000);

// SplitMix32: from a seed the same numbers in [0, below) on every machine.
function chances(state) {
  return (below) => {
    state = (state + 0x9E3779B9) | 0;
    let x = Math.imul(state ^ (state >>> 16), 0x21F0AAAD);
    x = Math.imul(x ^ (x >>> 15), 0x735A2D97);
    return ((x ^ (x >>> 15)) >>> 0) % below;
  };
}

// What each phone said and what it got, in the order of the carrier's doings.
class Ledger {
  constructor(carrier) {
    this.phones = new Map();
    carrier.on('said', ({from}) => this.#of(from).push({said: true}));
    carrier.on('message', ({to, text}) => this.#of(to).push({text}));
  }

  // Phones that said something after which nothing came, or got fewer replies than they said
  // things. A reply that came twice is one reply.
  withoutReply() {
    return [...this.phones].filter(([, events]) => {
      const said = events.filter((event) => event.said).length;
      const replies = new Set(events.filter((event) => !event.said).map(({text}) => text)).size;
      return events.at(-1).said || replies < said;
    }).map(([phone]) => phone);
  }

  #of(phone) {
    if (!this.phones.has(phone)) this.phones.set(phone, []);
    return this.phones.get(phone);
  }
}

// Teachers who choose a password and who let one be made; every tenth writes from a borrowed phone.
function teacherOf(person, at, carrier) {
  return new Teacher(carrier, {
    ...person,
    password: at % 2 ? `perahu-Kertas ${at} lipat` : undefined,
    borrowed: at % 10 === 0 ? String(6281100005000 + at) : undefined,
  });
}

describe(`a gateway killed at random moments, seed ${seed}`, {timeout: 170_000}, () => {
  let carrier, gateway, ledger, people;
  let kills = 0;
  const passwords = [];

  before(async () => {
    carrier = new Carrier(LINK);
    ledger = new Ledger(carrier);
    gateway = new Gateway({...LINK, port: await carrier.listen()}, {hashing_memory: '8MiB'});
    const listed = gateway.seed(SEEDED);
    people = listed.filter(({registered}) =>
        listed.filter((other) => other.registered === registered).length === 1).slice(0, TEACHERS);
    assert.equal(people.length, TEACHERS);
  });

  after(async () => {
    await gateway.stop();
    await carrier.close();
    gateway.remove();
  });

  // Resolves after as many PDUs from the gateway; never, if they do not come any more.
  const pdus = (count) => new Promise((resolve) => {
    const counts = () => {
      if (--count > 0) return;
      carrier.off('pdu', counts);
      resolve();
    };
    carrier.on('pdu', counts);
  });

  // Kills and starts again until `finished`; the last life is left to live.
  async function kill(finished) {
    const chance = chances(seed);
    let over = false;
    finished = finished.then(() => { over = true; });
    for (;;) {
      await Promise.race([finished, pdus(1 + chance(MOST_PDUS)), died()]);
      await pause(chance(MOST_MILLISECONDS + 1));
      if (over) return;
      const how = await gateway.kill();
      assert.equal(how, 'SIGKILL', `pulihd ended by itself: ${gateway.journalText()}`);
      kills += 1;
      gateway.start();
    }
  }

  // A daemon that ends by itself fails the test at once and with its own words.
  const died = () => gateway.ended.then((how) => {
    throw new Error(`pulihd ended (${how}): ${gateway.journalText()}`);
  });

  test('every teacher reaches the end', async (context) => {
    gateway.start();
    const resets = Promise.all(people.map(async (person, at) => {
      const {id, birthDate} = person;
      const firstText = at % 10 === 0 ? `RESET ${id} ${birthDate}` : 'RESET';
      passwords[at] = await teacherOf(person, at, carrier).resets(firstText);
    }));
    await Promise.all([resets, kill(resets)]);
    context.diagnostic(`seed ${seed}: ${kills} kills, ${carrier.record.length} PDUs`);
  });

  test('the gateway was killed often enough for it to mean something', () => {
    assert.ok(kills >= KILLS, `${kills} kills`);
  });

  test('every acknowledged message got its reply', () => {
    assert.equal(carrier.unanswered.size, 0);
    assert.deepEqual(ledger.withoutReply(), []);
  });

  test('the central database accepts every password and set it once', () => {
    const wrong = people.filter(({id}, at) =>
        !gateway.accepts(id, passwords[at]) || gateway.passwordVersion(id) !== 2);
    assert.deepEqual(wrong.map(({id}) => id), []);
  });

  test('the carrier has nothing to complain about', () => {
    assert.deepEqual(carrier.complaints, []);
  });
});
