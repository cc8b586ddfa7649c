// See screen.hpp. Septets are sent unpacked, one an octet, as every dialect that is known has it.
#include "protocols/ussd/screen.hpp"

#include <algorithm>

#include "protocols/gsm/alphabet.hpp"
#include "protocols/smpp/wiping.hpp"

namespace pulih::ussd {
namespace {

constexpr std::uint8_t end_bit = 0x01;

std::vector<std::uint8_t> told_back(const Dialect& dialect, std::vector<std::uint8_t> session,
                                    std::uint8_t count, bool last) {
  if (session.empty()) return session;
  if (dialect.session == SessionId::its_octet)
    session.back() = static_cast<std::uint8_t>(count << 1);
  if (dialect.end_bit)
    session.back() = static_cast<std::uint8_t>((session.back() & ~end_bit) | (last ? end_bit : 0));
  return session;
}

std::uint16_t operation_of(Screen::Kind kind, const Dialect& dialect) {
  switch (kind) {
    case Screen::Kind::asks:
      return dialect.ask;
    case Screen::Kind::tells:
      return dialect.tell;
    case Screen::Kind::calls:
      return dialect.push_request;
    case Screen::Kind::informs:
      return dialect.push_notify;
  }
  return dialect.tell;
}

std::size_t septets(std::string_view utf8) {
  std::vector<std::uint8_t> octets;
  if (!gsm::encode(utf8, octets)) return std::string::npos;
  const auto count = octets.size();
  smpp::wipe(octets);
  return count;
}

}  // namespace

Screen::Screen(const Dialect& dialect, std::vector<std::uint8_t> session, std::uint8_t count,
               std::string_view utf8, Kind kind)
    : dialect_(dialect), service_type_(dialect.service_type) {
  text_.reserve(2 * utf8.size());
  good_ = gsm::encode(utf8, text_).has_value() && text_.size() <= dialect.longest;
  const std::uint16_t operation = operation_of(kind, dialect);
  const bool last = kind == Kind::tells || kind == Kind::informs;
  if (dialect.operations == Operations::service_op)
    tlvs_.put8(smpp::tag::ussd_service_op, static_cast<std::uint8_t>(operation));
  else
    service_type_ = {static_cast<char>(operation >> 8), static_cast<char>(operation & 0xFF)};
  const auto id = told_back(dialect, std::move(session), count, last);
  switch (dialect.session) {
    case SessionId::none:
      break;
    case SessionId::reference:
      tlvs_.put(smpp::tag::user_message_reference, id);
      break;
    case SessionId::tlv:
      tlvs_.put(dialect.session_tag, id);
      break;
    case SessionId::its:
    case SessionId::its_upper:
    case SessionId::its_octet:
      tlvs_.put(smpp::tag::its_session_info, id);
      break;
  }
  if (dialect.payload || dialect.data_sm) tlvs_.put(smpp::tag::message_payload, text_);
}

Screen::~Screen() {
  smpp::wipe(text_);
  const auto raw = tlvs_.tlvs().raw();
  if (!raw.empty()) smpp::wipe(const_cast<std::uint8_t*>(raw.data()), raw.size());
}

smpp::Body Screen::body(const Ends& ends) const {
  if (dialect_.data_sm) {
    smpp::DataSm data;
    data.service_type = service_type_;
    data.source = ends.source;
    data.destination = ends.destination;
    data.data_coding = dialect_.data_coding;
    data.tlvs = tlvs_.tlvs();
    return data;
  }
  smpp::SubmitSm submit;
  submit.service_type = service_type_;
  submit.source = ends.source;
  submit.destination = ends.destination;
  submit.data_coding = dialect_.data_coding;
  if (!dialect_.payload) submit.short_message = text_;
  submit.tlvs = tlvs_.tlvs();
  return submit;
}

std::vector<std::string> pages(std::string_view utf8, std::size_t longest, std::string_view more) {
  std::vector<std::string> all;
  while (septets(utf8) > longest && septets(utf8) != std::string::npos) {
    const std::size_t room = longest - std::min(longest, septets(more));
    // The last line that fits, else the last word, else whatever fits.
    std::size_t cut = 0;
    for (const std::string_view border : {"\n", " "}) {
      for (auto at = utf8.find(border, 1); at != utf8.npos && septets(utf8.substr(0, at)) <= room;
           at = utf8.find(border, at + 1))
        cut = at;
      if (cut != 0) break;
    }
    std::size_t next = cut + 1;
    if (cut == 0) {
      const auto character = [&](std::size_t at) {  // the end of the one that begins there
        do ++at;
        while (at < utf8.size() && (static_cast<unsigned char>(utf8[at]) & 0xC0) == 0x80);
        return at;
      };
      cut = character(0);
      while (septets(utf8.substr(0, character(cut))) <= room) cut = character(cut);
      next = cut;
    }
    all.push_back(std::string(utf8.substr(0, cut)) + std::string(more));
    utf8.remove_prefix(next);
  }
  all.emplace_back(utf8);
  return all;
}

}  // namespace pulih::ussd
