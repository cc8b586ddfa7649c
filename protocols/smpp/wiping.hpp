// Octets that may carry a code or a password: buffers that grow, move and shrink without leaving
// anything behind in freed memory.
#pragma once
#include <string.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "protocols/smpp/tlv.hpp"

namespace pulih::smpp {

inline void wipe(std::uint8_t* from, std::size_t count) {
  if (count != 0) explicit_bzero(from, count);  // null is not allowed even for nothing
}

// Room for `more` octets behind those that are there, so that appending them moves nothing.
inline void make_room(std::vector<std::uint8_t>& octets, std::size_t more) {
  if (octets.capacity() - octets.size() >= more) return;
  std::vector<std::uint8_t> larger;
  larger.reserve(std::max(2 * octets.capacity(), octets.size() + more));
  larger.assign(octets.begin(), octets.end());
  wipe(octets.data(), octets.size());
  octets.swap(larger);
}

inline void append(std::vector<std::uint8_t>& octets, Octets more) {
  make_room(octets, more.size());
  octets.insert(octets.end(), more.begin(), more.end());
}

// Takes the first `count` octets away; the rest moves to the front.
inline void drop_front(std::vector<std::uint8_t>& octets, std::size_t count) {
  const std::size_t rest = octets.size() - count;
  std::copy(octets.begin() + static_cast<std::ptrdiff_t>(count), octets.end(), octets.begin());
  wipe(octets.data() + rest, count);
  octets.resize(rest);
}

inline void wipe(std::vector<std::uint8_t>& octets) {
  wipe(octets.data(), octets.size());
  octets.clear();
}

}  // namespace pulih::smpp
