// See trace_desk.hpp. What looks on is owned by the request that asked for it, and goes with it.
#include "daemon/operator/trace_desk.hpp"

#include <boost/asio/steady_timer.hpp>

namespace pulih::operators {
namespace {

using carriers::SeenPdu;

TracedPdu traced(SeenPdu seen) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::floor<std::chrono::microseconds>(now), seen.bind + 1, seen.connection,
          seen.direction == smpp::Tap::Direction::from_peer, std::move(seen.octets)};
}

// From being asked for until its end.
class Watch : public std::enable_shared_from_this<Watch> {
 public:
  Watch(boost::asio::io_context& io, carriers::Carrier& carrier,
        std::optional<accounts::Msisdn> number, Asked& asked)
      : carrier_(carrier),
        asked_(asked),
        trace_(number, [&asked](SeenPdu seen) { asked.tell(told(traced(std::move(seen)))); }),
        timer_(io) {
    carrier_.add(trace_);
  }
  ~Watch() { carrier_.remove(trace_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void end_after(std::chrono::seconds time) {
    timer_.expires_after(time);
    timer_.async_wait([watch = weak_from_this()](const boost::system::error_code&) {
      if (const auto still = watch.lock()) still->asked_.end();
    });
  }

 private:
  carriers::Carrier& carrier_;
  Asked& asked_;
  carriers::Trace trace_;
  boost::asio::steady_timer timer_;
};

std::string names_of(const carriers::Carriers& carriers) {
  std::string names;
  for (const auto& carrier : carriers.states()) names += (names.empty() ? "" : ", ") + carrier.name;
  return names;
}

}  // namespace

Control::Answer answer_to_trace(boost::asio::io_context& io, carriers::Carriers& carriers) {
  return [&](const Json& request, Asked& asked) {
    const auto name = field<std::string>(request, "carrier");
    const auto seconds = field<std::uint64_t>(request, "seconds");
    if (!name || !seconds) return asked.refuse("a trace needs a carrier and a number of seconds");
    if (*seconds == 0 || *seconds > static_cast<std::uint64_t>(longest_trace.count()))
      return asked.refuse("a trace lasts from 1 s to 24 h");
    auto* const carrier = carriers.named(*name);
    if (!carrier)
      return asked.refuse("there is no carrier '" + *name + "'; one of " + names_of(carriers));
    std::optional<accounts::Msisdn> number;
    if (request.contains("number")) {
      number =
          accounts::Msisdn::from_normal_form(field<std::string>(request, "number").value_or(""));
      if (!number) return asked.refuse("that is no telephone number; like 6281100000000");
    }
    asked.tell({{"tracing", *name}});
    const auto watch = std::make_shared<Watch>(io, *carrier, number, asked);
    watch->end_after(std::chrono::seconds{static_cast<std::int64_t>(*seconds)});
    asked.keep(watch);
  };
}

}  // namespace pulih::operators
