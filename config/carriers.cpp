// The list `carriers`: one bind or pair of binds each, what that carrier expects in our PDUs, and
// which numbers go by it.
#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>

#include "config/networks.hpp"
#include "config/settings_sections.hpp"
#include "protocols/smpp/tls.hpp"

namespace pulih::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

template <class T>
struct Choice {
  std::string_view name;
  T value;
};
template <class T, std::size_t count>
auto one_of(const Choice<T> (&choices)[count]) {
  return [&choices](std::string_view typed) -> Parsed<T> {
    const auto choice = std::ranges::find(choices, typed, &Choice<T>::name);
    if (choice != std::end(choices)) return choice->value;
    std::string names;
    for (const auto& each : choices) names += (names.empty() ? "" : ", ") + std::string(each.name);
    return tl::unexpected(Fault{"'" + std::string(typed) + "' is not known", "one of " + names});
  };
}

constexpr Choice<Bind> binds[] = {{"transceiver", Bind::transceiver},
                                  {"transmitter+receiver", Bind::transmitter_and_receiver}};
constexpr Choice<gsm::Coding> alphabets[] = {
    {"gsm7", gsm::Coding::gsm7},     {"gsm7_packed", gsm::Coding::gsm7_packed},
    {"latin1", gsm::Coding::latin1}, {"ascii", gsm::Coding::ascii},
    {"ucs2", gsm::Coding::ucs2},     {"ucs2_le", gsm::Coding::ucs2_le},
    {"utf8", gsm::Coding::utf8}};
constexpr Choice<bool> yes_or_no[] = {{"yes", true}, {"no", false}};
constexpr Choice<ErrorMeans> meanings[] = {{"slow_down", ErrorMeans::slow_down},
                                           {"later", ErrorMeans::later},
                                           {"rebind", ErrorMeans::rebind},
                                           {"give_up", ErrorMeans::give_up}};
// SMPP 3.4, 5.2.4 and SMPP 5.0, 4.7.13.
constexpr Choice<std::uint8_t> versions[] = {{"3.3", 0x33}, {"3.4", 0x34}, {"5.0", 0x50}};
constexpr Choice<ussd::SessionId> ussd_sessions[] = {
    {"none", ussd::SessionId::none},           {"its", ussd::SessionId::its},
    {"its_upper", ussd::SessionId::its_upper}, {"its_octet", ussd::SessionId::its_octet},
    {"reference", ussd::SessionId::reference}, {"tlv", ussd::SessionId::tlv}};

constexpr Choice<ussd::Push> ussd_pushes[] = {
    {"no", ussd::Push::no}, {"notify", ussd::Push::notify}, {"request", ussd::Push::request}};

// What a teacher types or dials: digits, and * and # in a USSD code.
Parsed<std::string> parse_short_code(std::string_view typed) {
  const bool digits = std::ranges::all_of(typed, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || typed.size() < 3 || typed.size() > 15)
    return tl::unexpected(
        Fault{"this is no short code", "3 to 15 digits in quotes, as in \"8880\""});
  return std::string(typed);
}

Parsed<std::string> parse_ussd_code(std::string_view typed) {
  const bool dialled = std::ranges::all_of(
      typed, [](char c) { return (c >= '0' && c <= '9') || c == '*' || c == '#'; });
  if (!dialled || typed.size() < 3 || typed.size() > 9 || !typed.starts_with('*') ||
      !typed.ends_with('#'))
    return tl::unexpected(Fault{"this is no USSD code", "3 to 9 signs in quotes, as in \"*888#\""});
  return std::string(typed);
}

void read_numbering(Section& carrier, std::string_view key, Numbering& numbering) {
  auto section = carrier.section(key);
  if (!section) return;
  section->read("ton", numbering.ton, number(0, 6));
  section->read("npi", numbering.npi, number(0, 18));
  section->finish();
}

// A field of a PDU: "0x1501", "0x02" or 17.
template <class T>
auto field(std::uint32_t least, std::uint32_t most) {
  return [=](std::string_view typed) -> Parsed<T> {
    const bool hex = typed.starts_with("0x");
    const auto digits = hex ? typed.substr(2) : typed;
    std::uint32_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
    if (error != std::errc{} || end != digits.data() + digits.size() || value < least ||
        value > most)
      return tl::unexpected(
          Fault{"'" + std::string(typed) + "' cannot stand in a PDU here",
                "as in 0x12 or 18, from " + std::to_string(least) + " to " + std::to_string(most)});
    return static_cast<T>(value);
  };
}

// As SMPP's papers write it: "0x0000045A" or 1114.
Parsed<std::uint32_t> parse_status(std::string_view typed) {
  const bool hex = typed.starts_with("0x");
  const auto digits = hex ? typed.substr(2) : typed;
  std::uint32_t status = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), status, hex ? 16 : 10);
  if (error != std::errc{} || end != digits.data() + digits.size() || status == 0)
    return tl::unexpected(
        Fault{"this is no error of SMPP", "a command_status above 0, as in 0x58 or 88"});
  return status;
}

void read_errors(Section& carrier, std::vector<CarrierError>& errors) {
  if (!carrier.has("errors")) return;
  for (auto& section : carrier.sections("errors", "error")) {
    CarrierError error;
    if (section.require("status", "status: 0x58"))
      section.read("status", error.status, parse_status);
    if (section.require("means", "means: later"))
      section.read("means", error.means, one_of(meanings));
    section.finish();
    errors.push_back(error);
  }
}

// A prefix, or the name of a network, which stands for all of its prefixes.
void read_prefixes(Section& section, const Networks& networks, std::vector<std::string>& prefixes) {
  std::vector<std::vector<std::string>> listed;
  section.read_list("prefixes", listed, [&](std::string_view typed) {
    return parse_prefix_or_network(typed, networks);
  });
  for (auto& each : listed) std::ranges::move(each, std::back_inserter(prefixes));
}

void read_ussd(Section& carrier, Carrier& settings) {
  auto section = carrier.section("ussd");
  if (!section) return;
  if (section->require("code", "code: \"*888#\""))
    section->read("code", settings.ussd_code, parse_ussd_code);
  auto& dialect = settings.ussd_dialect;
  std::string names;
  for (const auto& known : ussd::known_dialects())
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  section->read("dialect", dialect, [&](std::string_view typed) -> Parsed<ussd::Dialect> {
    if (const auto known = ussd::dialect_named(typed)) return *known;
    return tl::unexpected(Fault{"'" + std::string(typed) + "' is not known", "one of " + names});
  });
  section->read("push", settings.ussd_push, one_of(ussd_pushes));
  // What the carrier's paper says otherwise than the dialect.
  const auto operation = field<std::uint16_t>(0, 0xFFFF);
  section->read("session", dialect.session, one_of(ussd_sessions));
  section->read("session_tag", dialect.session_tag, operation);
  section->read("session_octets", dialect.session_octets, field<std::uint8_t>(1, 16));
  section->read("begin", dialect.begin, operation);
  section->read("answer", dialect.answer, operation);
  section->read("also_answer", dialect.also_answer, operation);
  section->read("end", dialect.end, operation);
  section->read("abort", dialect.abort, operation);
  section->read("ask", dialect.ask, operation);
  section->read("tell", dialect.tell, operation);
  section->read("push_notify", dialect.push_notify, operation);
  section->read("push_request", dialect.push_request, operation);
  section->read("push_done", dialect.push_done, operation);
  section->read("end_bit", dialect.end_bit, one_of(yes_or_no));
  section->read("code_in_destination", dialect.code_in_destination, one_of(yes_or_no));
  section->read("payload", dialect.payload, one_of(yes_or_no));
  section->read("data_sm", dialect.data_sm, one_of(yes_or_no));
  section->read("data_coding", dialect.data_coding, field<std::uint8_t>(0, 0xFF));
  section->read("longest", dialect.longest, field<std::uint16_t>(40, 254));
  if (const auto wrong = ussd::contradiction(dialect); !wrong.empty())
    section->error("dialect", {wrong, "compare it with the carrier's paper"});
  section->finish();
}

Carrier read_carrier(Section& section, const Places& places, const Networks& networks) {
  Carrier carrier;
  if (section.require("name", "name: a word of your choice"))
    section.read("name", carrier.name, [](std::string_view typed) {
      return parse_name(typed, {1, 32});
    });
  if (section.require("address", "address: host:port of the SMSC"))
    section.read("address", carrier.address, parse_address);
  section.read_list("failover", carrier.failover, parse_address);
  section.read("bind", carrier.bind, one_of(binds));
  section.read("binds", carrier.binds, number(1, 16));
  // SMPP 3.4, 5.2.1 and 5.2.3: one octet of each field ends it.
  if (section.require("system_id", "system_id: the name that the carrier gave you"))
    section.read("system_id", carrier.system_id, text(1, 15));
  section.read("system_type", carrier.system_type, text(0, 12));
  if (section.require("password", "password: {file: smsc.secret}"))
    if (auto source = section.section("password", Section::Keys::confidential))
      // SMPP 3.4, 5.2.2 allows 8 octets; carriers give out longer ones.
      carrier.password = read_secret(*source, places, {1, 64});
  section.read("interface_version", carrier.interface_version, one_of(versions));
  if (section.require("short_code", "short_code: \"8880\""))
    section.read("short_code", carrier.short_code, parse_short_code);
  read_prefixes(section, networks, carrier.prefixes);
  section.read_list("stand_ins", carrier.stand_ins, [](std::string_view typed) {
    return parse_name(typed, {1, 32});
  });
  section.read("stand_in_after", carrier.stand_in_after, duration(seconds{5}, hours{24}));
  section.read("window", carrier.window, number(1, 10'000));
  section.read("rate", carrier.rate, [](std::string_view typed) {
    return parse_rate(typed, {1, 100'000});
  });
  section.read("receipts", carrier.receipts, one_of(yes_or_no));
  read_errors(section, carrier.errors);
  read_numbering(section, "source", carrier.source);
  read_numbering(section, "destination", carrier.destination);
  section.read("default_alphabet", carrier.default_alphabet, one_of(alphabets));
  section.read_map("alphabets", carrier.alphabets, field<std::uint8_t>(1, 0xFF), one_of(alphabets));
  section.read("enquire_link", carrier.enquire_link, duration(seconds{1}, minutes{10}));
  section.read("response_timeout", carrier.response_timeout, duration(seconds{1}, minutes{10}));
  section.read("reconnect_longest", carrier.reconnect_longest, duration(seconds{1}, hours{1}));
  read_ussd(section, carrier);
  if (auto tls = section.section("tls")) carrier.tls = read_tls(*tls, places, carrier.address.host);
  section.finish();
  return carrier;
}

}  // namespace

Tls read_tls(Section& section, const Places& places, const std::string& host) {
  Tls tls;
  const auto file = [&](std::string_view key, std::filesystem::path& path) {
    section.read(key, path, parse_path);
    if (!path.empty()) path = places.beside / path;
  };
  file("ca", tls.ca);
  section.read("server_name", tls.server_name, text(1, 253));
  file("certificate", tls.certificate);
  file("key", tls.key);
  section.finish();
  if (tls.certificate.empty() != tls.key.empty()) {
    section.error(tls.key.empty() ? "certificate" : "key",
                  {"certificate and key belong together", "name both, or none"});
    return tls;
  }
  const smpp::TlsSettings as_used{tls.ca, tls.server_name.empty() ? host : tls.server_name,
                                  tls.certificate, tls.key};
  if (const auto loaded = smpp::load_tls(as_used); !loaded)
    section.error(
        loaded.error().field,
        {std::string(loaded.error().field) + ": " + loaded.error().what, loaded.error().hint});
  constexpr int soon = 30;
  if (const auto end = smpp::expires_within(as_used, soon))
    section.warning("certificate", {"it is valid only until " + *end, "renew it"});
  return tls;
}

void read_carriers(Section& root, const Places& places, std::vector<Carrier>& carriers) {
  if (!root.require("carriers", "carriers: [{name: …, address: …, …}]")) return;
  const Networks networks = read_networks(places.numbering);
  std::map<std::string, std::string> owners;  // of prefixes
  std::vector<Section> read;
  for (auto& section : root.sections("carriers", "carrier")) {
    auto carrier = read_carrier(section, places, networks);
    if (!carrier.name.empty() &&
        std::ranges::find(carriers, carrier.name, &Carrier::name) != carriers.end())
      section.error("name",
                    {"a second carrier '" + carrier.name + "'", "names tell carriers apart"});
    for (const auto& prefix : carrier.prefixes) {
      const auto [owner, fresh] = owners.emplace(prefix, carrier.name);
      if (!fresh)
        section.error("prefixes",
                      {"prefix " + prefix + " stands twice, here and for '" + owner->second + "'",
                       "a number goes by one carrier"});
    }
    carriers.push_back(std::move(carrier));
    read.push_back(section);
  }
  for (std::size_t i = 0; i < carriers.size(); ++i)
    for (const auto& name : carriers[i].stand_ins)
      if (name == carriers[i].name ||
          std::ranges::find(carriers, name, &Carrier::name) == carriers.end())
        read[i].error("stand_ins",
                      {"'" + name + "' is no other carrier", "names of carriers of this list"});
}

}  // namespace pulih::config
