// A real PostgreSQL cluster in a folder of its own, as the owner of the central database has it:
// made by the server's programs, brought forward by pulihctl, reached over a socket in that folder.
'use strict';
const {spawnSync} = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {BIN} = require('./daemon.js');

const PROGRAMS = process.env.PULIH_POSTGRESQL ?? '/usr/lib/postgresql/15/bin';

function run(command, input) {
  const ended = spawnSync(command[0], command.slice(1), {encoding: 'utf8', input});
  if (ended.error) throw ended.error;
  if (ended.status !== 0) throw new Error(`${command.join(' ')}: ${ended.stderr}${ended.stdout}`);
  return ended.stdout;
}

class Postgresql {
  constructor() {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pulih-pg-'));
    this.log = path.join(this.folder, 'log');
    this.uri = `postgresql:///accounts?host=${this.folder}&user=postgres`;
    if (os.userInfo().uid === 0) run(['chown', 'postgres:', this.folder]);
    this.#serve('initdb', ['--auth=trust', '--username=postgres', '--encoding=UTF8',
                           '--locale=C', '--no-sync', '--pgdata', this.#data]);
    // Everything is logged, so that a test can look for secrets in it.
    fs.appendFileSync(path.join(this.#data, 'postgresql.conf'), `listen_addresses = ''
unix_socket_directories = '${this.folder}'
fsync = off
log_statement = all
`);
    const hba = path.join(this.#data, 'pg_hba.conf');
    const others = fs.readFileSync(hba, 'utf8');
    fs.writeFileSync(hba, `local all +pulih_gateway scram-sha-256\n${others}`);
    this.start();
    this.sql('CREATE DATABASE accounts', 'postgres');
    this.central('init');
  }

  start() {
    this.#serve('pg_ctl', ['start', '-w', '-s', '-D', this.#data, '-l', this.log]);
  }

  // `immediate` is a crash.
  stop(mode = 'immediate') {
    this.#serve('pg_ctl', ['stop', '-w', '-s', '-D', this.#data, '-m', mode]);
  }

  // What psql says, without heads and blanks.
  sql(text, database = 'accounts') {
    return run([path.join(PROGRAMS, 'psql'), '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1',
                '-h', this.folder, '-U', 'postgres', database], text).trim();
  }

  central(...command) {
    return run([path.join(BIN, 'pulihctl'), 'central', ...command, '--uri', this.uri]).trim();
  }

  // The section `central` for a gateway's configuration; its password lies in `secret`.
  enrol(site, region, secret) {
    fs.writeFileSync(secret, this.central('enrol', site, '--region', region), {mode: 0o600});
    return {
      driver: 'postgresql', uri: `postgresql://pulih_site_${site}@/accounts?host=${this.folder}`,
      password: {file: secret}, poll: '1s',
    };
  }

  // Invented teachers of a region: [{registered, id, birthDate}], as a gateway's seed tells them.
  seed(region, count) {
    this.sql(`INSERT INTO pulih.account (region, id, birth_date, phone, email, verifier)
      SELECT '${region}', 'guru' || n || '@guru.sd', date '1960-01-01' + n * 37, 6281100000000 + n,
        'guru' || n || '@example.org', '$argon2id$v=19$m=8,t=1,p=1$old$old'
      FROM generate_series(1, ${count}) AS n`);
    return this.sql(`SELECT phone, id, to_char(birth_date, 'DDMMYYYY') FROM pulih.account
      ORDER BY number`)
        .split('\n').map((row) => row.split('|'))
        .map(([registered, id, birthDate]) => ({registered, id, birthDate}));
  }

  remove() {
    try {
      this.stop();
    } catch {
      // It was stopped by the test.
    }
    fs.rmSync(this.folder, {recursive: true});
  }

  get #data() {
    return path.join(this.folder, 'data');
  }

  #serve(program, args) {
    // PostgreSQL does not run as root; its package made this user.
    const user = os.userInfo().uid === 0
        ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
    return run([...user, path.join(PROGRAMS, program), ...args]);
  }
}

module.exports = {Postgresql};
