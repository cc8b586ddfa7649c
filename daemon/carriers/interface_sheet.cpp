// See interface_sheet.hpp. The sheet is written as carriers' own papers are: connection, binds,
// what is sent, what is received, errors.
#include "daemon/carriers/interface_sheet.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "protocols/smpp/status.hpp"

namespace pulih::carriers {
namespace {

using smpp::BindMode;

std::string seconds(std::chrono::milliseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

std::string counted(const Profile& carrier, BindMode mode, const char* name) {
  const auto count = std::ranges::count(carrier.binds, mode);
  return count == 0 ? "" : std::to_string(count) + " x " + name + "  ";
}

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : ", ") + word;
  return line;
}

std::string numbering(const Numbering& of) {
  return "TON " + std::to_string(of.ton) + ", NPI " + std::to_string(of.npi);
}

const char* alphabet(gsm::Coding of) {
  switch (of) {
    case gsm::Coding::gsm7:
      return "GSM 03.38, one septet an octet (not packed)";
    case gsm::Coding::gsm7_packed:
      return "GSM 03.38, packed";
    case gsm::Coding::latin1:
      return "ISO 8859-1";
    case gsm::Coding::ascii:
      return "ASCII";
    case gsm::Coding::ucs2:
      return "UCS-2, big endian";
    case gsm::Coding::ucs2_le:
      return "UCS-2, little endian";
    case gsm::Coding::utf8:
      return "UTF-8";
    case gsm::Coding::not_text:
      break;
  }
  return "";
}

const char* meaning(Fate fate) {
  switch (fate) {
    case Fate::slow_down:
      return "the bind rests, the same message first again";
    case Fate::later:
      return "this message again, after a growing gap";
    case Fate::rebind:
      return "a new bind, the same message first";
    case Fate::give_up:
      return "the message is given up";
  }
  return "";
}

class Sheet {
 public:
  void title(const std::string& words) { text_ += "\n" + words + "\n"; }
  void row(const std::string& name, const std::string& value) {
    std::array<char, 32> front{};
    std::snprintf(front.data(), front.size(), "  %-21s", name.c_str());
    std::size_t column = 0;
    text_ += front.data();
    for (std::size_t at = 0; at < value.size();) {
      const auto end = std::min(value.find(' ', at), value.size());
      if (column != 0 && column + end - at > widest) {
        text_ += "\n" + std::string(indent, ' ');
        column = 0;
      }
      text_ += (column == 0 ? "" : " ") + value.substr(at, end - at);
      column += end - at + 1;
      at = end + 1;
    }
    text_ += "\n";
  }
  std::string take() { return std::move(text_); }

 private:
  static constexpr std::size_t indent = 23, widest = 54;
  std::string text_;
};

void connection(Sheet& sheet, const Profile& carrier) {
  std::vector<std::string> hosts;
  for (const auto& host : carrier.hosts) hosts.push_back(host.name + ":" + host.port);
  std::array<char, 8> version{};
  std::snprintf(version.data(), version.size(), "%u.%u", carrier.interface_version >> 4 & 0xFu,
                carrier.interface_version & 0xFu);
  sheet.title("Connection");
  sheet.row("we connect to", joined(hosts) + (hosts.size() > 1 ? ", in turn" : ""));
  sheet.row("TLS", !carrier.tls ? "no"
                   : carrier.tls->certificate.empty()
                       ? "1.2 or 1.3, with SNI; your certificate is verified"
                       : "1.2 or 1.3, with SNI and our certificate; yours is verified");
  sheet.row("protocol", std::string("SMPP ") + version.data() + ", we are the ESME");
  sheet.row("binds", counted(carrier, BindMode::transceiver, "transceiver") +
                         counted(carrier, BindMode::transmitter, "transmitter") +
                         counted(carrier, BindMode::receiver, "receiver"));
  sheet.row("system_id", carrier.system_id);
  sheet.row("system_type", carrier.system_type.empty() ? "(empty)" : carrier.system_type);
  sheet.row("enquire_link", "after " + seconds(carrier.enquire_link) + " of silence");
  sheet.row("response timeout", seconds(carrier.response_timeout));
  sheet.row("after a lost link", "again after " + seconds(carrier.reconnect_first) +
                                     ", growing to " + seconds(carrier.reconnect_longest) +
                                     ", with jitter");
}

void what_we_send(Sheet& sheet, const Profile& carrier) {
  sheet.title("What we send (submit_sm)");
  sheet.row("source", carrier.short_code + " (" + numbering(carrier.source) + ")");
  sheet.row("destination",
            "international, as 628110000xxxx (" + numbering(carrier.destination) + ")");
  sheet.row("at most", std::to_string(carrier.rate) + " messages a second and " +
                           std::to_string(carrier.window) + " without a response, for each bind");
  sheet.row("text", "one SMS, data_coding 0 as GSM 03.38, unpacked; no UDH");
  sheet.row("validity_period", "relative; that of a code is at most the code's own life");
  sheet.row("registered_delivery", carrier.receipts ? "1 for messages with a code, else 0" : "0");
  sheet.row("never", "replace_if_present, schedule_delivery_time, priority");
}

void what_we_take(Sheet& sheet, const Profile& carrier) {
  sheet.title("What we take (deliver_sm, data_sm)");
  sheet.row("to", carrier.short_code);
  sheet.row("source", "the subscriber's number: international, +62 or 0 in front, any TON");
  sheet.row("data_coding 0", alphabet(carrier.default_alphabet));
  for (const auto& [data_coding, coding] : carrier.alphabets) {
    std::array<char, 24> name{};
    std::snprintf(name.data(), name.size(), "data_coding 0x%02X", unsigned{data_coding});
    sheet.row(name.data(), alphabet(coding));
  }
  sheet.row("other data_coding", "1 ASCII, 3 ISO 8859-1, 8 UCS-2; else as 3GPP TS 23.038");
  sheet.row("other languages", "national language tables 1 ... 13, as the UDH says (0x24, 0x25)");
  sheet.row("several parts",
            "with UDH (8 or 16 bit), sar or message_payload; their responses come "
            "together, after the last part");
  sheet.row("response",
            "when the message is on disk; ESME_RTHROTTLED or ESME_RSYSERR: "
            "bring it again");
  sheet.row("receipts",
            "receipted_message_id and message_state, or the text of SMPP 3.4, "
            "appendix B");
}

void screens(Sheet& sheet, const Profile& carrier) {
  if (!carrier.ussd) return;
  const auto& dialect = carrier.ussd->dialect;
  sheet.title("USSD");
  sheet.row("code", carrier.ussd->code);
  sheet.row("dialect", std::string(dialect.name));
  sheet.row("we answer by", dialect.data_sm ? "data_sm" : "submit_sm");
  sheet.row("at most", std::to_string(dialect.longest) + " characters a screen");
  if (carrier.ussd->push != ussd::Push::no)
    sheet.row("we open", carrier.ussd->push == ussd::Push::notify ? "sessions that only notify"
                                                                  : "sessions that are answered");
}

void errors(Sheet& sheet, const Profile& carrier) {
  sheet.title("What we do at an error in submit_sm_resp");
  Fates table = carrier.fates;
  for (const auto status : {smpp::ESME_RTHROTTLED, smpp::ESME_RMSGQFUL, smpp::ESME_RSYSERR,
                            smpp::ESME_RX_T_APPN, smpp::ESME_RINVBNDSTS})
    table.emplace(status, fate_of(status, carrier.fates));
  for (const auto& [status, fate] : table) sheet.row(smpp::status_name(status), meaning(fate));
  sheet.row("any other", meaning(Fate::give_up));
}

void questions(Sheet& sheet) {
  sheet.title("What we have to ask");
  sheet.row("1", "How many binds, and which window and rate do you allow for each?");
  sheet.row("2", "From which of our addresses do you accept connections, and is there TLS?");
  sheet.row("3", "Which TON and NPI for the short code and for the numbers, both ways?");
  sheet.row("4", "Which alphabet is data_coding 0 in what you deliver?");
  sheet.row("5", "Are texts of several parts delivered with UDH, sar or message_payload?");
  sheet.row("6", "After how long without our response do you bring a message again?");
  sheet.row("7", "Which texts does your filter stop, and which sender names are registered?");
  sheet.row("8", "Is the short code free of charge for the subscriber?");
}

}  // namespace

std::string interface_sheet(const Profile& carrier) {
  Sheet sheet;
  sheet.row("Interface sheet", "Pulih, account recovery by SMS: carrier " + carrier.name);
  connection(sheet, carrier);
  what_we_send(sheet, carrier);
  what_we_take(sheet, carrier);
  screens(sheet, carrier);
  errors(sheet, carrier);
  questions(sheet);
  return sheet.take();
}

}  // namespace pulih::carriers
