// Whole resets over TLS, with Node's own TLS under the npm package `smpp` as a strict carrier: it
// wants our certificate, and speaks only what it is told to.
'use strict';
const assert = require('node:assert/strict');
const {after, before, describe, test} = require('node:test');
const {Carrier} = require('./carrier.js');
const {Gateway} = require('./gateway.js');
const {Pki} = require('./pki.js');
const {Teacher} = require('./teacher.js');

const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880', bind: 'transceiver'};

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  describe(`a carrier that speaks ${version} and wants our certificate`, {timeout: 60_000}, () => {
    let pki, carrier, gateway, people;

    before(async () => {
      pki = new Pki();
      carrier = new Carrier(LINK, pki.carriers(version));
      gateway = new Gateway({...LINK, port: await carrier.listen(), tls: pki.ours()});
      people = gateway.seed(3);
      gateway.start();
    });

    after(async () => {
      await gateway.stop();
      await carrier.close();
      gateway.remove();
      pki.remove();
    });

    test('a password is reset over it', async () => {
      await gateway.orEnd(carrier.bound());
      const password = await gateway.orEnd(
          new Teacher(carrier, people[0]).resets(`RESET ${people[0].id} ${people[0].birthDate}`));
      assert.ok(gateway.accepts(people[0].id, password), 'the new password is accepted');
      assert.deepEqual(carrier.complaints, []);
    });

    test('a line that is cut is made anew', async () => {
      carrier.cut();
      await gateway.orEnd(carrier.bound());
      const password = await gateway.orEnd(new Teacher(carrier, people[1])
          .resets(`RESET ${people[1].id} ${people[1].birthDate}`));
      assert.ok(gateway.accepts(people[1].id, password), 'the new password is accepted');
    });
  });
}
