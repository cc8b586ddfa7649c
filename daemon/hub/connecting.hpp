// How a gateway comes to the hub over a link that loses packets: attempts run side by side, a new
// one begins when those before have not come through in a while, and the first whose handshake is
// done is taken. One lost packet of a handshake costs seconds in TCP's first timeouts; two attempts
// seldom lose one each.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "protocols/smpp/stream.hpp"

namespace pulih::hub {

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

struct ConnectBudget {
  std::chrono::milliseconds all{60'000};  // for all attempts together
  std::chrono::milliseconds next{5'000};  // after so long another one begins beside them
  unsigned at_once = 4;
};

// Why not: in the words of an operator.
boost::asio::awaitable<tl::expected<smpp::Stream, std::string>> connect(
    const Address& address, smpp::TlsContext context, const smpp::TlsSettings& tls,
    const ConnectBudget& budget);

}  // namespace pulih::hub
