// A real OpenLDAP server in a folder of its own, with invented teachers: made from LDIF, reached
// over a socket in that folder, by its own programs too.
'use strict';
const {spawn, spawnSync} = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {setTimeout: pause} = require('node:timers/promises');

const SUFFIX = 'dc=belajar,dc=example';
const LOGIN = `cn=pulih,${SUFFIX}`;

class Slapd {
  // `people`: [{registered, id, birthDate}], as a gateway's seed tells them.
  constructor(people) {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pulih-ldap-'));
    for (const name of ['config', 'data']) fs.mkdirSync(this.#file(name));
    this.uri = `ldapi://${encodeURIComponent(this.#file('socket'))}`;
    this.secret = this.#file('ldap.secret');
    fs.writeFileSync(this.secret, 'planted-secret-of-the-hub', {mode: 0o600});
    this.#add(0, this.#configuration());
    this.#add(1, `dn: ${SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: belajar\n` +
        `o: belajar\n\ndn: ${LOGIN}\nobjectClass: person\ncn: pulih\nsn: pulih\n` +
        `userPassword: planted-secret-of-the-hub\n\n${
          people.map((one) => this.#entry(one)).join('')}`);
  }

  // The section `directory` of the hub's configuration.
  get directory() {
    return {driver: 'ldap', uri: this.uri, bind_dn: LOGIN, password: {file: this.secret},
            base: SUFFIX, attributes: {birth_date: 'born'}, region: 'papua',
            account_domain: 'belajar.example', poll: '1s'};
  }

  async start() {
    this.server = spawn('slapd', ['-d', '0', '-F', this.#file('config'), '-h', this.uri],
                        {stdio: 'ignore', env: {...process.env, PATH: '/usr/sbin:/usr/bin:/bin'}});
    this.ended = new Promise((resolve) => this.server.once('exit', resolve));
    while (!this.accepts(LOGIN, 'planted-secret-of-the-hub')) await pause(20);
  }

  kill() {
    this.server.kill('SIGKILL');
    return this.ended;
  }

  // Whether somebody gets in with this password.
  accepts(dn, password) {
    return this.#run('ldapwhoami', ['-x', '-D', dn, '-w', password]).status === 0;
  }

  dnOf({id}) {
    return `uid=${id}.belajar.example,${SUFFIX}`;
  }

  // As somebody at the office changes an entry.
  modify({id}, lines) {
    const change = `dn: ${this.dnOf({id})}\nchangetype: modify\n${lines}\n`;
    const {status, stderr} =
        this.#run('ldapmodify', ['-x', '-D', `cn=root,${SUFFIX}`, '-w', 'root'], change);
    if (status !== 0) throw new Error(stderr);
  }

  async remove() {
    await this.kill();
    fs.rmSync(this.folder, {recursive: true});
  }

  #file(name) {
    return path.join(this.folder, name);
  }

  #run(program, args, input) {
    const ended = spawnSync(program, ['-H', this.uri, ...args], {encoding: 'utf8', input});
    if (ended.error) throw ended.error;
    return ended;
  }

  #add(database, ldif) {
    const {error, status, stderr} = spawnSync('/usr/sbin/slapadd',
        ['-F', this.#file('config'), '-n', String(database)], {encoding: 'utf8', input: ldif});
    if (error) throw error;
    if (status !== 0) throw new Error(`slapadd: ${stderr}`);
  }

  #entry({registered, id, birthDate}) {
    const [, day, month, year] = /^(\d\d)(\d\d)(\d{4})$/.exec(birthDate);
    const name = id.split('@')[0];
    return `dn: ${this.dnOf({id})}\nobjectClass: inetOrgPerson\nobjectClass: teacher\n` +
        `cn: ${name}\nsn: ${name}\nuid: ${id}.belajar.example\nborn: ${year}${month}${day}\n` +
        `mobile: +${registered}\nmail: ${name}@example.org\nuserPassword: the-one-she-forgot\n\n`;
  }

  #configuration() {
    const schema = '/etc/ldap/schema';
    return `dn: cn=config
objectClass: olcGlobal
cn: config

dn: cn=module{0},cn=config
objectClass: olcModuleList
cn: module{0}
olcModulePath: /usr/lib/ldap
olcModuleLoad: back_mdb
olcModuleLoad: syncprov
olcModuleLoad: argon2

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

include: file://${schema}/core.ldif
include: file://${schema}/cosine.ldif
include: file://${schema}/inetorgperson.ldif

dn: cn=teacher,cn=schema,cn=config
objectClass: olcSchemaConfig
cn: teacher
olcAttributeTypes: ( 1.3.6.1.4.1.25178.9.4 NAME 'born' EQUALITY numericStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.36 SINGLE-VALUE )
olcObjectClasses: ( 1.3.6.1.4.1.25178.9.5 NAME 'teacher' SUP top AUXILIARY MAY born )

dn: olcDatabase={1}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {1}mdb
olcSuffix: ${SUFFIX}
olcRootDN: cn=root,${SUFFIX}
olcRootPW: root
olcDbDirectory: ${this.#file('data')}
olcDbIndex: objectClass,entryCSN eq
olcAccess: to attrs=userPassword by dn.exact="${LOGIN}" write by anonymous auth by * none
olcAccess: to * by dn.exact="${LOGIN}" read by * none
olcLimits: dn.exact="${LOGIN}" size=unlimited

dn: olcOverlay={0}syncprov,olcDatabase={1}mdb,cn=config
objectClass: olcSyncProvConfig
olcOverlay: {0}syncprov
`;
  }
}

module.exports = {Slapd};
