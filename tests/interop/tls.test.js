// Whole resets over TLS, with Node's own TLS under the npm package `smpp` as a strict carrier: it
// wants our certificate, and speaks only what it is told to. Certificates are made by `openssl`.
'use strict';
const assert = require('node:assert/strict');
const {execFileSync} = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {after, before, describe, test} = require('node:test');
const {Carrier} = require('./carrier.js');
const {Gateway} = require('./gateway.js');
const {Teacher} = require('./teacher.js');

const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880', bind: 'transceiver'};
const HOST = 'smsc.example';

// A CA and what it signed, as PEM files in a folder.
class Pki {
  constructor() {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pulih-pki-'));
    this.#openssl('req', '-x509', '-subj', '/CN=test CA', ...NEW_KEY, '-keyout',
                  this.file('ca.key'), '-out', this.file('ca.pem'));
  }

  file(name) {
    return path.join(this.folder, name);
  }

  read(name) {
    return fs.readFileSync(this.file(name));
  }

  sign(name, host) {
    fs.writeFileSync(this.file('names'), `subjectAltName=DNS:${host}\n`);
    this.#openssl('req', '-new', '-subj', `/CN=${host}`, ...NEW_KEY, '-keyout',
                  this.file(`${name}.key`), '-out', this.file(`${name}.csr`));
    this.#openssl('x509', '-req', '-days', '2', '-in', this.file(`${name}.csr`), '-CA',
                  this.file('ca.pem'), '-CAkey', this.file('ca.key'), '-CAcreateserial',
                  '-extfile', this.file('names'), '-out', this.file(`${name}.pem`));
  }

  remove() {
    fs.rmSync(this.folder, {recursive: true});
  }

  #openssl(...words) {
    execFileSync('openssl', words, {stdio: 'pipe'});
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  describe(`a carrier that speaks ${version} and wants our certificate`, {timeout: 60_000}, () => {
    let pki, carrier, gateway, people;

    before(async () => {
      pki = new Pki();
      pki.sign('smsc', HOST);
      pki.sign('esme', 'pulih.example');
      carrier = new Carrier(LINK, {
        key: pki.read('smsc.key'), cert: pki.read('smsc.pem'), ca: pki.read('ca.pem'),
        requestCert: true, rejectUnauthorized: true, minVersion: version, maxVersion: version,
      });
      gateway = new Gateway({...LINK, port: await carrier.listen(), tls: {
        ca: pki.file('ca.pem'), server_name: HOST,
        certificate: pki.file('esme.pem'), key: pki.file('esme.key'),
      }});
      people = gateway.seed(3);
      gateway.start();
    });

    after(async () => {
      await gateway.stop();
      await carrier.close();
      gateway.remove();
      pki.remove();
    });

    const orEnd = (waiting) => Promise.race([waiting, gateway.ended.then((how) => {
      throw new Error(`pulihd ended (${how}): ${gateway.journalText()}`);
    })]);

    test('a password is reset over it', async () => {
      await orEnd(carrier.bound());
      const password = await orEnd(
          new Teacher(carrier, people[0]).resets(`RESET ${people[0].id} ${people[0].birthDate}`));
      assert.ok(gateway.accepts(people[0].id, password), 'the new password is accepted');
      assert.deepEqual(carrier.complaints, []);
    });

    test('a line that is cut is made anew', async () => {
      carrier.cut();
      await orEnd(carrier.bound());
      const password = await orEnd(new Teacher(carrier, people[1])
          .resets(`RESET ${people[1].id} ${people[1].birthDate}`));
      assert.ok(gateway.accepts(people[1].id, password), 'the new password is accepted');
    });
  });
}
