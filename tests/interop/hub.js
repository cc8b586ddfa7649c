// The built hub beside a PostgreSQL, as its operator has it: pulihd with `role: hub` in a folder of
// its own, and certificates for it and for one gateway.
'use strict';
const {spawnSync, execFileSync} = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const {BIN, Daemon} = require('./daemon.js');

const HOST = 'hub.example';

// Nobody listens there now, and the system hands it to nobody else for a while.
const freePort = () => new Promise((resolve) => {
  const server = net.createServer();
  server.listen(0, '127.0.0.1', () => {
    const {port} = server.address();
    server.close(() => resolve(port));
  });
});

function ctl(...args) {
  const ended = spawnSync(path.join(BIN, 'pulihctl'), args, {encoding: 'utf8'});
  if (ended.error) throw ended.error;
  if (ended.status !== 0) throw new Error(`pulihctl ${args.join(' ')}: ${ended.stderr}`);
  return ended.stdout;
}

class Hub extends Daemon {
  // `directory`: as in the hub's configuration; none: the passwords lie in PostgreSQL.
  static async beside(database, directory) {
    const hub = new Hub();
    hub.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pulih-hub-'));
    hub.port = await freePort();
    hub.config = hub.file('hub.yaml');
    hub.journal = hub.file('journal');
    hub.#certificate('hub', HOST);
    hub.#certificate('nabire', 'nabire.example');
    fs.writeFileSync(hub.file('sites'), '');
    database.sql('CREATE ROLE hub LOGIN IN ROLE pulih_hub');
    fs.writeFileSync(hub.config, `role: hub
hub:
  listen: 127.0.0.1:${hub.port}
  tls: {certificate: hub.pem, key: hub.key}
  sites: sites
central:
  driver: postgresql
  uri: "postgresql://hub@/accounts?host=${database.folder}"
control: {socket: control.sock}
${directory ? `seal_key: {file: seal.key}\ndirectory: ${JSON.stringify(directory)}\n` : ''}`);
    // Its public half goes to the gateways.
    if (directory) hub.sealingKey = ctl('hub', 'seal-key', hub.file('seal.key')).trim();
    database.central('enrol', 'nabire', '--region', 'papua', '--behind-hub');
    hub.ctl('hub', 'enrol', 'nabire', '--region', 'papua', '--certificate', hub.file('nabire.pem'));
    return hub;
  }

  // The section `central` of the gateway's configuration.
  central() {
    return {
      driver: 'hub', address: `127.0.0.1:${this.port}`, poll: '1s',
      tls: {ca: this.file('hub.pem'), server_name: HOST, certificate: this.file('nabire.pem'),
            key: this.file('nabire.key')},
      ...(this.sealingKey && {sealing_key: this.sealingKey}),
    };
  }

  ctl(...args) {
    return ctl(...args, '--config', this.config);
  }

  // Everything that the hub wrote: not its certificates, which the test made.
  written() {
    return fs.readdirSync(this.folder).filter((name) => !/\.(pem|key|sock)$/.test(name))
        .map((name) => [name, fs.readFileSync(this.file(name))]);
  }

  // Its memory and its threads' registers as gdb writes them into a core file.
  core() {
    const core = this.file('core');
    const {stdout, stderr} = spawnSync('gdb', ['-nx', '-batch', '-p', String(this.daemon.pid),
                                               '-ex', `gcore ${core}`], {encoding: 'utf8'});
    if (!fs.existsSync(core)) throw new Error(`gdb wrote no core file: ${stdout}${stderr}`);
    const octets = fs.readFileSync(core);
    fs.rmSync(core);
    return octets;
  }

  file(name) {
    return path.join(this.folder, name);
  }

  remove() {
    fs.rmSync(this.folder, {recursive: true});
  }

  #certificate(name, host) {
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
      '-days', '2', '-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`,
      '-keyout', this.file(`${name}.key`), '-out', this.file(`${name}.pem`),
    ], {stdio: 'pipe'});
  }
}

module.exports = {Hub};
