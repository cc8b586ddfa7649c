// Four carriers with two binds each over real TCP, whose links are cut and whose SMSCs throttle, by
// a seed: no message is lost, none overtakes another to the same number, and none comes twice but
// those whose answer a cut took away.
#include <charconv>
#include <set>

#include "tests/simulation/seeded.hpp"
#include "tests/unit/carriers/test_smsc.hpp"

namespace pulih::carriers {
namespace {

constexpr std::size_t carriers_count = 4, messages = 20'000, numbers = 500;
constexpr std::size_t window = 16, queue = 256;

struct Storm {
  explicit Storm(std::uint64_t seed) : chance(seed) {
    std::vector<Profile> profiles(carriers_count);
    for (std::size_t i = 0; i < carriers_count; ++i) {
      smscs.push_back(std::make_unique<TestSmsc>(io));
      Profile& profile = profiles[i];
      profile.name = "carrier-" + std::to_string(i);
      profile.key = i + 1;
      profile.hosts = {{"127.0.0.1", std::to_string(smscs[i]->port())}};
      profile.binds = {smpp::BindMode::transceiver, smpp::BindMode::transceiver};
      profile.short_code = "8880";
      profile.rate = 100'000;
      profile.window = window;
      profile.queue = queue;
      profile.reconnect_first = profile.reconnect_longest = std::chrono::milliseconds{1};
      profile.pause_first = profile.pause_longest = std::chrono::milliseconds{1};
      smscs[i]->verdict = [this](const std::string&) -> std::optional<std::uint32_t> {
        if (chance.next() % 100 < 5) return smpp::ESME_RTHROTTLED;
        return smpp::ESME_ROK;
      };
    }
    carriers = std::make_unique<Carriers>(
        std::move(profiles),
        Carrier::Around{io, intake, keys, notices,
                        [this] { return static_cast<std::uint32_t>(chance.next()); },
                        [this] { return now; }});
    carriers->start();
  }

  // As the engine does it: no more than there is room for, in the order of ids.
  void send_what_fits() {
    for (std::size_t i = 0; i < carriers_count; ++i)
      for (auto room = carriers->room(i + 1); room > 0 && last_id < messages; --room) {
        ++last_id;
        const auto number = 6281100000000 + last_id % numbers;
        carriers->send({last_id, i + 1, accounts::Msisdn::from_value(number),
                        accounts::Secret(std::to_string(last_id)), now + std::chrono::hours{1}});
      }
    carriers->flush();
  }
  std::size_t done() {
    std::vector<engine::Occurrence> all;
    intake.take(all, messages, std::chrono::milliseconds{0});
    for (const auto& occurrence : all)
      if (const auto* sent = std::get_if<engine::Sent>(&occurrence)) finished.insert(sent->id);
    return finished.size();
  }

  boost::asio::io_context io;
  simulation::Seeded chance;
  std::vector<std::unique_ptr<TestSmsc>> smscs;
  engine::Intake intake{100};
  const accounts::SiteKeys keys{std::array<std::uint8_t, 32>{7}};
  Notices notices;
  engine::Instant now{std::chrono::seconds{1'800'000'000}};
  std::unique_ptr<Carriers> carriers;
  engine::OutboundId last_id = 0;
  std::set<engine::OutboundId> finished;
};

}  // namespace

TEST_CASE("through cuts and throttling every message arrives, in order", "[storm]") {
  Storm storm(1);
  std::size_t cuts = 0;
  for (std::size_t step = 0; storm.done() < messages; ++step) {
    REQUIRE(step < 200 * messages);
    storm.send_what_fits();
    storm.io.run_one_for(std::chrono::milliseconds{100});
    for (auto& smsc : storm.smscs)
      if (storm.chance.next() % 400 == 0 && smsc->bound() > 0) {
        smsc->cut();
        ++cuts;
      }
  }
  std::multiset<engine::OutboundId> arrived;
  for (std::size_t i = 0; i < carriers_count; ++i) {
    std::map<std::uint64_t, engine::OutboundId> newest;  // by number
    std::set<engine::OutboundId> seen;
    for (const auto& text : storm.smscs[i]->accepted) {
      engine::OutboundId id = 0;
      REQUIRE(std::from_chars(text.data(), text.data() + text.size(), id).ec == std::errc{});
      arrived.insert(id);
      if (!seen.insert(id).second) continue;
      auto& last = newest[id % numbers];
      CHECK(id > last);
      last = id;
    }
  }
  std::size_t twice = 0;
  for (engine::OutboundId id = 1; id <= messages; ++id) {
    REQUIRE(arrived.count(id) >= 1);
    twice += arrived.count(id) - 1;
  }
  INFO(cuts << " links cut, " << twice << " messages came twice");
  CHECK(cuts > 50);
  CHECK(twice <= cuts * window);
}

}  // namespace pulih::carriers
