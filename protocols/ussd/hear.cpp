// See hear.hpp.  The data_codings of USSD are those of cell broadcast (3GPP TS 23.038, 5), not
// those of SMS; carriers use both, and no value means one thing in the one and another in the other
// that would matter here.
#include "protocols/ussd/hear.hpp"

#include <cstdio>

#include "protocols/smpp/tlv.hpp"

namespace pulih::ussd {
namespace {

struct Carried {
  std::string_view service_type, destination;
  const smpp::Address* from = nullptr;
  std::uint8_t data_coding = 0;
  smpp::Octets text;
  smpp::Tlvs tlvs;
};

std::optional<Carried> carried_by(const smpp::Body& body) {
  Carried carried;
  if (const auto* message = std::get_if<smpp::DeliverSm>(&body))
    carried = {message->service_type, message->destination.digits, &message->source,
               message->data_coding,  message->short_message,      message->tlvs};
  else if (const auto* data = std::get_if<smpp::DataSm>(&body))
    carried = {data->service_type, data->destination.digits, &data->source, data->data_coding, {},
               data->tlvs};
  else
    return std::nullopt;
  const auto payload = carried.tlvs.find(smpp::tag::message_payload).value;
  if (payload.data() != nullptr) carried.text = payload;
  return carried;
}

std::optional<std::uint16_t> operation(const Carried& carried, const Dialect& dialect) {
  if (dialect.operations == Operations::service_type) {
    if (carried.service_type.size() != 2) return std::nullopt;
    return static_cast<std::uint8_t>(carried.service_type.front());
  }
  if (const auto octet = carried.tlvs.get8(smpp::tag::ussd_service_op)) return *octet;
  return std::nullopt;
}

std::string hexadecimal(unsigned value) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%02X", value);
  return text;
}

tl::expected<std::vector<std::uint8_t>, NotUnderstood> session_of(const Carried& carried,
                                                                  const Dialect& dialect) {
  if (dialect.session == SessionId::none) return {};
  std::uint16_t tag = smpp::tag::its_session_info;
  if (dialect.session == SessionId::reference) tag = smpp::tag::user_message_reference;
  if (dialect.session == SessionId::tlv) tag = dialect.session_tag;
  const auto value = carried.tlvs.find(tag).value;
  if (value.data() == nullptr)
    return tl::unexpected(NotUnderstood{"session", smpp::tag_name(tag) + " is missing"});
  if (value.size() != dialect.session_octets)
    return tl::unexpected(
        NotUnderstood{"session", smpp::tag_name(tag) + " has " + std::to_string(value.size()) +
                                     " octets, not " + std::to_string(dialect.session_octets)});
  return std::vector<std::uint8_t>(value.begin(), value.end());
}

// SMS's own values and those of cell broadcast.
gsm::Coding coding_of(std::uint8_t data_coding) {
  switch (data_coding) {
    case 0x00:
    case 0x0F:
      return gsm::Coding::gsm7;
    case 0x44:
      return gsm::Coding::latin1;
    case 0x08:
    case 0x11:  // two letters of a language stand in front
    case 0x48:
      return gsm::Coding::ucs2;
    default:
      return gsm::coding_of(data_coding, gsm::Coding::gsm7);
  }
}

bool looks_dialled(smpp::Octets text) {
  return !text.empty() && (text.front() == '*' || text.front() == '#') && text.back() == '#';
}

}  // namespace

bool is_ussd(const smpp::Body& body, const Dialect& dialect) {
  const auto carried = carried_by(body);
  return carried && operation(*carried, dialect).has_value();
}

tl::expected<Heard, NotUnderstood> hear(const smpp::Body& body, const Dialect& dialect) {
  const auto carried = carried_by(body);
  const auto asked = carried ? operation(*carried, dialect) : std::nullopt;
  if (!asked) return tl::unexpected(NotUnderstood{"operation", "there is none"});
  auto session = session_of(*carried, dialect);
  if (!session) return tl::unexpected(session.error());
  Heard heard;
  heard.session = std::move(*session);
  heard.from = carried->from;
  heard.text = carried->text;
  heard.coding = coding_of(carried->data_coding);
  constexpr std::uint8_t with_language = 0x11;
  if (carried->data_coding == with_language && heard.text.size() >= 2)
    heard.text = heard.text.subspan(2);

  const bool all_alike = dialect.begin == dialect.answer;
  if (*asked == dialect.begin && (!all_alike || looks_dialled(heard.text))) {
    heard.what = What::began;
    heard.dialled =
        dialect.code_in_destination
            ? carried->destination
            : std::string_view(reinterpret_cast<const char*>(heard.text.data()), heard.text.size());
  } else if (*asked == dialect.answer ||
             (dialect.also_answer != 0 && *asked == dialect.also_answer)) {
    heard.what = What::answered;
  } else if ((dialect.end != 0 && *asked == dialect.end) ||
             (dialect.push_done != 0 && *asked == dialect.push_done)) {
    heard.what = What::ended;
  } else if (dialect.abort != 0 && *asked == dialect.abort) {
    heard.what = What::aborted;
  } else {
    return tl::unexpected(
        NotUnderstood{"operation", hexadecimal(*asked) + " means nothing in this dialect"});
  }
  constexpr std::uint8_t end_bit = 0x01;
  if (dialect.end_bit && heard.what == What::answered && (heard.session.back() & end_bit) != 0)
    heard.what = What::ended;
  return heard;
}

bool is_code(std::string_view dialled, std::string_view code) {
  if (dialled == code) return true;
  // "*888#" without its '#', and then more.
  const auto stem = code.substr(0, code.empty() ? 0 : code.size() - 1);
  return !stem.empty() && dialled.starts_with(stem) && dialled.size() > stem.size() &&
         dialled[stem.size()] == '*';
}

}  // namespace pulih::ussd
