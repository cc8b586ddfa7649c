// A SCIM server over HTTPS as RFC 7643 and RFC 7644 have it, with invented teachers and Node's own
// HTTP: users with versions, filters by time, pages, PATCH on a version. It can be closed and
// opened again, and lose the answer to a change that it made.
'use strict';
const {execFileSync} = require('node:child_process');
const fs = require('node:fs');
const https = require('node:https');
const os = require('node:os');
const path = require('node:path');

const TOKEN = 'planted-token-of-the-hub';
const CORE = 'urn:ietf:params:scim:schemas:core:2.0';
const MESSAGES = 'urn:ietf:params:scim:api:messages:2.0';
const SCHOOL = 'urn:example:params:scim:schemas:extension:school:2.0:User';

class Scim {
  // `people`: [{registered, id, birthDate}], as a gateway's seed tells them.
  constructor(people) {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pulih-scim-'));
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
      '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
      '-keyout', this.#file('key'), '-out', this.#file('pem'),
    ], {stdio: 'pipe'});
    fs.writeFileSync(this.#file('token'), TOKEN, {mode: 0o600});
    this.users = new Map(people.map((one, at) => [`u${at}`, this.#user(one, `u${at}`)]));
    this.port = 0;
    this.losesAnswers = 0;  // to so many changes that are made
  }

  // The section `directory` of the hub's configuration.
  get directory() {
    return {driver: 'scim', url: `https://localhost:${this.port}/v2`, ca: this.#file('pem'),
            token: {file: this.#file('token')}, attributes: {birth_date: `${SCHOOL}:born`},
            region: 'papua', account_domain: 'belajar.example', poll: '1s'};
  }

  start() {
    this.server = https.createServer({key: fs.readFileSync(this.#file('key')),
                                      cert: fs.readFileSync(this.#file('pem'))},
                                     (request, response) => this.#take(request, response));
    return new Promise((resolve) => this.server.listen(this.port, '127.0.0.1', () => {
      ({port: this.port} = this.server.address());
      resolve();
    }));
  }

  stop() {
    const ended = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    return ended;
  }

  passwordOf({id}) {
    return this.#named(id).password;
  }

  // As somebody at the office changes a user.
  change({id}, how) {
    const user = this.#named(id);
    how(user.shown);
    this.#stamp(user);
  }

  async remove() {
    await this.stop();
    fs.rmSync(this.folder, {recursive: true});
  }

  #file(name) {
    return path.join(this.folder, name);
  }

  #named(id) {
    return [...this.users.values()].find(({shown}) => shown.userName.startsWith(`${id}.`));
  }

  #user({registered, id, birthDate}, handle) {
    const [, day, month, year] = /^(\d\d)(\d\d)(\d{4})$/.exec(birthDate);
    const user = {
      password: 'the-one-she-forgot', version: 0,
      shown: {
        schemas: [`${CORE}:User`, SCHOOL], id: handle, userName: `${id}.belajar.example`,
        active: true, phoneNumbers: [{type: 'mobile', value: `tel:+${registered}`}],
        emails: [{primary: true, value: `${id.split('@')[0]}@example.org`}],
        [SCHOOL]: {born: `${year}-${month}-${day}`},
      },
    };
    this.#stamp(user);
    return user;
  }

  #stamp(user) {
    user.shown.meta = {resourceType: 'User', lastModified: new Date().toISOString(),
                       version: `W/"${++user.version}"`};
  }

  #take(request, response) {
    let content = '';
    request.setEncoding('utf8').on('data', (text) => { content += text; });
    request.on('end', () => {
      const url = new URL(request.url, 'https://localhost');
      const {status, told, lost} = this.#answer(request, url, content);
      if (lost) return request.socket.destroy();
      response.writeHead(status, {
        'Content-Type': 'application/scim+json',
        ...(told.meta && {ETag: told.meta.version}),
      });
      response.end(JSON.stringify(told));
    });
  }

  #answer({method, headers}, url, content) {
    const error = (status, detail) =>
        ({status, told: {schemas: [`${MESSAGES}:Error`], status: String(status), detail}});
    if (headers.authorization !== `Bearer ${TOKEN}`) return error(401, 'no token');
    if (url.pathname === '/v2/ServiceProviderConfig') {
      return {status: 200, told: {
        schemas: [`${CORE}:ServiceProviderConfig`], patch: {supported: true},
        filter: {supported: true, maxResults: 10}, sort: {supported: false},
        etag: {supported: true}, changePassword: {supported: true},
      }};
    }
    if (url.pathname === '/v2/Users') return this.#list(url.searchParams);
    const user = this.users.get(url.pathname.replace('/v2/Users/', ''));
    if (!user) return error(404, 'no such user');
    if (method === 'GET') return {status: 200, told: user.shown};
    if (headers['if-match'] !== user.shown.meta.version) return error(412, 'another version');
    const [{op, path: attribute, value}] = JSON.parse(content).Operations;
    if (op !== 'replace' || attribute !== 'password') return error(400, 'only passwords');
    user.password = value;
    this.#stamp(user);
    if (this.losesAnswers > 0 && this.losesAnswers--) return {lost: true};
    return {status: 200, told: user.shown};
  }

  #list(asked) {
    const from = /^meta\.lastModified ge "(.*)"$/.exec(asked.get('filter') ?? '')?.[1];
    const found = [...this.users.values()].map(({shown}) => shown)
        .filter(({meta}) => !from || new Date(meta.lastModified) >= new Date(from));
    const start = Number(asked.get('startIndex') ?? 1);
    const page = found.slice(start - 1, start - 1 + Math.min(10, asked.get('count') ?? 10));
    return {status: 200, told: {
      schemas: [`${MESSAGES}:ListResponse`], totalResults: found.length, startIndex: start,
      itemsPerPage: page.length, Resources: page,
    }};
  }
}

module.exports = {Scim, TOKEN};
