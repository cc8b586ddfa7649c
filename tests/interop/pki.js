// A certificate authority of this machine, by `openssl`, with one certificate for a carrier and one
// for the gateway, and how each side is told of them.
'use strict';
const {execFileSync} = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const HOST = 'smsc.example';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

// A CA and what it signed, as PEM files in a folder.
class Pki {
  constructor() {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pulih-pki-'));
    this.#openssl('req', '-x509', '-subj', '/CN=test CA', ...NEW_KEY, '-keyout',
                  this.file('ca.key'), '-out', this.file('ca.pem'));
    this.#sign('smsc', HOST);
    this.#sign('esme', 'pulih.example');
  }

  // For Node's tls.createServer: only this version, and only our certificate.
  carriers(version) {
    return {key: this.#read('smsc.key'), cert: this.#read('smsc.pem'), ca: this.#read('ca.pem'),
            requestCert: true, rejectUnauthorized: true, minVersion: version, maxVersion: version};
  }

  // As in the gateway's configuration.
  ours() {
    return {ca: this.file('ca.pem'), server_name: HOST, certificate: this.file('esme.pem'),
            key: this.file('esme.key')};
  }

  file(name) {
    return path.join(this.folder, name);
  }

  #read(name) {
    return fs.readFileSync(this.file(name));
  }

  #sign(name, host) {
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

module.exports = {Pki};
