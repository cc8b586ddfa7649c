// See sync_report.hpp: one case for each news, so that a new one does not compile without its
// event.
#include "daemon/operator/sync_report.hpp"

#include <algorithm>

namespace pulih::operators {
namespace {

using central::News;

struct Line {
  const Event& event;
  const char* text;  // what happened; why follows, where the news knows it
};

Line line_of(News::What what) {
  switch (what) {
    case News::What::unavailable:
      return {event::central_unavailable, ""};
    case News::What::refused:
      return {event::central_refuses, "the central database refuses"};
    case News::What::met:
      return {event::central_met, "the central database was met again"};
    case News::What::fenced:
      return {event::central_fenced, ""};
    case News::What::fence_raised:
      return {event::central_fence_raised, ""};
    case News::What::restored:
      return {event::central_restored, "the central database was restored or replaced"};
    case News::What::replayed:
      return {event::central_replayed, "acknowledged password changes were pushed again"};
    case News::What::replay_differs:
      return {event::central_replay_differs,
              "acknowledged password changes are no longer in force"};
    case News::What::first_copy:
      return {event::replica_first_copy, "the first copy of the accounts is whole"};
    case News::What::exchanged:
      return {event::replica_exchanged, "the copy of the accounts was made anew"};
    case News::What::damaged:
      return {event::replica_damaged, "the copy of the accounts is made anew"};
    case News::What::repaired:
      return {event::replica_repaired, ""};
    case News::What::stalled:
      return {event::watermark_stalled, ""};
  }
  return {event::central_unavailable, ""};
}

}  // namespace

void SyncReport::tell(const News& news) {
  using What = News::What;
  if ((news.what == What::unavailable || news.what == What::refused) && !once_.anew(news.text))
    return;
  const auto line = line_of(news.what);
  std::string text = line.text;
  if (!text.empty() && !news.text.empty()) text += ": ";
  text += news.text;
  if (news.number)
    journal_.event(line.event, text, {{"NUMBER", std::to_string(*news.number)}});
  else
    journal_.event(line.event, text);
}

Json told(const central::SyncFigures& figures, accounts::Instant now) {
  const auto age = [&](const std::optional<accounts::Instant>& since) -> Json {
    if (!since) return "never";
    return static_cast<std::uint64_t>(std::max<std::int64_t>((now - *since).count(), 0));
  };
  Json json{{"met", figures.met},
            {"last_contact_s", age(figures.last_contact)},
            {"copy", !figures.whole     ? "being made"
                     : figures.building ? "being made anew"
                                        : "whole"},
            {"copy_age_s", age(figures.agreed)},
            {"rows_behind", figures.rows_behind},
            {"compared_up_to_block", figures.compared_from},
            {"rows_changed", figures.rows_changed},
            {"blocks_fetched", figures.blocks_fetched},
            {"blocks_repaired", figures.blocks_repaired},
            {"operations_pushed", figures.operations_pushed}};
  if (figures.copied_percent) json["copied_percent"] = *figures.copied_percent;
  if (figures.copy_left) json["copy_left_s"] = figures.copy_left->count();
  if (figures.replaying) json["acknowledged_pushed_again"] = true;
  if (!figures.trouble.empty()) json["trouble"] = figures.trouble;
  return json;
}

}  // namespace pulih::operators
