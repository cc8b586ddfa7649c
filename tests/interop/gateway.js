// The gateway under test as an operator has it: pulihd with a configuration, a site key and a
// seeded account database in a temporary folder, and pulihctl beside it. Uses the outside contract
// only, so it says nothing about how the daemon is built.
'use strict';
const {spawn, spawnSync} = require('node:child_process');
const {randomBytes} = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {BIN, Daemon} = require('./daemon.js');

// What a test put into the gateway's folder, not the gateway.
const OURS = ['accounts.csv', 'smsc.secret', 'smpp.pcapng'];

class Gateway extends Daemon {
  // `carriers`: one or several of {port, systemId, password, shortCode, bind} and what else such an
  // entry may have; that, `limits` and `central`, as in the configuration.
  constructor(carriers, limits = {}, central = {driver: 'embedded', path: 'central.db'}) {
    super();
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pulih-interop-'));
    this.config = path.join(this.folder, 'pulih.yaml');
    this.journal = path.join(this.folder, 'journal');
    fs.writeFileSync(path.join(this.folder, 'site.key'), randomBytes(32), {mode: 0o600});
    const entries = [carriers].flat().map((carrier) => this.#entry(carrier)).join('');
    fs.writeFileSync(this.config, `site: interop
state_dir: ${this.folder}
keys: {site: {file: ${this.folder}/site.key}}
central: ${JSON.stringify(central)}
dialogue: {catalogues: [id, en], default: id, zone: Asia/Jakarta}
carriers:
${entries}control: {socket: ${this.folder}/control.sock}
# A second reset may follow at once here.
limits: ${JSON.stringify({send_gaps: ['0s', '0s', '0s'], ...limits})}
`);
  }

  // Fills the central database; resolves to [{registered, id, birthDate}], one for each account.
  seed(count) {
    const list = path.join(this.folder, 'accounts.csv');
    this.#ctl(['accounts', 'seed', '--count', String(count), '--csv', list]);
    const rows = fs.readFileSync(list, 'utf8').trim().split('\n').map((row) => row.split(','));
    return rows.filter(([number]) => /^\d+$/.test(number))
        .map(([registered, id, birthDate]) => ({registered, id, birthDate}));
  }

  // A command of pulihctl beside the test: `ended` resolves to {status, said} or {signal, said}.
  command(...args) {
    const child = spawn(path.join(BIN, 'pulihctl'), [...args, '--config', this.config]);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => { said += text; });
    }
    const ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => resolve({status, signal, said}));
    });
    return {ended, kill: () => child.kill('SIGKILL')};
  }

  // How often the password of this account was set, its first one included.
  passwordVersion(id) {
    const {stdout} = this.#ctl(['accounts', 'show', id]);
    return Number(/^password version +(\d+)$/m.exec(stdout)[1]);
  }

  // Whether the central database accepts this password now.
  accepts(id, password) {
    return this.#ctl(['accounts', 'verify', id], `${password}\n`, [0, 1]).status === 0;
  }

  // A section of `pulihctl status`.
  status(section) {
    return JSON.parse(this.#ctl(['status', '--json']).stdout)[section];
  }

  // Everything that the gateway left on disk, as one text to search.
  traces() {
    return fs.readdirSync(this.folder, {withFileTypes: true})
        .filter((entry) => entry.isFile() && !OURS.includes(entry.name))
        .map((entry) => fs.readFileSync(path.join(this.folder, entry.name), 'latin1')).join('\n');
  }

  remove() {
    fs.rmSync(this.folder, {recursive: true});
  }

  #entry({name = 'npm', port, systemId, password, shortCode, bind, ...more}) {
    const secret = path.join(this.folder, 'smsc.secret');
    fs.writeFileSync(secret, password, {mode: 0o600});
    const entry = {
      name, address: `127.0.0.1:${port}`, bind, system_id: systemId, password: {file: secret},
      short_code: shortCode, prefixes: ['62811'], window: 8, rate: '200/s', ...more,
    };
    return `  - ${JSON.stringify(entry)}\n`;
  }

  #ctl(args, input = '', expected = [0]) {
    const ended = spawnSync(path.join(BIN, 'pulihctl'), [...args, '--config', this.config],
                            {input, encoding: 'utf8'});
    if (ended.error) throw ended.error;
    if (!expected.includes(ended.status)) {
      throw new Error(`pulihctl ${args.join(' ')}: ${ended.stderr}`);
    }
    return ended;
  }
}

module.exports = {Gateway};
