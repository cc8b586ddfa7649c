// A carrier over real TCP: what comes in is answered only when the engine says so, what goes out
// goes in order and within what the carrier allows, and nothing is lost when it refuses, throttles
// or hangs up.
#include "tests/unit/carriers/site.hpp"

namespace pulih::carriers {
namespace {

using Texts = std::vector<std::string>;
using Ids = std::vector<engine::OutboundId>;
using What = LinkNotice::What;

}  // namespace

TEST_CASE("a message is acknowledged when the engine says so, and not before", "[carriers]") {
  Site site;
  site.bind();
  const auto inbound = site.inbound("6281100000001", "RESET");
  CHECK(site.smsc.acks.empty());
  CHECK(inbound.text == accounts::Secret("RESET"));
  site.carrier->answer(inbound.ack, engine::Answer::accepted);
  site.carrier->flush();
  site.until([&] { return !site.smsc.acks.empty(); });
  CHECK(site.smsc.acks[1] == smpp::ESME_ROK);
}

TEST_CASE("what the engine could not keep is told to the carrier by its status", "[carriers]") {
  Site site;
  site.bind();
  const auto [how, status] = GENERATE(
      table<engine::Answer, std::uint32_t>({{engine::Answer::try_later, smpp::ESME_RTHROTTLED},
                                            {engine::Answer::failed, smpp::ESME_RSYSERR}}));
  const auto ack = site.inbound("6281100000001", "RESET").ack;
  site.carrier->answer(ack, how);
  site.carrier->flush();
  site.until([&] { return !site.smsc.acks.empty(); });
  CHECK(site.smsc.acks[1] == status);
}

TEST_CASE("a request in two parts is heard as one, and both are acknowledged after it",
          "[carriers]") {
  Site site;
  site.bind();
  site.smsc.deliver_part("6281100000001", 1, 2, "RESET budi12 guru sd ");
  site.smsc.deliver_part("6281100000001", 2, 2, "17081985");
  const auto inbound = site.inbound();
  CHECK(inbound.text == accounts::Secret("RESET budi12 guru sd 17081985"));
  CHECK_FALSE(inbound.multipart);
  CHECK(site.smsc.acks.empty());
  site.carrier->answer(inbound.ack, engine::Answer::accepted);
  site.carrier->flush();
  site.until([&] { return site.smsc.acks.size() == 2; });
  for (const auto& [message, status] : site.smsc.acks) CHECK(status == smpp::ESME_ROK);
}

TEST_CASE("a part whose other part never comes is heard when its time is over", "[carriers]") {
  Site site([](Profile& profile) { profile.parts.lifetime = std::chrono::seconds{0}; });
  site.bind();
  site.smsc.deliver_part("6281100000001", 1, 2, "RESET");
  CHECK(site.inbound().multipart);
}

TEST_CASE("a full intake asks the carrier to try later and says so once", "[carriers]") {
  Site site({}, 2);
  site.bind();
  (void)site.heard();
  // The loop does not run between them, so all five come in one piece.
  for (int i = 0; i < 5; ++i) site.smsc.deliver("6281100000001", "RESET");
  site.until([&] { return site.smsc.acks.size() == 3; });
  for (const auto& [message, status] : site.smsc.acks) CHECK(status == smpp::ESME_RTHROTTLED);
  CHECK(site.notices.of(What::intake_full).size() == 1);
}

TEST_CASE("no more requests are under way than the window holds", "[carriers]") {
  Site site([](Profile& profile) { profile.window = 2; });
  site.smsc.verdict = [](const std::string&) { return std::nullopt; };
  site.bind();
  site.send({"one", "two", "three"});
  site.until([&] { return site.smsc.texts.size() == 2; });
  site.io.run_for(std::chrono::milliseconds{20});
  CHECK(site.smsc.texts == Texts{"one", "two"});
}

TEST_CASE("a message that is throttled goes again before those behind it", "[carriers]") {
  Site site([](Profile& profile) { profile.window = 1; });
  bool once = true;
  site.smsc.verdict = [&](const std::string&) -> std::optional<std::uint32_t> {
    return std::exchange(once, false) ? smpp::ESME_RTHROTTLED : smpp::ESME_ROK;
  };
  site.bind();
  site.send({"one", "two"});
  site.until([&] { return site.done() == Ids{1, 2}; });
  CHECK(site.smsc.texts == Texts{"one", "one", "two"});
  CHECK(site.notices.of(What::throttled).size() == 1);
}

TEST_CASE("a message that is refused for good keeps no other waiting", "[carriers]") {
  Site site([](Profile& profile) { profile.window = 1; });
  site.smsc.verdict = [](const std::string& text) -> std::optional<std::uint32_t> {
    return text == "one" ? smpp::ESME_RINVDSTADR : smpp::ESME_ROK;
  };
  site.bind();
  site.send({"one", "two"});
  site.until([&] { return site.done() == Ids{1, 2}; });
  CHECK(site.smsc.texts == Texts{"one", "two"});
  const auto told = site.notices.of(What::message_refused);
  REQUIRE(told.size() == 1);
  CHECK(told[0].text.find("RINVDSTADR") != std::string::npos);
  CHECK(told[0].text.find("6281100000001") == std::string::npos);
}

TEST_CASE("what is too late is not sent, and what fits no SMS is told", "[carriers]") {
  Site site;
  site.bind();
  std::vector<engine::Outgoing> messages;
  const auto to = accounts::Msisdn::from_value(6281100000001);
  messages.push_back({1, 42, to, accounts::Secret("late"), site.now});
  messages.push_back(
      {2, 42, to, accounts::Secret(std::string(161, 'a')), site.now + std::chrono::hours{1}});
  messages.push_back({3, 42, to, accounts::Secret("good"), site.now + std::chrono::hours{1}});
  site.carrier->announce(3);
  site.carrier->send(messages);
  site.until([&] { return site.done() == Ids{1, 2, 3}; });
  CHECK(site.smsc.texts == Texts{"good"});
  CHECK(site.notices.of(What::message_expired).size() == 1);
  CHECK(site.notices.of(What::message_refused).size() == 1);
}

TEST_CASE("after a cut everything that had no answer goes again, in order", "[carriers]") {
  Site site([](Profile& profile) { profile.window = 3; });
  site.smsc.verdict = [](const std::string&) { return std::nullopt; };
  site.bind();
  site.send({"one", "two"});
  site.until([&] { return site.smsc.texts.size() == 2; });
  site.smsc.verdict = [](const std::string&) { return smpp::ESME_ROK; };
  site.smsc.cut();
  site.until([&] { return site.done() == Ids{1, 2}; });
  CHECK(site.smsc.texts == Texts{"one", "two", "one", "two"});
  CHECK(site.smsc.binds == 2);
  CHECK_FALSE(site.notices.of(What::lost).empty());
}

TEST_CASE("an answer for an earlier connection goes nowhere", "[carriers]") {
  Site site;
  site.bind();
  const auto ack = site.inbound("6281100000001", "RESET").ack;
  site.smsc.cut();
  site.until([&] { return site.smsc.binds == 2 && site.smsc.bound(); });
  site.smsc.deliver("6281100000001", "BANTUAN");
  site.carrier->answer(ack, engine::Answer::accepted);
  site.carrier->flush();
  site.io.run_for(std::chrono::milliseconds{50});
  CHECK_FALSE(site.smsc.acks.contains(2));
}

TEST_CASE("a carrier that is full or away has no room, and tells when it has again", "[carriers]") {
  Site site([](Profile& profile) { profile.queue = 4; });
  CHECK(site.carrier->room() == 0);
  site.smsc.verdict = [](const std::string&) { return std::nullopt; };
  site.bind();
  CHECK(site.carrier->room() == 4);
  site.send({"one", "two", "three", "four"});
  (void)site.heard();
  CHECK(site.carrier->room() == 0);
  site.smsc.verdict = [](const std::string&) { return smpp::ESME_ROK; };
  site.until([&] { return site.smsc.texts.size() == 4; });
  site.smsc.cut();
  bool told = false;
  site.until([&] {
    for (const auto& occurrence : site.heard())
      told |= std::holds_alternative<engine::Room>(occurrence);
    return told && site.carrier->room() == 4;
  });
}

TEST_CASE("a refused bind is told with advice, and tried again", "[carriers]") {
  Site site;
  site.smsc.bind_status = smpp::ESME_RINVPASWD;
  site.carrier->start();
  site.until([&] { return site.smsc.binds >= 2; });
  const auto told = site.notices.of(What::bind_refused);
  REQUIRE_FALSE(told.empty());
  CHECK(told[0].text.find("RINVPASWD") != std::string::npos);
  site.smsc.bind_status = smpp::ESME_ROK;
  site.until([&] { return site.smsc.bound(); });
}

TEST_CASE("a carrier that is stopped unbinds in order", "[carriers]") {
  Site site;
  site.bind();
  site.send({"one"});
  site.until([&] { return site.done() == Ids{1}; });
  site.carrier->stop();
  site.until([&] { return site.carrier->stopped(); });
  CHECK(site.smsc.unbound_in_order);
  CHECK(site.smsc.binds == 1);
}

TEST_CASE("a message goes by its number's prefix, else where the person last wrote", "[carriers]") {
  Site site;
  const auto with = [&](std::vector<std::vector<std::string>> prefixes) {
    std::vector<Profile> profiles(prefixes.size());
    for (std::size_t i = 0; i < profiles.size(); ++i) {
      profiles[i].key = i + 1;
      profiles[i].prefixes = std::move(prefixes[i]);
    }
    const Carrier::Around around{site.io,      site.intake,       site.keys,
                                 site.notices, [] { return 0u; }, [&] { return site.now; }};
    return std::make_unique<Carriers>(std::move(profiles), around);
  };
  const auto to = accounts::Msisdn::from_value(6281100000001);
  CHECK(with({{"62811"}, {"6281100"}, {"62812"}})->route(to, 0) == 2);
  CHECK(with({{"62811"}, {"6281100"}, {"62812"}})->route(to, 3) == 2);
  CHECK(with({{"62812"}, {"62813"}})->route(to, 2) == 2);
  CHECK(with({{"62812"}, {}, {"62813"}})->route(to, 0) == 2);
  CHECK(with({{"62812"}, {"62813"}})->route(to, 0) == 1);
  CHECK(with({{"62812"}, {"62813"}})->route(to, 99) == 1);
  CHECK(with({{"62812"}})->room(99) == 0);
}

}  // namespace pulih::carriers
