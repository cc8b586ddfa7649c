// What a daemon of ours does between its start and its end, whatever it serves: it tells systemd
// that it lives, and when a signal comes it says so, lets its work end, and waits for that, but not
// for longer than systemd would.
#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>

#include "daemon/operator/journal.hpp"
#include "daemon/operator/notify.hpp"

namespace pulih::operators {

struct Work {
  std::vector<Watchdog::Thread> threads;  // that have to move on
  std::function<void()> begun;            // systemd hears that it is ready
  std::function<void()> beat = [] {};     // every few seconds
  const char* ending;                     // "unbinding from the carriers"
  std::function<void()> end;              // from then on it ends by itself …
  std::function<bool()> ended;            // … and has
};

// Until a signal came and the work has ended, or somebody else stops `io`.
void serve(boost::asio::io_context& io, Journal& journal, const Work& work);

}  // namespace pulih::operators
