// What passes over the binds of one carrier, for an operator who looks on: every PDU or those of
// one number, with the responses to them, masked before anybody sees them. It keeps nothing but
// which requests it has shown, and of those no more than a bound.
#pragma once
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "daemon/accounts/msisdn.hpp"
#include "protocols/smpp/session.hpp"

namespace pulih::carriers {

struct SeenPdu {
  std::size_t bind = 0;          // of the carrier's, from 0
  std::uint64_t connection = 0;  // of that bind, from 1
  smpp::Tap::Direction direction{};
  std::vector<std::uint8_t> octets;  // masked
};

class Trace {
 public:
  // Without a number: all PDUs.
  Trace(std::optional<accounts::Msisdn> number, std::function<void(SeenPdu)> show)
      : number_(number), show_(std::move(show)) {}

  void seen(std::size_t bind, std::uint64_t connection, smpp::Tap::Direction direction,
            smpp::Octets pdu);

 private:
  struct Request {
    std::size_t bind = 0;
    std::uint64_t connection = 0;
    smpp::Tap::Direction direction{};
    std::uint32_t sequence = 0;
    friend bool operator==(const Request&, const Request&) = default;
  };
  bool concerns_number(const smpp::Pdu& pdu, const Request& place);

  const std::optional<accounts::Msisdn> number_;
  const std::function<void(SeenPdu)> show_;
  std::deque<Request> shown_;  // requests of the number, without their responses yet
};

}  // namespace pulih::carriers
