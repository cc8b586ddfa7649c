// The page that an operator sends to a carrier: it says what the configuration says, fits a
// terminal and a letter, and holds no password.
#include "daemon/carriers/interface_sheet.hpp"

#include <catch2/catch.hpp>
#include <sstream>

namespace pulih::carriers {

TEST_CASE("the interface sheet says what is configured, and keeps the password", "[sheet]") {
  Profile profile;
  profile.name = "telkomsel";
  profile.hosts = {{"smsc1.example.org", "2775"}, {"smsc2.example.org", "2776"}};
  profile.binds = {smpp::BindMode::transmitter, smpp::BindMode::receiver,
                   smpp::BindMode::transmitter, smpp::BindMode::receiver};
  profile.system_id = "pulih-nabire";
  profile.password = accounts::Secret("jangan-bilang");
  profile.short_code = "8880";
  profile.window = 17;
  profile.rate = 23;
  profile.receipts = false;
  profile.fates = {{0x45A, Fate::later}, {0x58, Fate::later}};
  profile.default_alphabet = gsm::Coding::gsm7_packed;
  profile.alphabets = {{0xF1, gsm::Coding::latin1}};
  const std::string sheet = interface_sheet(profile);
  std::string flat;  // lines are broken between words
  std::istringstream words(sheet);
  for (std::string word; words >> word;) flat += word + " ";
  for (const char* said :
       {"carrier telkomsel", "smsc1.example.org:2775, smsc2.example.org:2776, in turn",
        "2 x transmitter", "2 x receiver", "pulih-nabire", "8880 (TON 3, NPI 0)",
        "at most 23 messages a second", "17 without a response"}) {
    INFO(said);
    CHECK(flat.find(said) != flat.npos);
  }
  CHECK(sheet.find("data_coding 0        GSM 03.38, packed\n") != sheet.npos);
  CHECK(sheet.find("data_coding 0xF1     ISO 8859-1\n") != sheet.npos);
  CHECK(sheet.find("0x0000045A") != sheet.npos);
  CHECK(sheet.find("registered_delivery  0\n") != sheet.npos);
  CHECK(sheet.find("ESME_RTHROTTLED      this message again") != sheet.npos);
  CHECK(sheet.find("jangan-bilang") == sheet.npos);
  std::istringstream lines(sheet);
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 78);
}

}  // namespace pulih::carriers
