// USSD over real TCP: what she dials and types comes to the engine, its screens come to her, a long
// one page by page, and nothing of a session that is over.
#include "tests/unit/carriers/test_smsc.hpp"

namespace pulih::carriers {
namespace {

constexpr auto her_number = "6281100000001";

Site site_with_ussd(std::uint16_t longest = 182) {
  auto dialect = ussd::dialect_named("spec34").value();
  dialect.longest = longest;
  return Site([dialect](Profile& profile) { profile.ussd = Profile::Ussd{"*888#", dialect}; });
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

}  // namespace pulih::carriers
