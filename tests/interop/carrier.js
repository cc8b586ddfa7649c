// A carrier whose SMPP was written by others: the server of the npm package `smpp`, which answers
// binds and submit_sm, sends what phones say as deliver_sm, and gives every text to the phone it is
// for, unless a test has it do something worse. What it receives stands in `record`, and what a
// good gateway never does in `complaints`.
'use strict';
const {EventEmitter} = require('node:events');
const smpp = require('smpp');

const BINDS = {
  bind_transceiver: {receives: true, sends: true},
  bind_receiver: {receives: true, sends: false},
  bind_transmitter: {receives: false, sends: true},
};
const TRY_LATER = [smpp.ESME_RMSGQFUL, smpp.ESME_RTHROTTLED];
const LINE_LOST = ['ECONNRESET', 'EPIPE'];
const INTERNATIONAL = {ton: 1, npi: 1};
const SHORT_CODE = {ton: 3, npi: 0};

class Carrier extends EventEmitter {
  // `tls`: as Node's tls.createServer takes it; without it, plain TCP.
  constructor({systemId, password, shortCode}, tls = {}) {
    super();
    this.setMaxListeners(0);
    this.credentials = {systemId, password};
    this.shortCode = shortCode;
    this.record = [];  // the command and status of every PDU that the gateway sent
    this.complaints = [];
    this.binds = new Map();  // session → what it may do
    this.unanswered = new Set();  // deliver_sm without a response: sent again on the next bind
    this.messageId = 0;
    // What a test makes it do: `verdict` of a message {to, text} is nothing if it is just taken;
    // {status} if it is refused; {cut: true} if the line is lost before; and {response} if it is
    // taken and its response is 'lost', 'held' until release(), 'cut' off with the line, or 'torn'.
    this.verdict = () => undefined;
    this.bindVerdict = () => undefined;  // of {mode, held}: a status with which a bind is refused
    this.tearsDelivery = false;  // the next deliver_sm breaks off in the middle, with its line
    this.held = [];
    this.deaf = new Set();
    this.server = smpp.createServer(tls, (session) => this.#welcome(session));
    this.server.on('error', (error) => this.#complain(`server: ${error.message}`));
  }

  // Listens on a free port of this machine and tells which.
  listen(host = '127.0.0.1') {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, host, () => resolve(this.server.address().port));
    });
  }

  close() {
    this.cut();
    return new Promise((resolve) => this.server.close(resolve));
  }

  // Cuts every link without a word, as a lost line does.
  cut() {
    for (const session of [...this.binds.keys(), ...this.deaf]) session.destroy();
  }

  // Reads nothing more from so many of the links, and says nothing on them: half of each is gone.
  deafen(links = Infinity) {
    for (const session of [...this.binds.keys()].slice(0, links)) {
      session.pause();
      this.binds.delete(session);
      this.deaf.add(session);
    }
  }

  // Octets as they are, on every link by which messages come to the gateway.
  write(octets) {
    for (const [session, may] of this.binds) if (may.receives) session.socket.write(octets);
  }

  // The responses that were held, at last.
  release() {
    for (const respond of this.held.splice(0)) respond();
  }

  // Resolves when the gateway can both send and receive, over at least so many links.
  async bound(links = 1) {
    const enough = () => this.#session('receives') && this.#session('sends') &&
        this.binds.size >= links;
    while (!enough()) await this.#once('bound');
  }

  // A phone sends a text to the short code; resolves when the gateway has taken it over. Like
  // a real carrier it repeats, under the same id, what was answered "try later" or was
  // unanswered when the link went.
  deliver(from, text, {dataCoding = 0} = {}) {
    return new Promise((resolve, reject) => {
      const message = {
        pdu: {
          service_type: '', source_addr_ton: INTERNATIONAL.ton, source_addr_npi: INTERNATIONAL.npi,
          source_addr: from, dest_addr_ton: SHORT_CODE.ton, dest_addr_npi: SHORT_CODE.npi,
          destination_addr: this.shortCode, data_coding: dataCoding, short_message: text,
          receipted_message_id: this.#nextId(),  // SMPP 3.4, 5.3.2.12
        },
        resolve, reject,
      };
      this.unanswered.add(message);
      this.emit('said', {from, text});
      this.#send(message);
    });
  }

  // A phone dials the code or answers a screen, in the dialect `spec34`; resolves when the gateway
  // has taken it over. What it shows comes as 'screen'.
  dial(from, session, operation, text) {
    return new Promise((resolve, reject) => {
      this.#session('receives').deliver_sm({
        source_addr_ton: INTERNATIONAL.ton, source_addr_npi: INTERNATIONAL.npi, source_addr: from,
        destination_addr: this.shortCode, data_coding: 0x0F, short_message: Buffer.from(text),
        ussd_service_op: operation, its_session_info: Buffer.from([session, 0]),
      }, (answer) => answer.command_status === smpp.ESME_ROK
          ? resolve() : reject(new Error(`status ${answer.command_status}`)));
    });
  }

  #send(message) {
    const session = this.#session('receives');
    if (!session) return;  // the next bind sends it
    if (this.tearsDelivery) {
      this.tearsDelivery = false;
      const octets = new smpp.PDU('deliver_sm', {...message.pdu, sequence_number: 1}).toBuffer();
      session.socket.write(octets.subarray(0, octets.length - 5), () => session.destroy());
      return;
    }
    session.deliver_sm({...message.pdu}, (answer) => {
      if (TRY_LATER.includes(answer.command_status)) return setImmediate(() => this.#send(message));
      this.unanswered.delete(message);
      if (answer.command_status === smpp.ESME_ROK) return message.resolve();
      message.reject(new Error(`deliver_sm answered with status ${answer.command_status}`));
    });
  }

  #welcome(session) {
    session.on('pdu', (pdu) => {
      this.record.push({command: pdu.command, status: pdu.command_status});
      this.emit('pdu');
    });
    for (const command of Object.keys(BINDS)) {
      session.on(command, (pdu) => this.#bind(session, command, pdu));
    }
    session.on('enquire_link', (pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu) => session.send(pdu.response(), () => session.close()));
    session.on('submit_sm', (pdu) => this.#submit(session, pdu));
    session.on('generic_nack', (pdu) => this.#complain(`generic_nack ${pdu.command_status}`));
    session.on('unknown', (pdu) => this.#complain(`unknown command ${pdu.command_id}`));
    session.on('error', (error) => {
      if (!LINE_LOST.includes(error.code)) this.#complain(`undecodable: ${error.message}`);
    });
    session.on('close', () => {
      this.binds.delete(session);
      this.deaf.delete(session);
      this.emit('lost');
    });
  }

  #bind(session, command, pdu) {
    const {systemId, password} = this.credentials;
    if (pdu.system_id !== systemId || pdu.password !== password) {
      session.send(pdu.response({command_status: smpp.ESME_RINVPASWD}));
      this.emit('refused');
      return;
    }
    if (this.binds.has(session)) this.#complain('a second bind on one link');
    const held = [...this.binds.values()].filter((may) => may === BINDS[command]).length;
    const refused = this.bindVerdict({mode: command, held});
    if (refused) {
      session.send(pdu.response({command_status: refused}));
      this.emit('refused');
      return;
    }
    session.send(pdu.response({system_id: 'npm-smpp', sc_interface_version: 0x34}));
    this.binds.set(session, BINDS[command]);
    this.emit('bound');
    if (BINDS[command].receives) for (const message of this.unanswered) this.#send(message);
  }

  #submit(session, pdu) {
    if (!this.binds.get(session)?.sends) {
      this.#complain('submit_sm on a link that is not bound for sending');
      session.send(pdu.response({command_status: smpp.ESME_RINVBNDSTS}));
      return;
    }
    if (pdu.ussd_service_op !== undefined) {
      session.send(pdu.response({message_id: this.#nextId()}));
      this.emit('screen', {to: pdu.destination_addr, text: String(pdu.short_message.message),
                           operation: pdu.ussd_service_op, session: pdu.its_session_info});
      return;
    }
    if (pdu.source_addr !== this.shortCode) this.#complain(`submit_sm from ${pdu.source_addr}`);
    const message = {to: pdu.destination_addr, text: pdu.short_message.message};
    const verdict = this.verdict(message) ?? {};
    if (verdict.cut) return session.destroy();
    if (verdict.status) {
      session.send(pdu.response({command_status: verdict.status}));
      this.emit('put off', message);
      return;
    }
    this.#respond(session, pdu.response({message_id: this.#nextId()}), verdict.response);
    this.emit('message', {...message, pdu});
  }

  #respond(session, response, how) {
    if (how === 'lost') return;
    if (how === 'held') return void this.held.push(() => session.send(response));
    if (how === 'cut') return session.destroy();
    if (how !== 'torn') return session.send(response);
    const octets = response.toBuffer();
    session.socket.write(octets.subarray(0, octets.length / 2), () => session.destroy());
  }

  #session(ability) {
    for (const [session, may] of this.binds) if (may[ability]) return session;
    return undefined;
  }

  #nextId() {
    this.messageId += 1;
    return this.messageId.toString(16).padStart(8, '0');
  }

  #once(event) {
    return new Promise((resolve) => this.once(event, resolve));
  }

  #complain(what) {
    this.complaints.push(what);
  }
}

module.exports = {Carrier};
