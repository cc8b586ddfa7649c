// A carrier at its worst, on the npm package `smpp`: it throttles, refuses, answers late or never,
// loses the line in the middle of a PDU, sends garbage, falls silent and refuses binds, each while
// a teacher resets her password. She gets to the end every time; the only messages that come twice
// are those whose response the carrier kept to itself.
'use strict';
const assert = require('node:assert/strict');
const {after, before, describe, test} = require('node:test');
const smpp = require('smpp');
const {Carrier} = require('./carrier.js');
const {Gateway} = require('./gateway.js');
const {Teacher} = require('./teacher.js');

const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880'};
const PATIENCE = {enquire_link: '1s', response_timeout: '1s', reconnect_longest: '1s'};
const CODE = /\b\d{6}\b/;

// As octets: SMPP 3.4, 3.2 (header) and 4.6.1 (a service_type that never ends).
const header = (length, command) => {
  const octets = Buffer.alloc(16);
  [length, command, 0, 7].forEach((field, at) => octets.writeUInt32BE(field, 4 * at));
  return octets;
};
const UNKNOWN_COMMAND = header(16, 0x999);
const BROKEN_DELIVER_SM = Buffer.concat([header(48, 5), Buffer.alloc(32, 'x')]);
const ENDLESS = header(0xFFFFFFFF, 5);
const ANOTHER_PROTOCOL = Buffer.from('GET / HTTP/1.1\r\nHost: smsc.example\r\n\r\n');

for (const [bind, links] of [['transceiver', 2], ['transmitter+receiver', 4]]) {
  describe(`two binds as ${bind}`, {timeout: 120_000}, () => {
    let carrier, gateway, people;
    const taken = new Map();  // what the carrier took for a telephone → how often

    before(async () => {
      carrier = new Carrier(LINK);
      carrier.on('message', ({to, text}) => {
        taken.set(`${to} ${text}`, (taken.get(`${to} ${text}`) ?? 0) + 1);
      });
      gateway = new Gateway({...LINK, ...PATIENCE, port: await carrier.listen(), bind, binds: 2});
      const listed = gateway.seed(40);
      people = listed.filter(({registered}) =>
          listed.filter((other) => other.registered === registered).length === 1);
      gateway.start();
      await gateway.orEnd(carrier.bound(links));
    });

    after(async () => {
      await gateway.stop();
      await carrier.close();
      gateway.remove();
    });

    // The next teacher's whole reset; resolves to how many messages came more often than once.
    const reset = async () => {
      const person = people.shift();
      const password = await gateway.orEnd(new Teacher(carrier, person).resets('RESET'));
      assert.ok(gateway.accepts(person.id, password), 'the new password is accepted');
      assert.equal(gateway.passwordVersion(person.id), 2);
      return [...taken].filter(([message]) => message.startsWith(person.registered))
          .reduce((sum, [, times]) => sum + times - 1, 0);
    };
    // Does it to the first code, the message that hurts most.
    const once = (fault) => {
      let done = false;
      carrier.verdict = ({text}) => {
        if (done || !CODE.test(text)) return undefined;
        done = true;
        return fault;
      };
    };
    // The journal is written beside the work; a line that never comes ends the suite by its time.
    const journalSays = async (words) => {
      while (!gateway.journalText().includes(words)) await new Promise(setImmediate);
    };
    const calm = () => {
      carrier.verdict = () => undefined;
      carrier.bindVerdict = () => undefined;
      return gateway.orEnd(carrier.bound(links));
    };

    test('throttled, it slows down and sends the same again', async () => {
      once({status: smpp.ESME_RTHROTTLED});
      assert.equal(await reset(), 0);
      await journalSays('ESME_RTHROTTLED');
    });

    test('full queues and troubles of the SMSC are reasons to try later', async () => {
      const troubles = ['ESME_RMSGQFUL', 'ESME_RSYSERR', 'ESME_RX_T_APPN'];
      const met = new Map();  // telephone → its trouble
      carrier.verdict = ({to, text}) => {
        if (!CODE.test(text) || met.has(to)) return undefined;
        met.set(to, troubles[met.size]);
        return {status: smpp[met.get(to)]};
      };
      assert.deepEqual(await Promise.all(troubles.map(reset)), [0, 0, 0]);
      await Promise.all(troubles.map(journalSays));
    });

    test('a code that is refused for good is told to its owner, who asks for another', async () => {
      once({status: smpp.ESME_RINVDSTADR});
      assert.equal(await reset(), 0);
      assert.ok([...taken.keys()].some((text) => text.includes('gagal dikirim')));
    });

    test('a bind that the carrier forgot is made anew', async () => {
      once({status: smpp.ESME_RINVBNDSTS});
      assert.equal(await reset(), 0);
      await calm();
    });

    test('without a response a message goes again', async () => {
      once({response: 'lost'});
      assert.equal(await reset(), 1);
    });

    test('a response that comes after its time disturbs nothing', async () => {
      let times = 0;
      carrier.verdict = ({text}) => {
        if (!CODE.test(text)) return undefined;
        if (++times === 1) return {response: 'held'};
        carrier.release();
        return undefined;
      };
      assert.equal(await reset(), 1);
      assert.equal(times, 2);
    });

    test('the line is lost before a message is taken', async () => {
      once({cut: true});
      assert.equal(await reset(), 0);
      await calm();
    });

    for (const response of ['cut', 'torn']) {
      test(`the line is lost with the response ${response}`, async () => {
        once({response});
        assert.equal(await reset(), 1);
        await calm();
      });
    }

    test('the line is lost in the middle of what she wrote', async () => {
      carrier.tearsDelivery = true;
      assert.equal(await reset(), 0);
      await calm();
    });

    test('what cannot be read is answered, and the link stays', async () => {
      const before = carrier.record.length;
      let lost = 0;
      const counts = () => { lost += 1; };
      carrier.on('lost', counts);
      carrier.write(UNKNOWN_COMMAND);
      carrier.write(BROKEN_DELIVER_SM);
      assert.equal(await reset(), 0);
      carrier.off('lost', counts);
      assert.equal(lost, 0);
      const nacks = carrier.complaints.splice(0);
      assert.equal(nacks.length, 2, nacks.join());
      assert.ok(nacks.every((nack) => nack === `generic_nack ${smpp.ESME_RINVCMDID}`));
      assert.ok(carrier.record.slice(before).some(({command, status}) =>
        command === 'deliver_sm_resp' && status !== smpp.ESME_ROK));
    });

    for (const [what, octets] of Object.entries({ENDLESS, ANOTHER_PROTOCOL})) {
      test(`a stream that is no SMPP any more is left: ${what}`, async () => {
        const lost = new Promise((resolve) => carrier.once('lost', resolve));
        carrier.write(octets);
        await gateway.orEnd(lost);
        assert.equal(await reset(), 0);
        await calm();
        const nacks = new Set(carrier.complaints.splice(0));
        assert.deepEqual([...nacks], [`generic_nack ${smpp.ESME_RINVCMDLEN}`]);
      });
    }

    test('a link that falls silent is noticed and replaced; the others go on', async () => {
      carrier.deafen(1);
      assert.equal(await reset(), 0);
      await calm();
      await journalSays('enquire_link was not answered within 1 s');
    });

    test('so are all at once', async () => {
      carrier.deafen();
      assert.equal(await reset(), 0);
      await calm();
    });

    test('binds that are refused are tried again', async () => {
      let refusals = 0;
      carrier.bindVerdict = () => (++refusals <= links ? smpp.ESME_RBINDFAIL : undefined);
      carrier.cut();
      assert.equal(await reset(), 0);
      await calm();
      await journalSays('ESME_RBINDFAIL');
    });

    test('a carrier that allows one bind of each kind gets on with that', async () => {
      carrier.bindVerdict = ({held}) => (held > 0 ? smpp.ESME_RALYBND : undefined);
      carrier.cut();
      assert.equal(await reset(), 0);
      await journalSays('ESME_RALYBND');
      await calm();
    });

    test('nothing is left behind', () => {
      assert.equal(carrier.unanswered.size, 0);
      assert.deepEqual(carrier.complaints, []);
    });
  });
}
