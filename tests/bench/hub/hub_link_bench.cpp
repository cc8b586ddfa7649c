// A gateway and the hub over a link with delay, losses and 64 kbit/s: how long until operations
// that waited are applied, connecting included, and what changed rows cost in octets on the wire
// and in time. Prints one line for each run; exits 1 when a bar is missed and --bars is given.
#include <sodium.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <future>

#include "daemon/accounts/hexadecimal.hpp"
#include "daemon/hub/hub.hpp"
#include "daemon/hub/hub_central.hpp"
#include "tests/link/bad_link.hpp"
#include "tests/unit/carriers/certificates.hpp"
#include "tests/unit/hub/memory_central.hpp"

namespace pulih::hub {
namespace {

using test::BadLink;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// A hub at one end of the link and, for its length, the calling thread at the other.
class Site {
 public:
  Site(BadLink& link, MemoryCentral& central) : factory_(central) {
    const auto ca = carriers::make_certificate("example", nullptr);
    const auto server = carriers::make_certificate("hub.example", &ca);
    const auto gateway = carriers::make_certificate("nabire.example", nullptr);
    tls_ = {folder_.certificate("ca.pem", ca), "hub.example",
            folder_.certificate("gateway.pem", gateway), folder_.key("gateway.key", gateway)};
    HubSettings settings;
    settings.listen = {BadLink::address(BadLink::End::one), 8443};
    settings.certificate = folder_.certificate("hub.pem", server);
    settings.key = folder_.key("hub.key", server);
    settings.sites = folder_.text(
        "sites", "nabire papua " + accounts::in_hex(*certificate_hash(tls_.certificate)) + "\n");
    std::promise<tl::expected<void, std::string>> started;
    thread_ = std::thread([this, &link, settings, &started] {
      link.enter(BadLink::End::one);
      Hub hub(io_, settings, factory_, [](const Notice&) {});
      started.set_value(hub.start());
      io_.run();
    });
    if (const auto up = started.get_future().get(); !up) throw std::runtime_error(up.error());
    link.enter(BadLink::End::other);
  }
  ~Site() {
    io_.stop();
    thread_.join();
  }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  std::unique_ptr<HubCentral> gateway() const {
    HubCentral::Settings settings;
    settings.address = {BadLink::address(BadLink::End::one), 8443};
    settings.tls = tls_;
    return std::make_unique<HubCentral>(std::move(settings), [](std::string_view) { return 1; });
  }

 private:
  const carriers::CertificateFolder folder_;
  smpp::TlsSettings tls_;
  MemoryFactory factory_;
  boost::asio::io_context io_{1};
  std::thread thread_;
};

std::vector<central::PasswordChange> waiting_operations(std::size_t count) {
  std::vector<central::PasswordChange> operations;
  for (std::size_t i = 0; i < count; ++i) {
    auto change = made_up_change(static_cast<std::uint8_t>(i));
    randombytes_buf(change.id.data(), change.id.size());
    accounts::Secret password("kata-" + std::to_string(i));
    change.verifier = accounts::hash(password, {8, 1});  // as long as any other
    operations.push_back(std::move(change));
  }
  return operations;
}

template <class Value>
const Value& must(const tl::expected<Value, central::Unavailable>& outcome) {
  if (!outcome) throw std::runtime_error(outcome.error().why);
  return *outcome;
}

// Seconds until the last verdict is there. A connection that fails is made anew, as the gateway
// does.
double apply_operations(BadLink& link, const std::vector<central::PasswordChange>& operations,
                        std::size_t batch) {
  MemoryCentral central;
  const Site site(link, central);
  const auto gateway = site.gateway();
  const auto begin = Clock::now();
  while (!gateway->hello({{1, 2}, 0})) std::fprintf(stderr, "connecting anew\n");
  std::vector<std::future<void>> batches;
  for (std::size_t at = 0; at < operations.size(); at += batch)
    batches.push_back(std::async(std::launch::async, [&, at] {
      const std::span all(operations);
      while (!gateway->apply_passwords(all.subspan(at, std::min(batch, all.size() - at)), {}))
        while (!gateway->hello({{1, 2}, 0})) std::fprintf(stderr, "connecting anew\n");
    }));
  for (auto& each : batches) each.get();
  return seconds_since(begin);
}

struct Pulled {
  double seconds = 0, octets_a_row = 0, time_ratio = 0;
  double in_frames = 0;
  double operation_seconds = 0;  // one that came while the pages flowed
};
Pulled pull_rows(BadLink& link, const BadLink::Conditions& conditions, std::size_t rows,
                 std::size_t page_rows) {
  MemoryCentral central;
  // Changes of accounts here and there among a hundred times as many, in no order.
  constexpr std::uint64_t prime = 1'000'003;
  for (std::uint64_t i = 0; i < rows; ++i)
    central.change(
        MemoryCentral::made_up(i * prime % rows * 100 + MemoryCentral::draw(i, 15, 100)));
  const Site site(link, central);
  const auto gateway = site.gateway();
  must(gateway->hello({{1, 2}, 0}));
  const auto octets_before = link.octets_from(BadLink::End::one);
  const auto frames_before = gateway->traffic().in;
  const auto begin = Clock::now();
  central::Cursor cursor;
  std::size_t received = 0;
  std::future<double> operation;
  for (bool more = true; more;) {
    const auto page = gateway->changes(central::Feed::all, cursor, page_rows);
    received += must(page).rows.size();
    if (received >= rows / 2 && !operation.valid())
      operation = std::async(std::launch::async, [&] {
        const auto asked = Clock::now();
        const auto change = made_up_change(1);
        must(gateway->apply_passwords({&change, 1}, {}));
        return seconds_since(asked);
      });
    cursor = page->next;
    more = page->behind > 0;
  }
  Pulled pulled;
  pulled.seconds = seconds_since(begin);
  pulled.operation_seconds = operation.get();
  if (received != rows) throw std::runtime_error("rows are missing");
  const auto octets = static_cast<double>(link.octets_from(BadLink::End::one) - octets_before);
  pulled.octets_a_row = octets / static_cast<double>(rows);
  pulled.in_frames =
      static_cast<double>(gateway->traffic().in - frames_before) / static_cast<double>(rows);
  pulled.time_ratio =
      pulled.seconds / (octets * 8 / static_cast<double>(conditions.bits_per_second));
  return pulled;
}

}  // namespace
}  // namespace pulih::hub

int main(int argc, char** argv) {
  using namespace pulih::hub;  // NOLINT
  CLI::App app("The way to the hub over a bad link");
  BadLink::Conditions conditions;
  conditions.lost_per_thousand = 100;
  std::size_t operations = 100, batch = 100, rows = 10'000, page_rows = 500, runs = 3;
  long delay = 800;
  bool bars = false, only_rows = false, only_operations = false;
  app.add_option("--delay", delay, "milliseconds, one way")->capture_default_str();
  app.add_option("--rate", conditions.bits_per_second, "bits a second")->capture_default_str();
  app.add_option("--loss", conditions.lost_per_thousand, "of a thousand packets")
      ->capture_default_str();
  app.add_option("--operations", operations)->capture_default_str();
  app.add_option("--batch", batch)->capture_default_str();
  app.add_option("--rows", rows)->capture_default_str();
  app.add_option("--page", page_rows)->capture_default_str();
  app.add_option("--runs", runs, "each with other losses")->capture_default_str();
  app.add_flag("--bars", bars, "fail when a bar is missed");
  app.add_flag("--only-rows", only_rows);
  app.add_flag("--only-operations", only_operations);
  CLI11_PARSE(app, argc, argv);
  if (sodium_init() < 0) return 1;
  conditions.delay = std::chrono::milliseconds{delay};
  bool missed = false;
  const auto waiting = waiting_operations(operations);
  for (std::size_t run = 1; run <= runs && !only_rows; ++run) {
    conditions.seed = run;
    BadLink link(conditions);
    const double seconds = apply_operations(link, waiting, batch);
    constexpr double bar = 25;
    missed |= seconds > bar;
    std::printf(
        "hub: %zu operations applied %.1f s after the first packet (bar %.0f s), %llu "
        "octets up, %llu down\n",
        operations, seconds, bar,
        static_cast<unsigned long long>(link.octets_from(BadLink::End::other)),
        static_cast<unsigned long long>(link.octets_from(BadLink::End::one)));
    std::fflush(stdout);
  }
  for (std::size_t run = 1; run <= runs && !only_operations; ++run) {
    conditions.seed = run;
    BadLink link(conditions);
    const auto pulled = pull_rows(link, conditions, rows, page_rows);
    constexpr double octets_bar = 25, time_bar = 1.3;
    missed |= pulled.octets_a_row > octets_bar || pulled.time_ratio > time_bar;
    std::printf(
        "hub: %zu rows in %.1f s, %.1f octets a row in IP packets (%.1f in frames; bar "
        "%.0f), %.2f times what they need at this rate (bar %.1f); an operation meanwhile %.1f s\n",
        rows, pulled.seconds, pulled.octets_a_row, pulled.in_frames, octets_bar, pulled.time_ratio,
        time_bar, pulled.operation_seconds);
    std::fflush(stdout);
  }
  return bars && missed ? 1 : 0;
}
