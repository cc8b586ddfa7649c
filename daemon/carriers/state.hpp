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
  enum class How : std::uint8_t { waiting, connecting, bound };  // waiting: to try again

  smpp::BindMode mode{};
  How how = How::waiting;
  std::string host;  // where it is bound, or is tried next
  std::chrono::seconds bound_for{};
  std::size_t under_way = 0;          // requests without their response
  std::size_t window = 0;             // how many there may be
  std::chrono::milliseconds rests{};  // because the carrier asked for it; 0: it may send
  std::string trouble;  // why the last attempt or the last bind ended; empty: none did
};

struct CarrierCounts {
  std::uint64_t received = 0;  // messages and screens that its people sent
  std::uint64_t sent = 0;      // messages and screens, each time that one went
  std::uint64_t taken = 0;     // of them, answered with ESME_ROK
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
