// TCP for a link of seconds, with losses: the options of its sockets, and how much of the bulk lane
// may be on its way at once. The second is there because a queue in the network that our own pages
// have filled is one that no urgent answer can overtake.
#pragma once
#include <chrono>
#include <cstdint>

namespace pulih::hub {

// What the system does not know or allow is left out.
void tune(int socket);

// As much as the link carries in its shortest round trip, and half as much again, as TCP has
// measured it; at first what a slow link needs.
class Room {
 public:
  bool left(int socket);

 private:
  std::uint64_t fastest_ = 0;  // octets a second, of late
};

}  // namespace pulih::hub
