// One PDU of a trace on its way to the operator: as the daemon tells it and as pulihctl hears it.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/operator/json.hpp"

namespace pulih::operators {

struct TracedPdu {
  std::chrono::microseconds at{};  // since 1970, by the daemon's wall clock
  std::uint64_t bind = 0;          // of the carrier's, from 1
  std::uint64_t connection = 0;    // of that bind, from 1
  bool from_carrier = false;
  std::vector<std::uint8_t> octets;  // masked
};

Json told(const TracedPdu& pdu);
// Nothing: it is no such line.
std::optional<TracedPdu> traced_pdu(const Json& line);

}  // namespace pulih::operators
