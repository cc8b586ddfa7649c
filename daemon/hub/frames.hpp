// The frames of a connection between a gateway and the hub, as docs/sync.md lays them out: eight
// octets of head with a checksum, at most 8 kB in all. A reader takes octets as they come and stops
// for good at the first frame that is not as it must be.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace pulih::hub {

using Octets = std::vector<std::uint8_t>;

inline constexpr std::size_t frame_head = 8;
inline constexpr std::size_t most_frame = 8'192;
inline constexpr std::size_t most_payload = most_frame - frame_head;

enum class Kind : std::uint8_t {
  preface = 1,   // the first of each side
  urgent = 2,    // a piece of a message of the urgent lane …
  bulk = 3,      // … and of the other
  ping = 4,      // answered with …
  pong = 5,      // … this
  farewell = 6,  // the last one: why the connection ends
};

// Why a side ends the connection: the first two octets of a farewell.
enum class Farewell : std::uint16_t {
  version = 1,       // this protocol version or dictionary is not known here
  garbled = 2,       // a frame is not as it must be
  message = 3,       // a message is not as it must be
  too_large = 4,     // a message or a queue is larger than allowed
  not_enrolled = 5,  // the certificate is of no site
  revoked = 6,       // it was of one until now
  displaced = 7,     // a newer connection of the same site is there
  too_slow = 8,      // the peer reads too slowly
  stopping = 9,      // this side is being stopped
  full = 10,         // there are too many connections
};

struct Fault {
  Farewell code{};
  std::string what;
};

struct Frame {
  Kind kind{};
  bool last = false;  // the last piece of its message
  Octets payload;
};

// `payload` is at most most_payload long.
Octets encode(Kind kind, bool last, std::span<const std::uint8_t> payload);
// CRC-32C (RFC 3720, 12.1) of all octets of a frame but its own four.
std::uint32_t checksum(std::span<const std::uint8_t> head, std::span<const std::uint8_t> payload);

class FrameReader {
 public:
  void add(std::span<const std::uint8_t> octets);
  // The next frame, nothing when more octets are wanted, or what is wrong with the stream.
  tl::expected<std::optional<Frame>, Fault> next();

 private:
  Octets waiting_;
  std::size_t read_ = 0;  // of waiting_
};

}  // namespace pulih::hub
