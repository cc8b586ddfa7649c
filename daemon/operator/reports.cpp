// See reports.hpp. A field that an older daemon does not tell is shown as nothing.
#include "daemon/operator/reports.hpp"

#include <fmt/format.h>

namespace pulih::operators {
namespace {

std::string_view name_of(smpp::BindMode mode) {
  switch (mode) {
    case smpp::BindMode::receiver:
      return "receiver";
    case smpp::BindMode::transmitter:
      return "transmitter";
    case smpp::BindMode::transceiver:
      return "transceiver";
  }
  return "";
}

std::uint64_t number(const Json& in, const char* name) { return in.value(name, std::uint64_t{0}); }
std::string text(const Json& in, const char* name) { return in.value(name, std::string()); }

// "3 d 4 h", "12 min", "8 s": the two largest units.
std::string lasting(std::uint64_t seconds) {
  const auto part = [](std::uint64_t count, const char* unit) {
    return fmt::format("{} {}", count, unit);
  };
  const auto minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
  if (days != 0) return part(days, "d") + " " + part(hours % 24, "h");
  if (hours != 0) return part(hours, "h") + " " + part(minutes % 60, "min");
  if (minutes != 0) return part(minutes, "min") + " " + part(seconds % 60, "s");
  return part(seconds, "s");
}

std::string bind_text(const Json& bind) {
  std::string line = fmt::format("  {:<12} {:<8}", text(bind, "mode"),
                                 bind.value("bound", false) ? "bound" : "down");
  line += text(bind, "host");
  if (bind.value("bound", false)) {
    line += fmt::format(" for {}, {} under way", lasting(number(bind, "bound_seconds")),
                        number(bind, "under_way"));
    if (const auto rests = number(bind, "rests_milliseconds"))
      line += fmt::format(", rests {} ms at the carrier's wish", rests);
  } else if (const auto trouble = text(bind, "trouble"); !trouble.empty()) {
    line += ": " + trouble;
  }
  return line + "\n";
}

std::string carrier_text(const Json& carrier) {
  const auto name = text(carrier, "name"), sender = text(carrier, "sender");
  auto told = fmt::format("{}: {}, {} of {} messages wait", name,
                          carrier.value("can_send", false) ? "sends" : "cannot send",
                          number(carrier, "waiting"), number(carrier, "queue"));
  if (sender != name) told += fmt::format("; {} sends for it", sender);
  told += "\n";
  for (const auto& bind : carrier.value("binds", Json::array())) told += bind_text(bind);
  const auto counts = carrier.value("counts", Json::object());
  told += "  since the start:";
  for (const auto& [what, count] : counts.items())
    if (count.is_number() && count != 0) told += fmt::format(" {} {},", what, count.dump());
  told.back() = told.back() == ',' ? '\n' : ' ';
  if (told.back() == ' ') told += "nothing\n";
  return told;
}

}  // namespace

Json json_of(const DaemonState& state) {
  return {{"site", state.site},
          {"version", state.version},
          {"up_seconds", state.up.count()},
          {"intake", state.intake},
          {"intake_most", state.intake_most},
          {"turns", state.engine.turns},
          {"batches", state.engine.batches},
          {"messages_sent", state.engine.messages_sent},
          {"operations_staged", state.engine.operations_staged},
          {"store_failures", state.engine.store_failures},
          {"journal_lines_dropped", state.lines_dropped}};
}

Json json_of(const carriers::CarrierState& state) {
  Json binds = Json::array();
  for (const auto& bind : state.binds)
    binds.push_back({{"mode", name_of(bind.mode)},
                     {"bound", bind.bound},
                     {"host", bind.host},
                     {"bound_seconds", bind.for_.count()},
                     {"under_way", bind.under_way},
                     {"rests_milliseconds", bind.rests.count()},
                     {"trouble", bind.trouble}});
  const auto& counts = state.counts;
  return {{"name", state.name},
          {"can_send", state.can_send},
          {"sender", state.sender},
          {"waiting", state.waiting},
          {"queue", state.queue},
          {"binds", std::move(binds)},
          {"counts",
           {{"received", counts.received},
            {"sent", counts.sent},
            {"taken", counts.taken},
            {"throttled", counts.throttled},
            {"later", counts.later},
            {"refused", counts.refused},
            {"unanswered", counts.unanswered},
            {"expired", counts.expired},
            {"receipts", counts.receipts},
            {"undeliverable", counts.undeliverable}}}};
}

std::string status_text(const Json& status) {
  return fmt::format(
      "{}: Pulih {}, up {}\n"
      "  {} turns in {} batches, {} messages sent, {} operations staged\n"
      "  {} of {} messages wait in the intake\n"
      "  {} failures of the store, {} lines lost for the journal\n",
      text(status, "site"), text(status, "version"), lasting(number(status, "up_seconds")),
      number(status, "turns"), number(status, "batches"), number(status, "messages_sent"),
      number(status, "operations_staged"), number(status, "intake"), number(status, "intake_most"),
      number(status, "store_failures"), number(status, "journal_lines_dropped"));
}

std::string carriers_text(const Json& carriers) {
  std::string told;
  for (const auto& carrier : carriers) told += carrier_text(carrier);
  return told;
}

}  // namespace pulih::operators
