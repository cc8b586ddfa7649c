// An operator looks on while a teacher resets her password over the npm package `smpp`: the trace
// is a file that Wireshark reads without a malformed mark, and holds nothing that anybody typed,
// was sent, or could be called by; and the running daemon tells how its carrier stands.
'use strict';
const assert = require('node:assert/strict');
const {execFileSync, spawn, spawnSync} = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const {after, before, describe, test} = require('node:test');
const {Carrier} = require('./carrier.js');
const {BIN} = require('./daemon.js');
const {Gateway} = require('./gateway.js');
const {findIn, spelledDates} = require('./hunt.js');
const {Teacher} = require('./teacher.js');

const LINK = {systemId: 'pulih', password: 'sesame-77', shortCode: '8880', bind: 'transceiver'};
const PULIHCTL = path.join(BIN, 'pulihctl');

describe('a traced carrier', {timeout: 60_000}, () => {
  let carrier, gateway, people, trace, file, ended;
  const ctl = (...words) => spawnSync(PULIHCTL, [...words, '--config', gateway.config],
                                      {encoding: 'utf8'});

  before(async () => {
    carrier = new Carrier(LINK);
    gateway = new Gateway({...LINK, port: await carrier.listen()});
    people = gateway.seed(2);
    gateway.start();
    await carrier.bound();
    file = path.join(gateway.folder, 'trace.pcap');
    trace = spawn(PULIHCTL, ['trace', 'npm', '--for', '30s', '--file', file, '--config',
                             gateway.config]);
    ended = new Promise((resolve) => trace.once('close', resolve));
    while (!fs.existsSync(file) || fs.statSync(file).size < 24) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  after(async () => {
    trace.kill();
    await gateway.stop();
    await carrier.close();
    gateway.remove();
  });

  test('a whole reset is in the file, and none of its secrets', async () => {
    const password = 'Ombak-di-teluk-9';
    const teacher = new Teacher(carrier, {...people[0], password});
    await teacher.resets(`RESET ${teacher.id} ${teacher.birthDate}`);
    trace.kill('SIGINT');
    await ended;
    const octets = fs.readFileSync(file);
    const codes = [...teacher.seen].flatMap((text) => text.match(/\b\d{6}\b/g) ?? []);
    assert.equal(codes.length, 1);
    for (const secret of [password, ...codes, teacher.registered, teacher.id.split('@')[0],
                          LINK.password, ...spelledDates(teacher.birthDate)]) {
      assert.ok(!findIn(octets, secret), `found in the trace: ${secret}`);
    }
    const commands = execFileSync('tshark', ['-r', file, '-T', 'fields', '-e', 'smpp.command_id'],
                                  {encoding: 'utf8'});
    assert.match(commands, /0x00000004/);
    assert.match(commands, /0x00000005/);
    const malformed = execFileSync('tshark', ['-r', file, '-Y', '_ws.malformed || !smpp'],
                                   {encoding: 'utf8'});
    assert.equal(malformed, '');
  });

  test('the running daemon tells how it stands', () => {
    const told = JSON.parse(ctl('carriers', '--json').stdout);
    assert.equal(told.carriers[0].name, 'npm');
    assert.equal(told.carriers[0].binds[0].state, 'bound');
    assert.ok(told.carriers[0].since_start.sent > 0);
    const status = ctl('status');
    assert.equal(status.status, 0);
    assert.match(status.stdout, /turns/);
    assert.equal(ctl('trace', 'nobody').status, 2);
  });
});
