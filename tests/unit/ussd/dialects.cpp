// One conversation in each dialect, octet by octet: she dials, is asked, answers and is told the
// last word; what is wrong with a PDU is named; and a dialect that nobody thought of is data alone.
#include <catch2/catch.hpp>

#include "protocols/ussd/hear.hpp"
#include "protocols/ussd/screen.hpp"

namespace pulih::ussd {
namespace {

using Octets = std::vector<std::uint8_t>;

std::string hex(smpp::Octets octets) {
  std::string text;
  for (const auto octet : octets) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02X", octet);
    text += digits;
  }
  return text;
}

Octets octets_of(std::string_view text) { return {text.begin(), text.end()}; }

Octets from_hex(std::string_view text) {
  Octets octets;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'A' + 10; };
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    octets.push_back(static_cast<std::uint8_t>(digit(text[i]) << 4 | digit(text[i + 1])));
  return octets;
}

// What the carrier's side sends. The parameters are given as they stand on the wire.
struct FromCarrier {
  std::string service_type, parameters;
  Octets text = octets_of("*888#");
  std::uint8_t data_coding = 0x0F;
  std::string destination = "888";
  Octets raw{};

  smpp::Body pdu() {
    raw = from_hex(parameters);
    smpp::DeliverSm deliver;
    deliver.service_type = service_type;
    deliver.source = {1, 1, "6281100000001"};
    deliver.destination = {0, 0, destination};
    deliver.data_coding = data_coding;
    deliver.short_message = text;
    deliver.tlvs = smpp::Tlvs(raw);
    return deliver;
  }
};

struct Sent {
  std::string service_type, parameters;
  friend bool operator==(const Sent&, const Sent&) = default;
};
std::ostream& operator<<(std::ostream& out, const Sent& sent) {
  return out << "'" << sent.service_type << "' " << sent.parameters;
}
Sent sent(const Dialect& dialect, const Octets& session, std::uint8_t count, bool last) {
  const Screen screen(dialect, session, count, "Halo",
                      last ? Screen::Kind::tells : Screen::Kind::asks);
  REQUIRE(screen.good());
  const auto body = screen.body({{3, 0, "*888#"}, {1, 1, "6281100000001"}});
  const auto& submit = std::get<smpp::SubmitSm>(body);
  CHECK(Octets(submit.short_message.begin(), submit.short_message.end()) == octets_of("Halo"));
  return {std::string(submit.service_type), hex(submit.tlvs.raw())};
}

struct Conversation {
  const char* dialect;
  FromCarrier begin, answer;
  Sent ask, tell;
};

// 0501 ussd_service_op, 1383 its_session_info, 0204 user_message_reference.
const Conversation conversations[] = {
    {"spec34",
     {"",
      "050100010113830002"
      "0700"},
     {"",
      "050100011213830002"
      "0702"},
     {"",
      "050100010213830002"
      "0700"},
     {"",
      "050100011113830002"
      "0703"}},
    {"tata",
     {"",
      "050100010113830002"
      "A1B2"},
     {"",
      "050100010213830002"
      "A1B2"},
     {"",
      "050100010213830002"
      "A1B2"},
     {"",
      "050100010213830002"
      "A1B3"}},
    {"sixdee",
     {"",
      "050100010113830002"
      "A1B2"},
     {"",
      "050100011213830002"
      "A1B2"},
     {"",
      "050100010213830002"
      "A1B2"},
     {"",
      "050100011113830002"
      "A1B3"}},
    {"mica",
     {"",
      "050100010102040002"
      "0009"},
     {"",
      "050100011202040002"
      "0009"},
     {"",
      "050100010202040002"
      "0009"},
     {"",
      "050100011102040002"
      "0009"}},
    {"its-echo",
     {"USSD",
      "050100010113830002"
      "0711"},
     {"USSD",
      "050100011213830002"
      "0711"},
     {"USSD",
      "050100010213830002"
      "0711"},
     {"USSD",
      "050100011113830002"
      "0711"}},
    {"its-4-octet",
     {"",
      "050100010113830004"
      "01020304"},
     {"",
      "050100011213830004"
      "01020304"},
     {"",
      "050100010213830004"
      "01020304"},
     {"",
      "050100011113830004"
      "01020304"}},
    {"session-tlv",
     {"",
      "050100010115010004"
      "01020304"},
     {"",
      "050100011215010004"
      "01020304"},
     {"",
      "050100010215010004"
      "01020304"},
     {"",
      "050100011115010004"
      "01020304"}},
    {"msisdn-keyed",
     {"", "0501000101"},
     {"", "0501000101"},
     {"P2", "0501000102"},
     {"P2", "0501000111"}},
    {"service-type-letters", {"BR", ""}, {"CA", ""}, {"CR", ""}, {"EF", ""}},
};

}  // namespace

TEST_CASE("in every dialect she dials, is asked, answers and is told the last word", "[ussd]") {
  REQUIRE(std::size(conversations) == known_dialects().size());
  for (auto conversation : conversations) {
    INFO(conversation.dialect);
    const auto dialect = dialect_named(conversation.dialect).value();
    CHECK(contradiction(dialect).empty());
    const auto begin = conversation.begin.pdu();
    REQUIRE(is_ussd(begin, dialect));
    const auto dialled = hear(begin, dialect).value();
    CHECK(dialled.what == What::began);
    CHECK(dialled.dialled == "*888#");
    CHECK(dialled.from->digits == "6281100000001");
    CHECK(sent(dialect, dialled.session, 0, false) == conversation.ask);
    conversation.answer.text = octets_of("1");
    const auto reply = conversation.answer.pdu();
    const auto answered = hear(reply, dialect).value();
    CHECK(answered.what == What::answered);
    CHECK(Octets(answered.text.begin(), answered.text.end()) == octets_of("1"));
    CHECK(sent(dialect, answered.session, 1, true) == conversation.tell);
  }
}

TEST_CASE("either side can end a session", "[ussd]") {
  const auto spec = dialect_named("spec34").value();
  const auto what = [&](const char* parameters) {
    FromCarrier from{"", parameters};
    return hear(from.pdu(), spec).value().what;
  };
  CHECK(what("0501000181138300020702") == What::aborted);
  CHECK(what("0501000111138300020702") == What::ended);
  CHECK(what("0501000112138300020703") == What::ended);
  FromCarrier letters{"AF", ""};
  CHECK(hear(letters.pdu(), dialect_named("service-type-letters").value()).value().what ==
        What::aborted);
}

TEST_CASE("an SMS is no USSD, and what is wrong with a session is named", "[ussd]") {
  const auto spec = dialect_named("spec34").value();
  FromCarrier sms{"", ""};
  CHECK_FALSE(is_ussd(sms.pdu(), spec));
  CHECK_FALSE(is_ussd(smpp::EnquireLink{}, spec));
  CHECK_FALSE(is_ussd(sms.pdu(), dialect_named("service-type-letters").value()));
  const auto trouble = [&](const char* parameters) {
    FromCarrier from{"", parameters};
    const auto heard = hear(from.pdu(), spec);
    REQUIRE_FALSE(heard);
    return std::string(heard.error().field) + ": " + heard.error().what;
  };
  CHECK(trouble("0501000101") == "session: its_session_info is missing");
  CHECK(trouble("050100010113830004"
                "01020304") == "session: its_session_info has 4 octets, not 2");
  CHECK(trouble("050100010113830000") == "session: its_session_info has 0 octets, not 2");
  CHECK(trouble("0501000177138300020700") == "operation: 0x77 means nothing in this dialect");
}

TEST_CASE("the text comes in the codings of SMS and of cell broadcast", "[ussd]") {
  const auto spec = dialect_named("spec34").value();
  const auto text = [&](std::uint8_t data_coding, Octets octets) {
    FromCarrier from{"", "0501000112138300020700", std::move(octets), data_coding};
    const auto pdu = from.pdu();
    const auto heard = hear(pdu, spec).value();
    std::string utf8;
    gsm::decode_text(heard.coding, heard.text, [&](char c) { utf8 += c; });
    return utf8;
  };
  for (const std::uint8_t gsm7 : Octets{0x00, 0x0F}) CHECK(text(gsm7, {0x00, 'a'}) == "@a");
  CHECK(text(0x44, {0xE9}) == "\xC3\xA9");
  for (const std::uint8_t ucs2 : Octets{0x08, 0x48})
    CHECK(text(ucs2, {0x00, 'a', 0x00, 'b'}) == "ab");
  CHECK(text(0x11, {'i', 'd', 0x00, 'a'}) == "a");
  CHECK(text(0x11, {}) == "");
}

TEST_CASE("what is dialled behind the code does not matter, another code does", "[ussd]") {
  CHECK(is_code("*888#", "*888#"));
  CHECK(is_code("*888*1*17081985#", "*888#"));
  CHECK_FALSE(is_code("*8881#", "*888#"));
  CHECK_FALSE(is_code("*999#", "*888#"));
  CHECK_FALSE(is_code("", "*888#"));
  CHECK_FALSE(is_code("*888#", ""));
}

TEST_CASE("a tenth dialect is data alone", "[ussd]") {
  Dialect tenth;
  tenth.session = SessionId::tlv;
  tenth.session_tag = 0x1402;
  tenth.session_octets = 3;
  tenth.begin = 0x21;
  tenth.answer = 0x22;
  tenth.ask = 0x31;
  tenth.tell = 0x32;
  tenth.code_in_destination = true;
  tenth.data_sm = true;
  tenth.service_type = "X";
  tenth.data_coding = 0x00;
  CHECK(contradiction(tenth).empty());
  FromCarrier from{"X", "050100012114020003AABBCC", octets_of("anything"), 0, "*888#"};
  const auto pdu = from.pdu();
  const auto heard = hear(pdu, tenth).value();
  CHECK(heard.what == What::began);
  CHECK(heard.dialled == "*888#");
  const Screen screen(tenth, heard.session, 0, "Halo", Screen::Kind::tells);
  const auto body = screen.body({{3, 0, "*888#"}, {1, 1, "6281100000001"}});
  const auto& data = std::get<smpp::DataSm>(body);
  CHECK(data.service_type == "X");
  CHECK(hex(data.tlvs.raw()) ==
        "050100013214020003AABBCC042400"
        "0448616C6F");
}

TEST_CASE("a dialect that contradicts itself is not spoken", "[ussd]") {
  const auto spec = dialect_named("spec34").value();
  const auto with = [&](auto change) {
    Dialect dialect = spec;
    change(dialect);
    return contradiction(dialect);
  };
  CHECK(with([](Dialect&) {}).empty());
  CHECK_FALSE(with([](Dialect& d) { d.session = SessionId::none; }).empty());
  CHECK_FALSE(with([](Dialect& d) { d.end_bit = false, d.tell = d.ask; }).empty());
  CHECK_FALSE(with([](Dialect& d) { d.ask = 0x1234; }).empty());
  CHECK_FALSE(with([](Dialect& d) { d.end_bit = false, d.session = SessionId::tlv; }).empty());
  CHECK_FALSE(with([](Dialect& d) { d.longest = 10; }).empty());
}

TEST_CASE("a screen that we open ourselves has an operation of its own", "[ussd]") {
  using Kind = Screen::Kind;
  const auto opened = [](const char* name, const Octets& session, Kind kind) {
    const Screen screen(dialect_named(name).value(), session, 0, "Halo", kind);
    const auto body = screen.body({{3, 0, "*888#"}, {1, 1, "6281100000001"}});
    const auto& submit = std::get<smpp::SubmitSm>(body);
    return Sent{std::string(submit.service_type), hex(submit.tlvs.raw())};
  };
  CHECK(opened("spec34", {7, 0}, Kind::calls) == Sent{"", "0501000102138300020700"});
  CHECK(opened("spec34", {7, 0}, Kind::informs) == Sent{"", "0501000103138300020701"});
  CHECK(opened("mica", {0, 9}, Kind::informs) == Sent{"", "0501000103020400020009"});
  CHECK(opened("service-type-letters", {}, Kind::calls) == Sent{"BR", ""});
  CHECK(opened("service-type-letters", {}, Kind::informs) == Sent{"BN", ""});
}

TEST_CASE("that a screen of ours was shown ends its session", "[ussd]") {
  FromCarrier confirmation{"", "0501000113138300020701", {}};
  const auto heard = hear(confirmation.pdu(), dialect_named("spec34").value());
  REQUIRE(heard);
  CHECK(heard->what == What::ended);
}

TEST_CASE("an operation of one octet that opens a session is no longer than that", "[ussd]") {
  Dialect dialect;
  dialect.push_request = 0x102;
  CHECK_FALSE(contradiction(dialect).empty());
}

}  // namespace pulih::ussd
