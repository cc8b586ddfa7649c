// See receipt.hpp. What users of other gateways ask for most is the receipt whose id is not found:
// written in decimal where the response was hexadecimal or the other way round, with leading zeros,
// in capitals.
#include "daemon/carriers/receipt.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace pulih::carriers {
namespace {

// SMPP 3.4, 5.2.28.
Receipt::Fate fate_of_state(std::uint8_t state) {
  constexpr std::uint8_t delivered = 2, expired = 3, deleted = 4, undeliverable = 5, rejected = 8;
  switch (state) {
    case delivered:
      return Receipt::Fate::delivered;
    case expired:
    case deleted:
    case undeliverable:
    case rejected:
      return Receipt::Fate::undeliverable;
    default:
      return Receipt::Fate::under_way;
  }
}

// SMPP 3.4, appendix B, table B-2; by their first four letters, since some cut them off.
Receipt::Fate fate_of_word(std::string_view word) {
  constexpr std::array<std::string_view, 4> lost{"EXPI", "DELE", "UNDE", "REJE"};
  if (word.starts_with("DELI")) return Receipt::Fate::delivered;
  if (std::ranges::any_of(lost, [&](auto start) { return word.starts_with(start); }))
    return Receipt::Fate::undeliverable;
  return Receipt::Fate::under_way;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// What follows "key:" at the beginning or after a space, up to the next space.
std::string_view field(std::string_view text, std::string_view key) {
  const auto same = [](char a, char b) { return lower(a) == b; };
  for (auto at = text.begin(); at != text.end();) {
    const auto found = std::search(at, text.end(), key.begin(), key.end(), same);
    if (found == text.end()) break;
    at = found + static_cast<std::ptrdiff_t>(key.size());
    if (found != text.begin() && found[-1] != ' ') continue;
    const auto value = text.substr(static_cast<std::size_t>(at - text.begin()));
    return value.substr(0, value.find_first_of(" \r\n", 0));
  }
  return {};
}

// Leading zeros and capitals carry no meaning.
std::string normal_form(std::string_view id) {
  while (id.size() > 1 && id.front() == '0') id.remove_prefix(1);
  std::string form(id);
  std::ranges::transform(form, form.begin(), lower);
  return form;
}

// The same number in the other base; empty: it is none, or too large.
std::string rewritten(const std::string& id, int from, int to) {
  std::uint64_t value = 0;
  const auto* const end = id.data() + id.size();
  const auto [read, error] = std::from_chars(id.data(), end, value, from);
  if (error != std::errc{} || read != end) return {};
  std::array<char, 24> out{};
  return {out.data(), std::to_chars(out.data(), out.data() + out.size(), value, to).ptr};
}

}  // namespace

std::optional<Receipt> read_receipt(smpp::Octets text, smpp::Tlvs tlvs) {
  // The text of a receipt is ASCII, whatever its data_coding says.
  const std::string_view words(reinterpret_cast<const char*>(text.data()), text.size());
  Receipt receipt;
  if (const auto id = tlvs.get_c_string(smpp::tag::receipted_message_id))
    receipt.id = *id;
  else
    receipt.id = field(words, "id:");
  if (receipt.id.empty()) return std::nullopt;
  if (const auto state = tlvs.get8(smpp::tag::message_state)) {
    receipt.fate = fate_of_state(*state);
  } else {
    std::string word(field(words, "stat:"));
    std::ranges::transform(word, word.begin(), upper);
    receipt.fate = fate_of_word(word);
  }
  return receipt;
}

engine::ReceiptTag receipt_tag(std::string_view id, std::string_view carrier, accounts::Msisdn to,
                               const accounts::SiteKeys& keys) {
  return accounts::as_row_key(keys.carrier_id_tag(carrier, to.digits() + "/" + normal_form(id)));
}

std::array<engine::ReceiptTag, 3> receipt_tags(std::string_view id, std::string_view carrier,
                                               accounts::Msisdn to,
                                               const accounts::SiteKeys& keys) {
  const std::string form = normal_form(id);
  const auto tag = [&](const std::string& spelling) {
    return spelling.empty() ? 0 : receipt_tag(spelling, carrier, to, keys);
  };
  return {tag(form), tag(rewritten(form, 10, 16)), tag(rewritten(form, 16, 10))};
}

}  // namespace pulih::carriers
