// See link_notices.hpp: one case for each notice, so that a new one does not compile without its
// event.
#include "daemon/operator/link_notices.hpp"

namespace pulih::operators {

void LinkNotices::noticed(const carriers::LinkNotice& notice) {
  using What = carriers::LinkNotice::What;
  const auto tell = [&](const Event& event, const std::string& message) {
    journal_.event(event, message, {{"CARRIER", notice.carrier}});
  };
  switch (notice.what) {
    case What::connecting:
      return tell(event::carrier_connecting, "connecting to " + notice.text);
    case What::tls_files:
      return tell(event::carrier_tls_files, "its certificates cannot be used: " + notice.text);
    case What::bound:
      return tell(event::carrier_bound, "bound " + notice.text);
    case What::bind_refused:
      return tell(event::carrier_bind_refused, "the carrier refuses the bind: " + notice.text);
    case What::lost:
      return tell(event::carrier_lost, "the link is lost: " + notice.text);
    case What::unbound:
      return tell(event::carrier_lost, "the link ended in order: " + notice.text);
    case What::garbage:
      return tell(event::carrier_garbage, "the carrier sent what cannot be read: " + notice.text);
    case What::message_refused:
      return tell(event::outbound_refused, "the carrier refused a message: " + notice.text);
    case What::throttled:
      return tell(event::carrier_throttles,
                  "the carrier asks to wait (" + notice.text +
                      "); this bind rests, then goes on with the same message");
    case What::message_later:
      return tell(event::outbound_later, "the carrier cannot take a message now (" + notice.text +
                                             "); it is tried again later");
    case What::stand_in:
      return tell(event::carrier_stand_in, notice.text);
    case What::message_expired:
      return journal_.event(event::outbound_expired, "an answer was not sent within its life",
                            {{"CARRIER", notice.carrier}, {"PHONE", notice.text}});
    case What::intake_full:
      return tell(event::carrier_throttled_by_us,
                  "limits.intake_queue is full; the carrier is told to try later");
  }
}

}  // namespace pulih::operators
