// A pulihd under test, gateway or hub, as a process of its own: started with a configuration, ended
// as systemd ends it or as a crash does. Where the built programs are is known here.
'use strict';
const {spawn} = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const BIN = process.env.PULIH_BIN ?? path.join(__dirname, '../../build/release/bin');

class Daemon {
  // Whoever extends it sets `config` and `journal`, the files of these names. The environment is
  // added to ours.
  start(environment = {}) {
    const journal = fs.openSync(this.journal, 'a');
    this.daemon = spawn(path.join(BIN, 'pulihd'), ['--config', this.config],
                        {stdio: ['ignore', journal, journal],
                         env: {...process.env, ...environment}});
    fs.closeSync(journal);
    this.ended = new Promise((resolve) => {
      this.daemon.once('error', (error) => resolve(error.message));
      this.daemon.once('exit', (code, signal) => resolve(signal ?? code));
    });
  }

  // Asks the daemon to end, as systemd does; resolves to its exit status or the signal it died of.
  stop() {
    this.daemon.kill('SIGTERM');
    return this.ended;
  }

  // Ends the daemon as a crash does, with no last words; resolves when it is gone.
  kill() {
    this.daemon.kill('SIGKILL');
    return this.ended;
  }

  // What is waited for; a daemon that ends before fails it at once and with its own words.
  orEnd(waiting) {
    return Promise.race([waiting, this.ended.then((how) => {
      throw new Error(`pulihd ended (${how}): ${this.journalText()}`);
    })]);
  }

  journalText() {
    return fs.existsSync(this.journal) ? fs.readFileSync(this.journal, 'utf8') : '';
  }
}

module.exports = {BIN, Daemon};
