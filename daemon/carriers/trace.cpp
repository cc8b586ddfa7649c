// See trace.hpp. A response has no number in it: it concerns whom its request concerned.
#include "daemon/carriers/trace.hpp"

#include <algorithm>

#include "protocols/gsm/msisdn.hpp"
#include "protocols/smpp/masked.hpp"
#include "protocols/smpp/responses.hpp"

namespace pulih::carriers {
namespace {

using Direction = smpp::Tap::Direction;

constexpr std::size_t most_requests = 1'000;

bool is_of(const smpp::Address& address, accounts::Msisdn number) {
  const auto digits = gsm::normal_form(address.digits, address.ton);
  return digits && accounts::Msisdn::from_normal_form(*digits) == number;
}

bool is_of(const smpp::Body& body, accounts::Msisdn number) {
  return std::visit(
      [&](const auto& pdu) {
        if constexpr (requires { pdu.source, pdu.destination; })
          return is_of(pdu.source, number) || is_of(pdu.destination, number);
        else if constexpr (requires { pdu.source; })
          return is_of(pdu.source, number);
        else
          return false;
      },
      body);
}

}  // namespace

void Trace::seen(std::size_t bind, std::uint64_t connection, Direction direction,
                 smpp::Octets pdu) {
  if (number_) {
    const auto decoded = smpp::decode(pdu);
    if (!decoded || !concerns_number(*decoded, {bind, connection, direction, decoded->sequence}))
      return;
  }
  show_({bind, connection, direction, smpp::masked(pdu)});
}

bool Trace::concerns_number(const smpp::Pdu& pdu, const Request& place) {
  if (smpp::is_response(smpp::command_id(pdu.body))) {
    Request request = place;
    request.direction =
        place.direction == Direction::from_peer ? Direction::to_peer : Direction::from_peer;
    return std::erase(shown_, request) != 0;
  }
  if (!is_of(pdu.body, *number_)) return false;
  if (shown_.size() == most_requests) shown_.pop_front();
  shown_.push_back(place);
  return true;
}

}  // namespace pulih::carriers
