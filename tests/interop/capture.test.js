// Shows that the capture would notice: a well-formed PDU passes, one that claims more text than it
// has and bytes that are no SMPP at all are named. Without this, a filter that matches nothing
// would look like a gateway without faults.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const {test} = require('node:test');
const {PDU} = require('smpp');
const {Capture} = require('./capture.js');

const obstacle = Capture.obstacle();
const skip = !process.env.CI && obstacle ? `NOT CHECKED, cannot capture: ${obstacle}` : false;

// What Wireshark says of these bytes, sent as one stream to a listener on loopback.
async function findingsAbout(bytes) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pulih-capture-'));
  const server = net.createServer((socket) => socket.resume());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address();
  const capture = new Capture(port, path.join(folder, 'smpp.pcapng'));
  try {
    await capture.start();
    await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => socket.end(bytes));
      socket.once('close', resolve);
    });
    await capture.stop();
    return capture.findings();
  } finally {
    server.close();
    fs.rmSync(folder, {recursive: true});
  }
}

const submit = () => new PDU('submit_sm', {
  sequence_number: 1, source_addr: '8880', destination_addr: '6281100000001', short_message: 'Kode',
}).toBuffer();

test('a well-formed PDU has no findings', {skip}, async () => {
  assert.deepEqual(await findingsAbout(submit()), []);
});

test('a PDU whose text is longer than the PDU is malformed', {skip}, async () => {
  const bytes = submit();
  bytes[bytes.length - 5] = 200;  // sm_length, SMPP 3.4 4.4.1
  assert.match((await findingsAbout(bytes)).join('\n'), /malformed or wrong/);
});

test('bytes that are no SMPP are named', {skip}, async () => {
  assert.match((await findingsAbout(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).join('\n'), /not SMPP/);
});
