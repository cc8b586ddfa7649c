// See carrier.hpp: USSD, from what a telephone types to the screen that answers it. A screen that
// cannot go in time is dropped: she dials again and goes on where she stood. Until then it is tried
// as the carrier's answer says, but never for as long as a message is.
#include "daemon/carriers/carrier.hpp"
#include "protocols/smpp/status.hpp"

namespace pulih::carriers {

using engine::Answer;
using std::chrono::steady_clock;

void Carrier::take_ussd(const smpp::Body& body, const engine::Ack& ack) {
  auto outcome = ussd_->hear(body, steady_clock::now());
  if (outcome.message) {
    outcome.message->carrier = profile_.key;
    outcome.message->ack = ack;
    return arrived_.push_back(std::move(*outcome.message));
  }
  if (!outcome.trouble.empty())
    around_.watcher.noticed({LinkNotice::What::garbage, profile_.name, "USSD: " + outcome.trouble});
  respond(ack, Answer::accepted);
  put_on_screen(std::move(outcome.page));
}

void Carrier::show(const engine::NextScreen& screen) {
  if (ussd_) put_on_screen(ussd_->show(screen, steady_clock::now()));
}

// One that waited for a bind would come when she is busy with something else.
void Carrier::call_back(const engine::CallBack& call) {
  if (ussd_ && can_send_)
    put_on_screen(ussd_->call_back(call, profile_.ussd->push, steady_clock::now()));
}

void Carrier::put_on_screen(std::optional<UssdDesk::Next> next) {
  if (!next) return;
  screens_.add(std::move(*next), steady_clock::now());
  pump();
}

// Screens go before messages: a network ends a session that waits.
bool Carrier::pump_screens(Pace::Moment now) {
  std::optional<Pace::Pause> wait;
  screens_.wake(now);
  if (const auto due = screens_.due()) pump_after(*due - now);
  while (const auto* const next = screens_.next()) {
    if (screens_.late(now)) {
      ussd_->forget(next->session);
      screens_.drop();
      continue;
    }
    Way* const way = ready_way(now, wait);
    if (!way) {
      if (wait) pump_after(*wait);
      return false;
    }
    const std::string to = next->to.digits();
    const ussd::Screen::Ends ends{{profile_.source.ton, profile_.source.npi, profile_.ussd->code},
                                  {profile_.destination.ton, profile_.destination.npi, to}};
    auto& session = way->bind->link()->session();
    if (session.submit(next->screen.body(ends), a_screen | next->session, now)) {
      ++counts_.sent;
      way->pace.spend();
      screens_.sent();
    } else {
      ussd_->forget(next->session);
      screens_.drop();
    }
  }
  return true;
}

void Carrier::screen_refused(const smpp::Answered& answer) {
  const auto session = answer.correlation & ~a_screen;
  const auto now = steady_clock::now();
  switch (fate_of(answer.status, profile_.fates)) {
    case Fate::slow_down:
    case Fate::rebind:
      if (screens_.again(session, now)) return;
      break;
    case Fate::later:
      if (screens_.later(session, now)) return;
      break;
    case Fate::give_up:
      break;
  }
  screens_.done(session);
  ussd_->forget(session);
}

}  // namespace pulih::carriers
