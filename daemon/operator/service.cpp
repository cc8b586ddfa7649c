// See service.hpp. A thread that stands still is told in the journal, and the watchdog is no
// longer: systemd then starts the daemon anew.
#include "daemon/operator/service.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/operator/events.hpp"

namespace pulih::operators {
namespace {

using std::chrono::steady_clock;
constexpr auto patience = std::chrono::seconds{10};
constexpr auto between_looks = std::chrono::milliseconds{20};
constexpr auto between_beats = std::chrono::seconds{5};  // where the unit has no watchdog

}  // namespace

void serve(boost::asio::io_context& io, Journal& journal, const Work& work) {
  Watchdog watchdog(work.threads);
  boost::asio::steady_timer beat(io), look(io);
  std::function<void()> keep_beating = [&] {
    if (const auto stuck = watchdog.beat(steady_clock::now()))
      journal.event(event::thread_stuck, "the " + *stuck + " thread stands still",
                    {{"THREAD", *stuck}});
    work.beat();
    beat.expires_after(Watchdog::interval().value_or(between_beats));
    beat.async_wait([&](const boost::system::error_code& error) {
      if (!error) keep_beating();
    });
  };
  keep_beating();

  steady_clock::time_point give_up;
  std::function<void()> stop_when_ended = [&] {
    if (work.ended() || steady_clock::now() > give_up) return io.stop();
    look.expires_after(between_looks);
    look.async_wait([&](const boost::system::error_code&) { stop_when_ended(); });
  };
  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    Notify().stopping(work.ending);
    journal.event(event::stopping, work.ending);
    give_up = steady_clock::now() + patience;
    work.end();
    stop_when_ended();
  });
  work.begun();
  io.run();
}

}  // namespace pulih::operators
