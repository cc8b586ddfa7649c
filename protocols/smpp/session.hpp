// An SMPP session without a socket and without a clock: octets and times go in, octets and happenings
// come out. It keeps the bind state, the sequence numbers, the window of requests that wait for their
// response, enquire_link and the response timer. ESME and SMSC use the same code and differ in who
// binds.
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocols/smpp/codec.hpp"

namespace pulih::smpp {

// Time since some fixed moment; never goes back.
using Monotonic = std::chrono::steady_clock::time_point;

}  // namespace pulih::smpp
