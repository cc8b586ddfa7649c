// See hub_main.hpp. One thread for all sockets, one for each site's work: what is made first is
// gone last, as in main.cpp.
#include "daemon/hub_main.hpp"

#include <boost/asio/io_context.hpp>
#include <map>

#include "daemon/accounts/memory.hpp"
#include "daemon/central/postgresql.hpp"
#include "daemon/exits.hpp"
#include "daemon/hub/hub.hpp"
#include "daemon/hub_directory.hpp"
#include "daemon/operator/control.hpp"
#include "daemon/operator/journal.hpp"
#include "daemon/operator/report.hpp"
#include "daemon/operator/service.hpp"
#include "daemon/operator/told_once.hpp"

namespace pulih {
namespace {

using operators::Journal;
using operators::Json;
namespace event = operators::event;

class PostgresqlFactory final : public hub::CentralFactory {
 public:
  // `directory`: it keeps the passwords; null: the database does.
  PostgresqlFactory(const config::PostgresqlCentral& place, HubDirectory* directory)
      : place_(place), directory_(directory) {}
  tl::expected<hub::SiteCentral, central::Unavailable> open(const std::string& site,
                                                            const std::string&) override {
    central::PostgresqlPlace place{place_.uri, place_.password.duplicate(), "pulih hub: " + site};
    if (directory_ != nullptr) return directory_->open(std::move(place), site);
    auto database = std::make_unique<central::PostgresqlCentral>(std::move(place), nullptr, site);
    hub::SiteCentral opened;
    opened.contacts = database.get();
    opened.accounts = database.get();
    opened.interrupt = [raw = database.get()] { raw->interrupt(); };
    opened.central = std::move(database);
    return opened;
  }

 private:
  const config::PostgresqlCentral& place_;
  HubDirectory* const directory_;
};

const operators::Event& event_of(hub::Notice::What what) {
  using What = hub::Notice::What;
  switch (what) {
    case What::connected:
      return event::hub_site_connected;
    case What::lost:
      return event::hub_site_lost;
    case What::refused:
      return event::hub_certificate_refused;
    case What::revoked:
      return event::hub_site_revoked;
    case What::sites_unreadable:
      return event::hub_sites_unreadable;
    case What::handshake_failed:
      return event::hub_handshake_failed;
    case What::full:
      return event::hub_full;
  }
  return event::hub_full;
}

Json told(const std::vector<hub::SiteState>& sites) {
  Json all = Json::object();
  for (const auto& site : sites)
    all[site.site] = {{"region", site.region},
                      {"from", site.peer},
                      {"requests", site.requests},
                      {"octets_in", site.octets_in},
                      {"octets_out", site.octets_out}};
  return all;
}

// From the first connection to the last: until a signal comes.
void serve(boost::asio::io_context& io, hub::Hub& hub, Journal& journal) {
  operators::Work work;
  work.begun = [&] {
    operators::Notify().ready("serving");
    journal.event(event::ready, "ready for gateways");
  };
  work.ending = "telling the sites";
  work.end = [&] { hub.stop(); };
  work.ended = [&] { return hub.stopped(); };
  operators::serve(io, journal, work);
}

}  // namespace

int run_hub(const config::Hub& settings) {
  Journal journal(settings.site, settings.journal_queue);
  for (const auto& warning : settings.warnings)
    journal.event(event::configuration_warning, warning.text());
  for (const auto& shortfall : accounts::keep_memory_out_of_files())
    journal.event(event::memory_not_locked,
                  shortfall.what + "; " + shortfall.why + "; " + shortfall.hint);
  journal.event(event::started, "starting");

  boost::asio::io_context io(1);
  std::unique_ptr<HubDirectory> directory;
  if (settings.directory) {
    auto made = HubDirectory::of(settings, journal);
    if (!made) {
      journal.event(event::configuration_refused, made.error());
      return exit_configuration;
    }
    directory = std::move(*made);
  }
  PostgresqlFactory factory(settings.central, directory.get());
  hub::HubSettings how;
  how.listen = {settings.listen.host, settings.listen.port};
  how.certificate = settings.certificate;
  how.key = settings.key;
  how.sites = settings.sites;
  how.most_sites = settings.most_sites;
  // A stranger who knocks again and again fills no journal.
  std::map<hub::Notice::What, operators::ToldOnce> strangers;
  for (const auto what :
       {hub::Notice::What::refused, hub::Notice::What::handshake_failed, hub::Notice::What::full})
    strangers[what];
  hub::Hub hub(io, std::move(how), factory, [&](const hub::Notice& notice) {
    const auto stranger = strangers.find(notice.what);
    if (stranger != strangers.end() && !stranger->second.anew(notice.text)) return;
    const auto whose = notice.site.empty() ? "" : notice.site + ": ";
    journal.event(event_of(notice.what), whose + notice.text, {{"GATEWAY", notice.site}});
  });
  if (const auto started = hub.start(); !started) {
    // An address that is not there yet, or a port in use: systemd tries again.
    journal.event(event::configuration_refused, started.error());
    return exit_refused;
  }
  operators::Report report;
  const auto since = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  report.add("daemon", [&, since] {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return operators::told({settings.site, since, journal.dropped()}, now);
  });
  report.add("sites", [&] { return told(hub.states()); });
  if (directory) report.add("directory", [&] { return directory->told(); });
  operators::Control control(io);
  report.answer_at(control);
  if (!settings.control_socket.empty())
    if (const auto listens = control.listen(settings.control_socket); !listens)
      journal.event(event::control_unavailable, listens.error());
  serve(io, hub, journal);
  return 0;
}

}  // namespace pulih
