// See traced.hpp. Octets go as hexadecimal digits, for JSON has no other way.
#include "daemon/operator/traced.hpp"

#include <string_view>

namespace pulih::operators {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

std::optional<std::vector<std::uint8_t>> octets_of(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::vector<std::uint8_t> octets;
  octets.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = digits.find(text[i]), low = digits.find(text[i + 1]);
    if (high == digits.npos || low == digits.npos) return std::nullopt;
    octets.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return octets;
}

}  // namespace

Json told(const TracedPdu& pdu) {
  std::string text;
  text.reserve(2 * pdu.octets.size());
  for (const auto octet : pdu.octets) (text += digits[octet >> 4]) += digits[octet & 0x0F];
  return {{"at_us", static_cast<std::uint64_t>(pdu.at.count())},
          {"bind", pdu.bind},
          {"connection", pdu.connection},
          {"from_carrier", pdu.from_carrier},
          {"pdu", std::move(text)}};
}

std::optional<TracedPdu> traced_pdu(const Json& line) {
  const auto at = field<std::uint64_t>(line, "at_us");
  const auto bind = field<std::uint64_t>(line, "bind");
  const auto connection = field<std::uint64_t>(line, "connection");
  const auto from_carrier = field<bool>(line, "from_carrier");
  const auto text = field<std::string>(line, "pdu");
  if (!at || !bind || !connection || !from_carrier || !text) return std::nullopt;
  auto octets = octets_of(*text);
  if (!octets) return std::nullopt;
  return TracedPdu{std::chrono::microseconds{static_cast<std::int64_t>(*at)}, *bind, *connection,
                   *from_carrier, std::move(*octets)};
}

}  // namespace pulih::operators
