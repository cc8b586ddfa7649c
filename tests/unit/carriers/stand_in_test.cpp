// Two carriers over real TCP, one of which may stand in for the other: its messages move when it
// has been away for long, only as configured, and come home in order when it is back.
#include "tests/unit/carriers/site.hpp"

namespace pulih::carriers {
namespace {

using Texts = std::vector<std::string>;
constexpr engine::CarrierKey home = 1, other = 2;

struct Pair {
  explicit Pair(bool may_stand_in = true) : smscs{{TestSmsc(io), TestSmsc(io)}} {
    std::vector<Profile> profiles(2);
    for (std::size_t i = 0; i < 2; ++i) {
      profiles[i].name = i == 0 ? "home" : "other";
      profiles[i].key = i == 0 ? home : other;
      profiles[i].hosts = {{"127.0.0.1", std::to_string(smscs[i].port())}};
      profiles[i].short_code = "8880";
      profiles[i].rate = 10'000;
      profiles[i].window = 1;
      profiles[i].reconnect_first = profiles[i].reconnect_longest = std::chrono::milliseconds{1};
      profiles[i].stand_in_after = std::chrono::milliseconds{1};
    }
    port = smscs[0].port();
    profiles[0].prefixes = {"62811"};
    if (may_stand_in) profiles[0].stand_ins = {other};
    carriers = std::make_unique<Carriers>(
        std::move(profiles),
        Carrier::Around{io, intake, keys, notices, [] { return 0u; }, [this] { return now; }});
    carriers->start();
    until([&] { return carriers->room(home) > 0 && carriers->room(other) > 0; });
  }
  ~Pair() {
    carriers->stop();
    until([&] { return carriers->stopped(); });
  }

  void until(const std::function<bool()>& holds) {
    for (int idle = 0; !holds() && idle < 200;)
      if (io.run_one_for(std::chrono::milliseconds{100}) == 0) ++idle;
    REQUIRE(holds());
  }
  void send(const char* text, std::uint64_t number = 6281100000001) {
    carriers->send({++last_id, home, accounts::Msisdn::from_value(number), accounts::Secret(text),
                    now + std::chrono::hours{1}});
    carriers->flush();
  }
  std::size_t done() {
    std::vector<engine::Occurrence> all;
    intake.take(all, 1000, std::chrono::milliseconds{0});
    for (const auto& occurrence : all) done_ += std::holds_alternative<engine::Sent>(occurrence);
    return done_;
  }

  boost::asio::io_context io;
  std::array<TestSmsc, 2> smscs;
  std::uint16_t port = 0;
  engine::Intake intake{100};
  const accounts::SiteKeys keys{std::array<std::uint8_t, 32>{7}};
  Notices notices;
  engine::Instant now{std::chrono::seconds{1'800'000'000}};
  std::unique_ptr<Carriers> carriers;
  engine::OutboundId last_id = 0;

 private:
  std::size_t done_ = 0;
};

}  // namespace

TEST_CASE("what waits for a carrier that is away goes by its stand-in, in order", "[stand-in]") {
  Pair pair;
  pair.smscs[0].verdict = [](const std::string&) { return std::nullopt; };
  pair.send("one");
  pair.send("two");
  pair.until([&] { return pair.smscs[0].texts.size() == 1; });
  pair.smscs[0].leave();
  pair.until([&] { return pair.done() == 2; });
  // Nobody knows whether the first one arrived.
  CHECK(pair.smscs[1].texts == Texts{"one", "two"});
  pair.until([&] { return pair.carriers->room(home) > 0; });
  pair.send("three");
  pair.until([&] { return pair.done() == 3; });
  CHECK(pair.smscs[1].texts.back() == "three");
  CHECK(pair.notices.of(LinkNotice::What::stand_in).size() == 1);
}

TEST_CASE("a carrier that is back gets its messages when its stand-in has none left",
          "[stand-in]") {
  Pair pair;
  pair.smscs[0].leave();
  pair.until([&] { return !pair.notices.of(LinkNotice::What::stand_in).empty(); });
  pair.smscs[1].verdict = [](const std::string&) { return std::nullopt; };
  pair.send("one");
  pair.until([&] { return pair.smscs[1].texts.size() == 1; });
  pair.smscs[0].listen(pair.port);
  pair.until([&] { return pair.notices.of(LinkNotice::What::bound).size() == 3; });
  // "one" may still arrive by the stand-in: nothing new is taken for the same people until then.
  CHECK(pair.carriers->room(home) == 0);
  pair.smscs[1].answer_late(0);
  pair.until([&] { return pair.carriers->room(home) > 0; });
  pair.send("two");
  pair.until([&] { return pair.done() == 2; });
  CHECK(pair.smscs[0].texts == Texts{"two"});
  CHECK(pair.smscs[1].texts == Texts{"one"});
}

TEST_CASE("a message that was announced to one sender goes by the next", "[stand-in]") {
  Pair pair;
  pair.smscs[0].leave();
  // Announced while the carrier was there, handed over when its stand-in sends.
  REQUIRE(pair.carriers->room(home) > 0);
  pair.carriers->send({++pair.last_id, home, accounts::Msisdn::from_value(6281100000001),
                       accounts::Secret("one"), pair.now + std::chrono::hours{1}});
  pair.until([&] { return !pair.notices.of(LinkNotice::What::stand_in).empty(); });
  pair.carriers->flush();
  pair.until([&] { return pair.done() == 1; });
  CHECK(pair.smscs[1].texts == Texts{"one"});
}

TEST_CASE("without a stand-in messages wait for their own carrier", "[stand-in]") {
  Pair pair(false);
  pair.smscs[0].leave();
  pair.until([&] { return pair.carriers->room(home) == 0; });
  pair.send("one");
  pair.until([&] { return pair.notices.of(LinkNotice::What::connecting).size() > 6; });
  CHECK(pair.smscs[1].texts.empty());
  pair.smscs[0].listen(pair.port);
  pair.until([&] { return pair.done() == 1; });
  CHECK(pair.smscs[0].texts == Texts{"one"});
}

TEST_CASE("a stand-in that leaves too hands everything back", "[stand-in]") {
  Pair pair;
  pair.smscs[0].leave();
  pair.until([&] { return !pair.notices.of(LinkNotice::What::stand_in).empty(); });
  pair.smscs[1].verdict = [](const std::string&) { return std::nullopt; };
  pair.send("one");
  pair.until([&] { return pair.smscs[1].texts.size() == 1; });
  pair.smscs[1].leave();
  pair.smscs[0].listen(pair.port);
  pair.until([&] { return pair.done() == 1; });
  CHECK(pair.smscs[0].texts == Texts{"one"});
}

}  // namespace pulih::carriers
