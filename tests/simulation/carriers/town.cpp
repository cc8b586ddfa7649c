// See town.hpp. First what is there and how it goes wrong; then how it runs, until every message is
// over and the links are closed in order.
#include "tests/simulation/carriers/town.hpp"

#include "tests/simulation/phrases.hpp"

namespace pulih::simulation {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t messages_a_second = 1000;  // of the clock
// Longer than this machine ever keeps a thread from running: an answer is late for no other reason
// than that it was kept back.
constexpr auto answer_patience = std::chrono::seconds{5};
constexpr int patience_with_silence = 100;  // waits of 100 ms
constexpr std::size_t batch_most = 4096, most_brought = 100'000;

std::array<std::uint8_t, 32> key_from(std::uint64_t seed) {
  std::array<std::uint8_t, 32> key{};
  Seeded(seed ^ 0x5157u).fill(key);
  return key;
}

std::string rate(const char* fault, double percent) {
  return std::string(fault) + "=" + std::to_string(percent) + "%";
}

}  // namespace

Town::Town(const Weather& weather, engine::Store& store)
    : chance_(weather.seed),
      entropy_(weather.seed ^ 0xE417u),
      keys_(key_from(weather.seed)),
      store_(store),
      phrasebook_(std::make_unique<const conversation::Phrasebook>(bare_phrasebook())),
      visits_(weather.seed, weather.turns, weather.at_once,
              [this](std::size_t network, const std::string& from, const std::string& text) {
                networks_[network]->send(from, text);
              }),
      school_(visits_.teachers(), keys_, intake_),
      networks_(open_networks(weather)),
      carriers_(profiles(), {io_, brought_, keys_, *this,
                             [this] { return static_cast<std::uint32_t>(chance_.next()); },
                             [this] { return now(); }}),
      ledger_(carriers_) {
  for (auto& network : networks_) network->watch(ledger_, connections_);
  engine_ = std::make_unique<engine::Engine>(engine::Parts{store_,
                                                           ledger_,
                                                           school_,
                                                           school_,
                                                           *this,
                                                           school_,
                                                           keys_,
                                                           entropy_,
                                                           {phrasebook_.get(), phrasebook_.get()}},
                                             policy_, engine::Bounds{});
  thread_ = std::make_unique<engine::EngineThread>(*engine_, intake_, batch_most,
                                                   [this] { return now(); });
}

Town::~Town() = default;

engine::Instant Town::now() const {
  return engine::Instant{
      std::chrono::seconds{1'800'000'000 + static_cast<std::int64_t>(shown_ / messages_a_second)}};
}

std::vector<std::unique_ptr<phone::SimulatedCarrier>> Town::open_networks(const Weather& weather) {
  std::vector<std::unique_ptr<phone::SimulatedCarrier>> opened;
  const std::string plan =
      rate("cut-before", weather.cuts / 2) + "," + rate("cut-after", weather.cuts / 2) + "," +
      rate("throttled", weather.throttled) + "," + rate("response-lost", weather.kept_back / 2) +
      "," + rate("response-late", weather.kept_back / 2);
  for (std::size_t i = 0; i < networks; ++i) {
    phone::CarrierSettings settings;
    settings.port = 0;
    settings.faults = phone::FaultPlan::read(plan, weather.seed + i).value();
    settings.window = 64;
    settings.late = answer_patience + std::chrono::seconds{1};
    opened.push_back(std::make_unique<phone::SimulatedCarrier>(
        io_, std::move(settings),
        [this](const std::string& to, const std::string& text, phone::SimulatedCarrier::Shown) {
          ++shown_;
          visits_.told(to, text);
        }));
  }
  return opened;
}

std::vector<carriers::Profile> Town::profiles() const {
  std::vector<carriers::Profile> profiles(networks);
  for (std::size_t i = 0; i < networks; ++i) {
    auto& made = profiles[i];
    made.name = "network-" + std::to_string(i);
    made.key = i + 1;
    made.hosts = {{"127.0.0.1", std::to_string(networks_[i]->port())}};
    made.binds = {smpp::BindMode::transceiver, smpp::BindMode::transceiver};
    made.system_id = "pulih";
    made.password = accounts::Secret("demo");
    made.short_code = "8880";
    made.prefixes = {prefix_of(i)};
    made.stand_ins = {(i + 1) % networks + 1, (i + 2) % networks + 1};
    made.stand_in_after = milliseconds{5};
    made.rate = 100'000;
    made.window = 16;
    made.response_timeout = answer_patience;
    made.reconnect_first = made.reconnect_longest = milliseconds{1};
    made.pause_first = made.pause_longest = milliseconds{1};
  }
  return profiles;
}

void Town::noticed(const carriers::LinkNotice& notice) {
  if (notice.what == carriers::LinkNotice::What::throttled) ++throttled_;
  if (notice.what == carriers::LinkNotice::What::intake_full) ++refused_;
}

// Everything that the links have brought by now. False: there was nothing.
bool Town::pass_on() {
  std::vector<engine::Occurrence> all;
  brought_.take(all, most_brought, milliseconds{0});
  std::vector<engine::Inbound> messages;
  for (auto& occurrence : all) {
    if (auto* message = std::get_if<engine::Inbound>(&occurrence)) {
      messages.push_back(std::move(*message));
    } else {
      if (const auto* sent = std::get_if<engine::Sent>(&occurrence)) ledger_.over(sent->id);
      intake_.put(std::move(occurrence));
    }
  }
  intake_.offer_all(messages);  // there is room for whoever talks
  return !all.empty();
}

// Until `over`; not longer than the patience with a town in which nothing happens.
void Town::go_on(const std::function<bool()>& over) {
  for (int silent = 0; silent < patience_with_silence && !over(); ++silent)
    while (io_.run_one_for(milliseconds{100}) > 0 && !over()) {
      silent = 0;
      pass_on();
    }
}

void Town::run(const std::function<void(std::uint64_t)>& progress) {
  carriers_.start();
  visits_.begin();
  go_on([&] {
    progress(visits_.written());
    return visits_.all_over() && ledger_.all_over();
  });
  carriers_.stop();
  go_on([&] { return carriers_.stopped(); });
  pass_on();
  thread_.reset();
  for (engine::CarrierKey key = 1; key <= networks; ++key)
    rows_left_ += store_.outbound(key, 0, most_brought).size();
  rows_left_ += store_.operations(0, most_brought).size();
}

}  // namespace pulih::simulation
