// Who looks on while a carrier's PDUs pass: {"ask": "trace", "carrier": NAME, "number": "62…",
// "seconds": N} is answered with a line for each of them, masked before it came here, until the
// time is over or the client has gone. Nothing is kept, and nothing is done while nobody asks.
#pragma once
#include <boost/asio/io_context.hpp>

#include "daemon/carriers/carriers.hpp"
#include "daemon/operator/control.hpp"
#include "daemon/operator/traced.hpp"

namespace pulih::operators {

inline constexpr std::chrono::seconds longest_trace = std::chrono::hours{24};

// Both outlive the control socket that it is given to.
Control::Answer answer_to_trace(boost::asio::io_context& io, carriers::Carriers& carriers);

}  // namespace pulih::operators
