// See faults.hpp. Rates are kept as whole numbers of a million: a drawn fault must not hang on how
// a machine rounds.
#include "tests/phone/faults.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace pulih::phone {
namespace {

constexpr std::uint32_t always = 1'000'000;
constexpr double millionths = 10'000;  // in a percent

struct Known {
  Fault fault{};
  Draw draw{};
  std::string_view name, meaning;
};

constexpr std::array<Known, 15> known{{
    {Fault::throttled, Draw::answer, "throttled", "answered by ESME_RTHROTTLED"},
    {Fault::queue_full, Draw::answer, "queue-full", "answered by ESME_RMSGQFUL"},
    {Fault::system_error, Draw::answer, "system-error", "answered by ESME_RSYSERR"},
    {Fault::refused, Draw::answer, "refused", "refused for good, by ESME_RINVDSTADR"},
    {Fault::response_lost, Draw::answer, "response-lost", "taken, and never answered"},
    {Fault::response_late, Draw::answer, "response-late", "taken, and answered late"},
    {Fault::cut_before, Draw::answer, "cut-before", "the connection is cut, it is not taken"},
    {Fault::cut_after, Draw::answer, "cut-after", "taken, the connection is cut for an answer"},
    {Fault::undelivered, Draw::fate, "undelivered", "never reaches the telephone"},
    {Fault::hex_ids, Draw::id, "hex-ids", "its id is hexadecimal, its receipt's decimal"},
    {Fault::hex_receipts, Draw::id, "hex-receipts", "its id is decimal, its receipt's hexadecimal"},
    {Fault::receipt_lost, Draw::receipt, "receipt-lost", "its receipt never comes"},
    {Fault::receipt_late, Draw::receipt, "receipt-late", "its receipt comes late"},
    {Fault::repeated, Draw::brought, "repeated", "what she writes is brought twice"},
    {Fault::delayed, Draw::brought, "delayed", "what she writes is brought late"},
}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// "5%", "0.25%": in millionths.
tl::expected<std::uint32_t, std::string> rate_in(std::string_view name, std::string_view text) {
  double percent = -1;
  const auto* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, percent, std::chars_format::fixed);
  const bool in_range = percent >= 0 && percent <= 100;  // false for what is no number
  if (error != std::errc{} || std::string_view(read, end) != "%" || !in_range)
    return tl::unexpected(std::string(name) + ": \"" + std::string(text) +
                          "\" is no rate; write 0% to 100%, as in " + std::string(name) + "=5%");
  return static_cast<std::uint32_t>(std::lround(percent * millionths));
}

const Known* known_as(std::string_view name) {
  const auto* const found = std::ranges::find(known, name, &Known::name);
  return found == known.end() ? nullptr : found;
}

}  // namespace

std::string_view name_of(Fault fault) {
  const auto* const found = std::ranges::find(known, fault, &Known::fault);
  return found == known.end() ? "none" : found->name;
}

std::string known_faults() {
  std::string lines;
  for (const auto& each : known) {
    std::string name(each.name);
    name.resize(15, ' ');
    lines += "  " + name + std::string(each.meaning) + "\n";
  }
  return lines;
}

tl::expected<FaultPlan, std::string> FaultPlan::read(std::string_view text, std::uint64_t seed) {
  FaultPlan plan;
  simulation::Seeded seeds(seed);
  for (auto& chance : plan.chances_) chance.seeded = simulation::Seeded(seeds.next());
  plan.late_ = simulation::Seeded(seeds.next());
  for (bool more = !trimmed(text).empty(); more;) {
    const auto comma = text.find(',');
    const auto item = trimmed(text.substr(0, comma));
    more = comma != text.npos;
    if (more) text.remove_prefix(comma + 1);

    const auto equals = item.find('=');
    const auto name = trimmed(item.substr(0, equals));
    const Known* fault = known_as(name);
    if (!fault)
      return tl::unexpected("\"" + std::string(name) + "\" is no fault; the known ones are\n" +
                            known_faults());
    const auto rate =
        rate_in(name, equals == item.npos ? item.substr(0, 0) : trimmed(item.substr(equals + 1)));
    if (!rate) return tl::unexpected(rate.error());
    auto& rates = plan.chances_[static_cast<std::size_t>(fault->draw)].rates;
    if (std::ranges::count(rates, fault->fault, &Rate::fault) != 0)
      return tl::unexpected(std::string(name) + " is named twice; leave one");
    rates.push_back({fault->fault, *rate});
    std::uint32_t sum = 0;
    for (const auto& each : rates) sum += each.per_million;
    if (sum > always)
      return tl::unexpected("with " + std::string(name) +
                            " more than 100% go wrong; one message meets one of these faults only");
  }
  return plan;
}

Fault FaultPlan::draw(Draw draw) {
  auto& chance = chances_[static_cast<std::size_t>(draw)];
  auto point = static_cast<std::uint32_t>(chance.seeded.next() % always);
  for (const auto& [fault, per_million] : chance.rates) {
    if (point < per_million) return fault;
    point -= per_million;
  }
  return Fault::none;
}

std::chrono::milliseconds FaultPlan::lateness(std::chrono::milliseconds longest) {
  return std::chrono::milliseconds{late_.between(longest.count() / 2, longest.count())};
}

}  // namespace pulih::phone
