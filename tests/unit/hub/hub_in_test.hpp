// A hub on a thread of its own, with certificates made for the test and a central database in
// memory, and gateways that come to it over loopback.
#pragma once
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "daemon/hub/hub.hpp"
#include "daemon/hub/hub_central.hpp"
#include "tests/unit/carriers/certificates.hpp"
#include "tests/unit/hub/memory_central.hpp"

namespace pulih::hub {

struct HubInTest {
  using Signed = carriers::Signed;

  explicit HubInTest(const std::function<void(HubSettings&)>& with = {}) {
    enrol("nabire", "papua", gateway);
    HubSettings settings;
    settings.listen = {"127.0.0.1", 0};
    settings.certificate = folder.certificate("hub.pem", server);
    settings.key = folder.key("hub.key", server);
    settings.sites = sites_file;
    settings.between_looks = std::chrono::milliseconds{20};
    if (with) with(settings);
    hub.emplace(io, settings, factory, [this](const Notice& notice) {
      {
        const std::lock_guard lock(mutex);
        notices.push_back(notice);
      }
      noticed.notify_all();
    });
    const auto started = hub->start();
    REQUIRE(started);
    port = hub->port();
    thread = std::thread([this] { io.run(); });
  }
  ~HubInTest() {
    io.stop();
    thread.join();
    central.hold_pages(false);
    hub.reset();
  }

  void enrol(const std::string& name, const std::string& region, const Signed& who) {
    const auto hash = certificate_hash(folder.certificate(name + ".pem", who));
    REQUIRE(hash);
    auto sites = *Sites::read(sites_file);
    REQUIRE(sites.enrol({name, region, *hash}));
    REQUIRE(sites.write(sites_file));
  }
  void revoke(const std::string& name) {
    auto sites = *Sites::read(sites_file);
    REQUIRE(sites.revoke(name, std::nullopt) == 1);
    REQUIRE(sites.write(sites_file));
  }

  HubCentral::Settings settings_of(const Signed& who) {
    HubCentral::Settings settings;
    settings.address = {"127.0.0.1", port};
    settings.tls.ca = folder.certificate("ca.pem", ca);
    settings.tls.server_name = "hub.example";
    settings.tls.certificate = folder.certificate("gateway.pem", who);
    settings.tls.key = folder.key("gateway.key", who);
    return settings;
  }
  std::unique_ptr<HubCentral> connected(const Signed& who) {
    return std::make_unique<HubCentral>(settings_of(who), key_of);
  }
  std::unique_ptr<HubCentral> connected() { return connected(gateway); }

  // The first notice of this kind; waits until it comes.
  Notice wait_for(Notice::What what) {
    std::unique_lock lock(mutex);
    const auto is_it = [&](const Notice& notice) { return notice.what == what; };
    const bool came = noticed.wait_for(lock, std::chrono::seconds{20},
                                       [&] { return std::ranges::any_of(notices, is_it); });
    REQUIRE(came);
    return *std::ranges::find_if(notices, is_it);
  }
  // On the hub's own thread.
  template <class Call>
  auto ask(Call call) {
    std::promise<decltype(call(*hub))> promise;
    boost::asio::post(io, [&] { promise.set_value(call(*hub)); });
    return promise.get_future().get();
  }
  static accounts::AccountKey key_of(std::string_view id) { return id.size() + 1'000; }

  const carriers::CertificateFolder folder;
  const std::filesystem::path sites_file = folder.text("sites", "# none yet\n");
  const Signed ca = carriers::make_certificate("example", nullptr);
  const Signed server = carriers::make_certificate("hub.example", &ca);
  const Signed gateway = carriers::make_certificate("nabire.example", nullptr);
  MemoryCentral central;
  MemoryFactory factory{central};
  boost::asio::io_context io{1};
  std::optional<Hub> hub;
  std::uint16_t port = 0;
  std::mutex mutex;
  std::condition_variable noticed;
  std::vector<Notice> notices;
  std::thread thread;
};

inline bool same_row(const central::Row& a, const central::Row& b) {
  return a.number == b.number && a.row_version == b.row_version && a.gone == b.gone &&
         (a.gone ||
          (a.id == b.id && a.birth_date.reveal() == b.birth_date.reveal() && a.phone == b.phone &&
           a.email == b.email && a.activated == b.activated && a.locked == b.locked &&
           a.contact_changed == b.contact_changed && a.password_version == b.password_version &&
           a.identity_version == b.identity_version));
}

}  // namespace pulih::hub
