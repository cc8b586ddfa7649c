// USSD over real TCP: what she dials and types comes to the engine, its screens come to her, a long
// one page by page, and nothing of a session that is over.
#include "tests/unit/carriers/site.hpp"

namespace pulih::carriers {
namespace {

constexpr auto her_number = "6281100000001";

Site site_with_ussd(std::uint16_t longest = 182, ussd::Push push = ussd::Push::no,
                    std::size_t intake_size = 100) {
  auto dialect = ussd::dialect_named("spec34").value();
  dialect.longest = longest;
  return Site(
      [=](Profile& profile) {
        profile.ussd = Profile::Ussd{"*888#", "Layanan sibuk", dialect, push};
      },
      intake_size);
}

void call_back(Site& site) {
  const auto to = accounts::Msisdn::from_normal_form(her_number).value();
  site.carrier->call_back({42, to, accounts::Secret("Sudah"), accounts::Secret("1 Menu")});
  site.carrier->flush();
}

// The engine's answer to what came: the acknowledgement, and a screen.
void show(Site& site, const engine::Inbound& to, const char* text, bool last = false) {
  site.carrier->answer(to.ack, engine::Answer::accepted);
  site.carrier->show({42, to.session, accounts::Secret(text), last});
  site.carrier->flush();
}

}  // namespace

TEST_CASE("she dials, is shown a screen, answers it, and is told the last word", "[carriers]") {
  Site site = site_with_ussd();
  site.bind();
  site.smsc.dial(her_number, 7, 0x01, "*888*17081985#");
  const auto dialled = site.inbound();
  CHECK(dialled.dialled);
  CHECK(dialled.session != 0);
  CHECK(dialled.text.size() == 0);
  CHECK(site.smsc.acks.empty());
  show(site, dialled, "1 Lupa sandi");
  site.until([&] { return site.smsc.texts.size() == 1; });
  CHECK(site.smsc.acks[1] == smpp::ESME_ROK);
  site.smsc.dial(her_number, 7, 0x12, "1");
  const auto answer = site.inbound();
  CHECK_FALSE(answer.dialled);
  CHECK(answer.session == dialled.session);
  CHECK(answer.text == accounts::Secret("1"));
  show(site, answer, "Terima kasih", true);
  site.until([&] { return site.smsc.texts.size() == 2; });
  CHECK(site.smsc.operations == std::vector<std::uint8_t>{0x02, 0x11});
  // The session is over: nothing more can be shown in it, and an answer is a new one.
  show(site, answer, "too late");
  site.smsc.dial(her_number, 7, 0x12, "2");
  const auto late = site.inbound();
  CHECK(late.dialled);
  CHECK(late.session != dialled.session);
  CHECK(site.smsc.texts == std::vector<std::string>{"1 Lupa sandi", "Terima kasih"});
}

TEST_CASE("a screen that is too long is read page by page, without the engine", "[carriers]") {
  Site site = site_with_ussd(40);
  site.bind();
  site.smsc.dial(her_number, 7, 0x01, "*888#");
  const auto dialled = site.inbound();
  show(site, dialled, "Jenjang?\n1 PAUD\n2 SD\n3 SMP\n4 SMA\n5 SMK\n6 SLB", true);
  site.until([&] { return site.smsc.texts.size() == 1; });
  CHECK(site.smsc.texts[0] == "Jenjang?\n1 PAUD\n2 SD\n3 SMP\n4 SMA\n9 >");
  site.smsc.dial(her_number, 7, 0x12, "9");
  site.until([&] { return site.smsc.texts.size() == 2; });
  CHECK(site.smsc.texts[1] == "5 SMK\n6 SLB");
  CHECK(site.smsc.operations == std::vector<std::uint8_t>{0x02, 0x11});
  CHECK(site.heard().empty());
}

TEST_CASE("she who finds the gateway full is told so at once, and can dial again", "[carriers]") {
  Site site = site_with_ussd(182, ussd::Push::no, 1);
  site.bind();
  (void)site.heard();
  // The loop does not run between the two, so both come in one piece.
  site.smsc.dial("6281100000002", 6, 0x01, "*888#");
  site.smsc.dial(her_number, 7, 0x01, "*888#");
  site.until([&] { return site.smsc.texts.size() == 1; });
  CHECK(site.smsc.acks == std::map<std::uint64_t, std::uint32_t>{{2, smpp::ESME_RTHROTTLED}});
  CHECK(site.smsc.texts == std::vector<std::string>{"Layanan sibuk"});
  CHECK(site.smsc.operations == std::vector<std::uint8_t>{0x11});
  const auto other = site.inbound();
  site.smsc.dial(her_number, 8, 0x01, "*888#");
  const auto again = site.inbound();
  CHECK(again.dialled);
  CHECK(again.from != other.from);
}

TEST_CASE("another code, a session that ends and a PDU that lies are answered and not heard",
          "[carriers]") {
  Site site = site_with_ussd();
  site.bind();
  (void)site.heard();
  site.smsc.dial(her_number, 7, 0x01, "*999#");
  site.smsc.dial(her_number, 7, 0x81, "");
  site.smsc.dial(her_number, 7, 0x55, "1");
  site.until([&] { return site.smsc.acks.size() == 3; });
  CHECK(site.heard().empty());
  CHECK(site.notices.of(LinkNotice::What::garbage).size() == 2);
  for (const auto& notice : site.notices.all)
    CHECK(notice.text.find(her_number) == std::string::npos);
}

TEST_CASE("called back she reads it, and nothing comes of it", "[carriers]") {
  Site site = site_with_ussd(182, ussd::Push::notify);
  site.bind();
  (void)site.heard();
  call_back(site);
  site.until([&] { return site.smsc.texts.size() == 1; });
  CHECK(site.smsc.texts[0] == "Sudah");
  CHECK(site.smsc.operations == std::vector<std::uint8_t>{0x03});
  site.smsc.dial(her_number, 1, 0x13, "");
  site.until([&] { return site.smsc.acks.size() == 1; });
  CHECK(site.smsc.acks[1] == smpp::ESME_ROK);
  CHECK(site.heard().empty());
  CHECK(site.notices.of(LinkNotice::What::garbage).empty());
}

TEST_CASE("called back to answer, she goes on as if she had dialled", "[carriers]") {
  Site site = site_with_ussd(182, ussd::Push::request);
  site.bind();
  call_back(site);
  site.until([&] { return site.smsc.texts.size() == 1; });
  CHECK(site.smsc.texts[0] == "1 Menu");
  // The network may have a name of its own for the session.
  site.smsc.dial(her_number, 99, 0x12, "1");
  const auto answer = site.inbound();
  CHECK(answer.dialled);
  CHECK(answer.text.size() == 0);
  show(site, answer, "1 Lupa sandi");
  site.until([&] { return site.smsc.texts.size() == 2; });
  site.smsc.dial(her_number, 99, 0x12, "2");
  const auto next = site.inbound();
  CHECK_FALSE(next.dialled);
  CHECK(next.session == answer.session);
  CHECK(site.smsc.operations == std::vector<std::uint8_t>{0x02, 0x02});
}

TEST_CASE("nobody is called back where the carrier does not do it, is away, or she is at a screen",
          "[carriers]") {
  SECTION("the carrier does not do it") {
    Site site = site_with_ussd();
    site.bind();
    call_back(site);
    site.send({"after it"});
    site.until([&] { return site.smsc.texts.size() == 1; });
    CHECK(site.smsc.operations.empty());
  }
  SECTION("it is away") {
    Site site = site_with_ussd(182, ussd::Push::request);
    call_back(site);
    site.bind();
    site.send({"after it"});
    site.until([&] { return site.smsc.texts.size() == 1; });
    CHECK(site.smsc.operations.empty());
  }
  SECTION("she is at a screen") {
    Site site = site_with_ussd(182, ussd::Push::request);
    site.bind();
    site.smsc.dial(her_number, 7, 0x01, "*888#");
    const auto dialled = site.inbound();
    call_back(site);
    show(site, dialled, "1 Lupa sandi");
    site.until([&] { return site.smsc.texts.size() == 1; });
    CHECK(site.smsc.texts[0] == "1 Lupa sandi");
  }
  SECTION("the text does not fit") {
    Site site = site_with_ussd(4, ussd::Push::notify);
    site.bind();
    call_back(site);
    site.send({"after it"});
    site.until([&] { return site.smsc.texts.size() == 1; });
    CHECK(site.smsc.operations.empty());
  }
}

TEST_CASE("a carrier that refuses to call her back forgets it, and she can dial", "[carriers]") {
  Site site = site_with_ussd(182, ussd::Push::request);
  site.smsc.verdict = [](const std::string& text) -> std::optional<std::uint32_t> {
    return text == "1 Menu" ? smpp::ESME_RINVDSTADR : smpp::ESME_ROK;
  };
  site.bind();
  call_back(site);
  site.send({"an SMS"});
  site.until([&] { return site.done().size() == 1; });
  CHECK(site.smsc.accepted == std::vector<std::string>{"an SMS"});
  site.smsc.dial(her_number, 7, 0x01, "*888#");
  CHECK(site.inbound().dialled);
  CHECK(site.carrier->room() > 0);
}

TEST_CASE("a screen that the carrier throttles goes again before all others", "[carriers]") {
  auto dialect = ussd::dialect_named("spec34").value();
  Site site([=](Profile& profile) {
    profile.ussd = Profile::Ussd{"*888#", "Layanan sibuk", dialect, ussd::Push::no};
    profile.window = 1;  // else the message is under way before the carrier throttles
  });
  site.bind();
  int throttles = 1;
  site.smsc.verdict = [&](const std::string&) {
    return throttles-- > 0 ? smpp::ESME_RTHROTTLED : smpp::ESME_ROK;
  };
  site.smsc.dial(her_number, 7, 0x01, "*888#");
  show(site, site.inbound(), "1 Lupa sandi");
  site.until([&] { return !site.notices.of(LinkNotice::What::throttled).empty(); });
  site.send({"a message"});
  site.until([&] { return site.smsc.accepted.size() == 2; });
  CHECK(site.smsc.accepted == std::vector<std::string>{"1 Lupa sandi", "a message"});
  site.smsc.dial(her_number, 7, 0x12, "1");
  CHECK_FALSE(site.inbound().dialled);
}

TEST_CASE("a screen that the carrier has no room for goes again while others pass it",
          "[carriers]") {
  Site site = site_with_ussd();
  site.bind();
  int full = 2;
  site.smsc.verdict = [&](const std::string& text) {
    return text == "1 Lupa sandi" && full-- > 0 ? smpp::ESME_RMSGQFUL : smpp::ESME_ROK;
  };
  site.smsc.dial(her_number, 7, 0x01, "*888#");
  show(site, site.inbound(), "1 Lupa sandi");
  site.send({"a message"});
  site.until([&] { return site.smsc.accepted.size() == 2; });
  CHECK(site.smsc.accepted == std::vector<std::string>{"a message", "1 Lupa sandi"});
  CHECK(site.smsc.texts.size() == 4);
  site.smsc.dial(her_number, 7, 0x12, "1");
  CHECK_FALSE(site.inbound().dialled);
}

TEST_CASE("a throttled screen that nobody waits for any more is dropped, and she dials again",
          "[carriers]") {
  auto dialect = ussd::dialect_named("spec34").value();
  Site site([=](Profile& profile) {
    profile.ussd = Profile::Ussd{"*888#", "Layanan sibuk", dialect, ussd::Push::no};
    profile.screen_patience = std::chrono::milliseconds{0};
    profile.pause_first = std::chrono::milliseconds{1};
  });
  site.bind();
  site.smsc.verdict = [&](const std::string& text) {
    return text == "a message" ? smpp::ESME_ROK : smpp::ESME_RTHROTTLED;
  };
  site.smsc.dial(her_number, 7, 0x01, "*888#");
  show(site, site.inbound(), "1 Lupa sandi");
  site.send({"a message"});
  site.until([&] { return site.smsc.accepted.size() == 1; });
  CHECK(site.smsc.texts.size() <= 2);
  site.smsc.dial(her_number, 7, 0x12, "1");
  CHECK(site.inbound().dialled);
}

}  // namespace pulih::carriers
