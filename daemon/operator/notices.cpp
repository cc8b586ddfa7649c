// See notices.hpp: one case for each notice, so that a new one does not compile without its event.
#include "daemon/operator/notices.hpp"

namespace pulih::operators {

// A message may have waited for a carrier that is configured no more.
std::string_view Notices::carrier_of(const engine::Notice& notice) const {
  const auto found = carriers_.find(notice.carrier);
  return found == carriers_.end() ? "(not configured)" : std::string_view(found->second);
}

void Notices::noticed(const engine::Notice& notice) {
  using What = engine::Notice::What;
  const auto tell = [&](const Event& event, std::string_view message) {
    journal_.event(event, message);
  };
  const auto of_phone = [&](const Event& event, std::string_view message) {
    journal_.event(event, message, {{"PHONE", notice.text}});
  };
  const auto of_message = [&](const Event& event, std::string_view message) {
    journal_.event(event, message, {{"CARRIER", carrier_of(notice)}, {"PHONE", notice.text}});
  };
  switch (notice.what) {
    case What::store_failed:
      return tell(event::store_failed, notice.text);
    case What::record_damaged:
      return journal_.event(event::record_damaged,
                            "a record does not open under the site key; it is taken as absent",
                            {{"RECORD", notice.text}});
    case What::work_queue_full:
      return tell(event::hashing_queue_full,
                  "too many passwords wait to be hashed; carriers are told to try later");
    case What::account_paused:
      return of_phone(event::account_paused, "resets of an account rest after wrong answers");
    case What::held_by_owner:
      return of_phone(event::owner_report,
                      "an owner reported BUKAN: somebody else tried her account; resets are held");
    case What::password_applied:
      return of_phone(event::password_applied, "a new password is in force");
    case What::password_not_applied:
      return of_phone(event::password_not_applied,
                      "the central database did not take a new password");
    case What::operation_given_up:
      return tell(event::operation_given_up,
                  "a change for the central database was given up after limits.push_retry");
    case What::operations_old:
      return journal_.event(
          event::operations_old,
          "changes wait long for the central database, the oldest for " + notice.text + " minutes",
          {{"MINUTES", notice.text}});
    case What::operations_full:
      return journal_.event(event::operations_full,
                            "too many changes wait for the central database; carriers are told to "
                            "try later with new passwords",
                            {{"NUMBER", notice.text}});
    case What::message_expired:
      return of_message(event::outbound_expired, "an answer was not sent within its life");
    case What::code_undelivered:
      return of_message(event::outbound_undeliverable, "a code did not reach its telephone");
    case What::central_away:
      return tell(event::central_unavailable,
                  "the central database cannot be reached; changes are kept and tried again");
    case What::central_back:
      return tell(event::central_back, "the central database can be reached again");
  }
}

}  // namespace pulih::operators
