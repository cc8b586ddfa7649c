// See report.hpp. The keys are what a script reads out of --json, so they stay as they are.
#include "daemon/operator/report.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace pulih::operators {
namespace {

using carriers::BindState;
using carriers::CarrierState;

const char* mode_name(smpp::BindMode mode) {
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

const char* state_name(BindState::How how) {
  switch (how) {
    case BindState::How::waiting:
      return "waiting";
    case BindState::How::connecting:
      return "connecting";
    case BindState::How::bound:
      return "bound";
  }
  return "";
}

Json told(const BindState& bind) {
  Json json{{"mode", mode_name(bind.mode)}, {"state", state_name(bind.how)}, {"host", bind.host}};
  if (bind.how == BindState::How::bound) json["bound_s"] = bind.bound_for.count();
  json["under_way"] = bind.under_way;
  json["window"] = bind.window;
  json["rests_ms"] = bind.rests.count();
  if (!bind.trouble.empty()) json["last_trouble"] = bind.trouble;
  return json;
}

Json told(const carriers::CarrierCounts& counts) {
  return {{"received", counts.received},     {"sent", counts.sent},
          {"answered_ok", counts.taken},     {"throttled", counts.throttled},
          {"later", counts.later},           {"refused", counts.refused},
          {"unanswered", counts.unanswered}, {"expired", counts.expired},
          {"receipts", counts.receipts},     {"undeliverable", counts.undeliverable}};
}

// ISO 8601, in UTC.
std::string written(engine::Instant moment) {
  const std::time_t time = moment.time_since_epoch().count();
  std::tm utc{};
  gmtime_r(&time, &utc);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

Json told(const CarrierState& carrier) {
  Json json{{"name", carrier.name},
            {"can_send", carrier.can_send},
            {"sent_by", carrier.sender},
            {"waiting", carrier.waiting},
            {"queue", carrier.queue},
            {"binds", Json::array()},
            {"since_start", told(carrier.counts)}};
  for (const auto& bind : carrier.binds) json["binds"].push_back(told(bind));
  return json;
}

}  // namespace

Json told(const Process& process, engine::Instant now) {
  return {{"site", process.site},
          {"version", PULIH_VERSION},
          {"since", written(process.since)},
          {"running_s", std::max<std::int64_t>((now - process.since).count(), 0)},
          {"journal_lines_dropped", process.lines_dropped}};
}

Json told(const std::vector<CarrierState>& carriers) {
  auto json = Json::array();
  for (const auto& carrier : carriers) json.push_back(told(carrier));
  return json;
}

Json told(const engine::Engine::Counts& counts) {
  return {{"turns", counts.turns},
          {"batches", counts.batches},
          {"messages_sent", counts.messages_sent},
          {"operations_staged", counts.operations_staged},
          {"store_failures", counts.store_failures}};
}

Json Report::all() const {
  auto json = Json::object();
  for (const auto& [name, section] : sections_) json[name] = section();
  return json;
}

void Report::answer_at(Control& control) const {
  control.answers("status", [this](const Json&, Asked& asked) {
    asked.tell(all());
    asked.end();
  });
  for (const auto& section : sections_)
    control.answers(section.first, [&section](const Json&, Asked& asked) {
      asked.tell({{section.first, section.second()}});
      asked.end();
    });
}

}  // namespace pulih::operators
