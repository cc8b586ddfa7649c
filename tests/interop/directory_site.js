// A whole site whose passwords a directory keeps: the directory, a real PostgreSQL as the hub's
// ledger, the built hub and gateway, and a carrier; with invented teachers whom the ledger knows.
'use strict';
const {setTimeout: pause} = require('node:timers/promises');
const {Carrier} = require('./carrier.js');
const {Gateway} = require('./gateway.js');
const {Hub} = require('./hub.js');
const {findIn} = require('./hunt.js');
const {Postgresql} = require('./postgresql.js');
const {Teacher} = require('./teacher.js');

const LINK = {systemId: 'pulih', password: 'interop', shortCode: '8880', bind: 'transceiver'};
const PEOPLE = Array.from({length: 24}, (_, at) => ({
  registered: String(6281100000100 + at), id: `guru${at + 1}@guru.sd`, birthDate: '17081985',
}));

class DirectorySite {
  // `directory`: made with PEOPLE, and not yet started.
  static async with(directory) {
    const site = new DirectorySite();
    site.typed = [];  // passwords that teachers chose
    site.directory = directory;
    await directory.start();
    site.database = new Postgresql();
    site.hub = await Hub.beside(site.database, directory.directory);
    site.hub.start();
    const known = () => Number(site.database.sql('SELECT count(*) FROM pulih.account'));
    while (known() < PEOPLE.length) await site.hub.orEnd(pause(50));
    site.carrier = new Carrier(LINK);
    site.gateway = new Gateway({...LINK, port: await site.carrier.listen()},
                               {push_retry_first: '1s', push_retry_longest: '2s'},
                               site.hub.central());
    site.gateway.start();
    await site.gateway.orEnd(site.carrier.bound());
    return site;
  }

  async remove() {
    await this.gateway.stop();
    await this.hub.stop();
    await this.carrier.close();
    this.gateway.remove();
    this.hub.remove();
    this.database.remove();
    await this.directory.remove();
  }

  // Resolves to the password that she ends with; without one she lets one be made.
  resets(person, password) {
    if (password) this.typed.push(password);
    return new Teacher(this.carrier, {...person, password}).resets('RESET');
  }

  // The hub is killed and started again, so often at most, until the work is over.
  async killHubDuring(work, kills) {
    let over = false;
    const all = Promise.all(work).then(() => { over = true; });
    for (let killed = 0; killed < kills && !over; ++killed) {
      await Promise.race([all, pause(150 + 70 * killed)]);
      await this.hub.kill();
      this.hub.start();
    }
    await this.gateway.orEnd(all);
  }

  // In which of what the hub, the ledger and the gateway wrote, and the hub's memory holds, one of
  // the passwords that were typed stands, or one of `others`.
  whereStands(...others) {
    const ledger = 'TABLE pulih.account; TABLE pulih.operation; TABLE pulih.directory_entry';
    const places = [...this.hub.written(),
                    ['gateway', Buffer.from(this.gateway.traces(), 'latin1')],
                    ['journal', Buffer.from(this.gateway.journalText())],
                    ['ledger', Buffer.from(this.database.sql(ledger))],
                    ['core of the hub', this.hub.core()]];
    return places.filter(([, octets]) =>
        [...this.typed, ...others].some((planted) => findIn(octets, planted)))
        .map(([name]) => name);
  }
}

module.exports = {DirectorySite, PEOPLE};
