// How a carrier stands at one moment, as an operator asks for it: its binds, what waits for it, and
// what has passed since the start. Values only, and nothing of any person.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "protocols/smpp/pdu.hpp"

namespace pulih::carriers {

struct BindState {
  smpp::BindMode mode{};
  bool bound = false;
  std::string host;                   // where it is bound, or is tried next
  std::chrono::seconds for_{};        // bound for so long
  std::size_t under_way = 0;          // requests without their response
  std::chrono::milliseconds rests{};  // because the carrier asked for it; 0: it may send
  std::string trouble;                // why it is not bound, or was lost the last time
};

struct CarrierCounts {
  std::uint64_t received = 0;  // messages and screens that its people sent
  std::uint64_t sent = 0;      // messages, each time that one went
  std::uint64_t taken = 0;     // answered with ESME_ROK
  std::uint64_t throttled = 0, later = 0, refused = 0, unanswered = 0, expired = 0;
  std::uint64_t receipts = 0, undeliverable = 0;
};

struct CarrierState {
  std::string name;
  bool can_send = false;
  std::string sender;       // who sends its messages: itself, or a stand-in
  std::size_t waiting = 0;  // messages in memory, those under way included
  std::size_t queue = 0;    // how many there may be
  std::vector<BindState> binds;
  CarrierCounts counts;
};

}  // namespace pulih::carriers
