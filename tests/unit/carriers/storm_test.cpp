// Four carriers with two binds each over real TCP, whose links are cut, whose SMSCs throttle and go
// away, with prefixes and stand-ins, by a seed: no message is lost, none overtakes another to the
// same number, and none comes twice but those whose answer a cut took away. The hidden test
// [million] does the same a million times over.
#include <charconv>
#include <set>
#include <unordered_map>

#include "tests/phone/faults.hpp"
#include "tests/unit/carriers/site.hpp"

namespace pulih::carriers {
namespace {

constexpr std::size_t carriers_count = 4, numbers = 2000;
constexpr std::size_t window = 16, queue = 256;

// The number of message `id`; carrier i has those that begin with 62811000i.
std::uint64_t number_of(engine::OutboundId id) {
  const auto which = id % numbers;
  return 6281100000000 + which % carriers_count * 10'000 + which;
}

struct Storm {
  Storm(std::uint64_t seed, std::size_t how_many)
      : chance(seed),
        faults(phone::FaultPlan::read("throttled=5%,cut-after=1%", seed).value()),
        messages(how_many) {
    std::vector<Profile> profiles(carriers_count);
    for (std::size_t i = 0; i < carriers_count; ++i) {
      smscs.push_back(std::make_unique<TestSmsc>(io));
      ports.push_back(smscs[i]->port());
      profiles[i] = profile(i);
      smscs[i]->verdict = [this, i](const std::string& text) { return judged(i, text); };
    }
    carriers = std::make_unique<Carriers>(
        std::move(profiles),
        Carrier::Around{io, intake, keys, notices,
                        [this] { return static_cast<std::uint32_t>(chance.next()); },
                        [this] { return now; }});
    carriers->start();
  }

  Profile profile(std::size_t i) const {
    Profile made;
    made.name = "carrier-" + std::to_string(i);
    made.key = i + 1;
    made.hosts = {{"127.0.0.1", std::to_string(ports[i])}};
    made.binds = {smpp::BindMode::transceiver, smpp::BindMode::transceiver};
    made.short_code = "8880";
    made.prefixes = {"62811000" + std::to_string(i)};
    made.stand_ins = {(i + 1) % carriers_count + 1, (i + 2) % carriers_count + 1};
    made.stand_in_after = std::chrono::milliseconds{2};
    made.rate = 100'000;
    made.window = window;
    made.queue = queue;
    made.reconnect_first = made.reconnect_longest = std::chrono::milliseconds{1};
    made.pause_first = made.pause_longest = std::chrono::milliseconds{1};
    return made;
  }

  // What is taken and cut goes on to be answered here: the cut takes away whatever is under way.
  std::uint32_t judged(std::size_t smsc, const std::string& text) {
    const auto fault = faults.draw(phone::Draw::answer);
    if (fault == phone::Fault::throttled) return smpp::ESME_RTHROTTLED;
    engine::OutboundId id = 0;
    REQUIRE(std::from_chars(text.data(), text.data() + text.size(), id).ec == std::errc{});
    if (finished.contains(id)) ++after_the_answer;
    auto& last = newest[number_of(id)];
    if (id < last) ++overtaken;
    if (id == last) ++twice;
    last = std::max(last, id);
    arrived.insert(id);
    if (number_of(id) / 10'000 % 10 != smsc) ++by_stand_ins;
    if (fault == phone::Fault::cut_after) to_cut.insert(smsc);
    return smpp::ESME_ROK;
  }

  void cut_links() {
    for (const auto smsc : std::exchange(to_cut, {}))
      if (smscs[smsc]->bound() > 0) {
        smscs[smsc]->cut();
        ++cuts;
      }
  }
  // Now and then a carrier is away altogether, until `away_until`.
  void leave_and_come_back(std::size_t step) {
    for (std::size_t i = 0; i < carriers_count; ++i) {
      if (away_until[i] == 0 && chance.next() % 20'000 == 0) {
        smscs[i]->leave();
        away_until[i] = step + 2'000;
        ++outages;
      } else if (away_until[i] != 0 && step >= away_until[i]) {
        smscs[i]->listen(ports[i]);
        away_until[i] = 0;
      }
    }
  }

  // As the engine does it: no more than there is room for, in the order of ids.
  void send_what_fits() {
    while (last_id < messages) {
      const auto to = accounts::Msisdn::from_value(number_of(last_id + 1));
      const auto key = carriers->route(to, 0);
      if (carriers->room(key) == 0) break;
      ++last_id;
      carriers->send({last_id, key, to, accounts::Secret(std::to_string(last_id)),
                      now + std::chrono::hours{1}});
    }
    carriers->flush();
  }
  std::size_t done() {
    std::vector<engine::Occurrence> all;
    intake.take(all, messages, std::chrono::milliseconds{0});
    for (const auto& occurrence : all)
      if (const auto* sent = std::get_if<engine::Sent>(&occurrence)) finished.insert(sent->id);
    notices.all.clear();
    return finished.size();
  }
  void run() {
    for (std::size_t step = 1; done() < messages; ++step) {
      if (step > 200 * messages) return;
      send_what_fits();
      io.run_one_for(std::chrono::milliseconds{100});
      cut_links();
      leave_and_come_back(step);
    }
  }

  boost::asio::io_context io;
  simulation::Seeded chance;
  phone::FaultPlan faults;
  const std::size_t messages;
  std::vector<std::unique_ptr<TestSmsc>> smscs;
  std::vector<std::uint16_t> ports;
  engine::Intake intake{100};
  const accounts::SiteKeys keys{std::array<std::uint8_t, 32>{7}};
  Notices notices;
  engine::Instant now{std::chrono::seconds{1'800'000'000}};
  std::unique_ptr<Carriers> carriers;
  engine::OutboundId last_id = 0;
  std::set<engine::OutboundId> finished, arrived;
  std::unordered_map<std::uint64_t, engine::OutboundId> newest;  // by number
  std::set<std::size_t> to_cut;
  std::array<std::size_t, carriers_count> away_until{};
  std::size_t cuts = 0, outages = 0, twice = 0, overtaken = 0, after_the_answer = 0,
              by_stand_ins = 0;
};

void nothing_is_lost(std::uint64_t seed, std::size_t messages) {
  Storm storm(seed, messages);
  storm.run();
  const std::string figures =
      std::to_string(messages) + " messages, " + std::to_string(storm.cuts) + " links cut, " +
      std::to_string(storm.outages) + " outages, " + std::to_string(storm.by_stand_ins) +
      " by stand-ins, " + std::to_string(storm.twice) + " came twice";
  INFO(figures);
  REQUIRE(storm.finished.size() == messages);
  CHECK(storm.arrived.size() == messages);
  CHECK(storm.overtaken == 0);
  CHECK(storm.after_the_answer == 0);
  CHECK(storm.cuts > messages / 400);
  CHECK(storm.by_stand_ins > 0);
  CHECK(storm.by_stand_ins < messages / 2);  // each to its own carrier else
  CHECK(storm.twice <= (storm.cuts + 2 * storm.outages) * window);
  if (messages > 100'000) WARN(figures);
}

}  // namespace

TEST_CASE("through cuts and throttling every message arrives, in order", "[storm]") {
  nothing_is_lost(1, 20'000);
}

TEST_CASE("a million messages arrive through cuts and throttling", "[.million]") {
  nothing_is_lost(2, 1'000'000);
}

}  // namespace pulih::carriers
