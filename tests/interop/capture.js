// What Wireshark makes of our packets: dumpcap records the SMPP port on the loopback device, and
// tshark then names each packet that its dissectors find malformed or wrong, and each data segment
// that they do not recognise as SMPP. Capturing needs rights (root, or the group wireshark).
'use strict';
const {spawn, spawnSync} = require('node:child_process');
const {randomBytes} = require('node:crypto');
const dgram = require('node:dgram');
const fs = require('node:fs');

const FINDINGS = {
  'malformed or wrong': '_ws.malformed || _ws.expert.severity == "Error"',
  'not SMPP': 'tcp.len > 0 && !smpp && !tcp.segment && !tcp.reassembled_in' +
      ' && !tcp.analysis.retransmission',
};

class Capture {
  constructor(port, file) {
    this.port = port;
    this.file = file;
  }

  // Why nothing can be captured here; undefined if it can.
  static obstacle() {
    const {status, error, stderr} = spawnSync('dumpcap', ['-i', 'lo', '-L'], {encoding: 'utf8'});
    if (error) return `dumpcap: ${error.message}`;
    return status === 0 ? undefined : stderr.trim();
  }

  // Resolves when packets are being recorded.
  start() {
    const recording = ['-i', 'lo', '-f', `port ${this.port}`, '-w', this.file];
    this.dumpcap = spawn('dumpcap', recording, {stdio: ['ignore', 'ignore', 'pipe']});
    this.ended = new Promise((resolve) => this.dumpcap.once('exit', resolve));
    return new Promise((resolve, reject) => {
      let said = '';
      this.dumpcap.once('exit', () => reject(new Error(`dumpcap ended: ${said}`)));
      this.dumpcap.stderr.on('data', (text) => {
        said += text;
        if (said.includes('File:')) resolve();
      });
    });
  }

  // Ends the recording when all that was sent until now is in the file. The kernel hands packets on
  // in batches and a stopping dumpcap drops what it has not read, so a datagram marks the end, and
  // each time dumpcap counts packets the file is searched for it.
  async stop() {
    if (this.dumpcap.exitCode !== null) return;
    const mark = randomBytes(16);
    const recorded = new Promise((resolve) => {
      this.dumpcap.stderr.on('data', () => {
        if (fs.readFileSync(this.file).includes(mark)) resolve();
      });
    });
    const socket = dgram.createSocket('udp4');
    socket.send(mark, this.port, '127.0.0.1', () => socket.close());
    await Promise.race([recorded, this.ended]);
    this.dumpcap.kill('SIGINT');
    await this.ended;
  }

  // One line for each packet with something wrong about it.
  findings() {
    return Object.entries(FINDINGS).flatMap(([what, filter]) =>
        this.#packets(filter).map((packet) => `${what}: ${packet}`));
  }

  // How many packets carry this SMPP command.
  count(commandId) {
    return this.#packets(`smpp.command_id == ${commandId}`).length;
  }

  // Two passes, since a segment learns only later in which packet it is reassembled.
  #packets(filter) {
    const {status, stdout, stderr} = spawnSync(
        'tshark', ['-2', '-r', this.file, '-d', `tcp.port==${this.port},smpp`, '-Y', filter],
        {encoding: 'utf8', maxBuffer: 1 << 26});
    if (status !== 0) throw new Error(`tshark: ${stderr}`);
    return stdout.split('\n').filter(Boolean);
  }
}

module.exports = {Capture};
