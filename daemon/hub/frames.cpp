// See frames.hpp. Length and kind are looked at before anything is kept of a frame, so that a
// stranger makes us keep one frame at most.
#include "daemon/hub/frames.hpp"

#include <boost/crc.hpp>

namespace pulih::hub {
namespace {

constexpr std::uint8_t last_flag = 0x01;

// The polynomial of Castagnoli.
using Crc32c = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;

constexpr std::size_t checked_head = 4;  // length, kind, flags

std::uint16_t two(std::span<const std::uint8_t> from) {
  return static_cast<std::uint16_t>(from[0] << 8 | from[1]);
}

Fault garbled(std::string what) { return {Farewell::garbled, std::move(what)}; }

}  // namespace

std::uint32_t checksum(std::span<const std::uint8_t> head, std::span<const std::uint8_t> payload) {
  Crc32c crc;
  crc.process_bytes(head.data(), checked_head);
  if (!payload.empty()) crc.process_bytes(payload.data(), payload.size());
  return crc.checksum();
}

Octets encode(Kind kind, bool last, std::span<const std::uint8_t> payload) {
  const auto length = payload.size();
  Octets frame = {static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length),
                  static_cast<std::uint8_t>(kind), last ? last_flag : std::uint8_t{0}};
  const std::uint32_t sum = checksum(frame, payload);
  for (int shift = 24; shift >= 0; shift -= 8)
    frame.push_back(static_cast<std::uint8_t>(sum >> shift));
  frame.insert(frame.end(), payload.begin(), payload.end());
  return frame;
}

void FrameReader::add(std::span<const std::uint8_t> octets) {
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(read_));
  read_ = 0;
  waiting_.insert(waiting_.end(), octets.begin(), octets.end());
}

tl::expected<std::optional<Frame>, Fault> FrameReader::next() {
  const auto here = std::span<const std::uint8_t>(waiting_).subspan(read_);
  if (here.size() < frame_head) return std::nullopt;
  const std::size_t length = two(here);
  if (length > most_payload)
    return tl::unexpected(garbled("a frame of " + std::to_string(length + frame_head) +
                                  " octets; at most 8192 are allowed"));
  if (here[2] < static_cast<std::uint8_t>(Kind::preface) ||
      here[2] > static_cast<std::uint8_t>(Kind::farewell))
    return tl::unexpected(garbled("a frame of the unknown kind " + std::to_string(here[2])));
  if ((here[3] & ~last_flag) != 0)
    return tl::unexpected(garbled("a frame with unknown flags " + std::to_string(here[3])));
  if (here.size() < frame_head + length) return std::nullopt;
  const auto payload = here.subspan(frame_head, length);
  const std::uint32_t sum =
      static_cast<std::uint32_t>(two(here.subspan(4))) << 16 | two(here.subspan(6));
  if (sum != checksum(here, payload))
    return tl::unexpected(garbled("a frame whose checksum does not fit its octets"));
  read_ += frame_head + length;
  return Frame{static_cast<Kind>(here[2]), (here[3] & last_flag) != 0,
               Octets(payload.begin(), payload.end())};
}

}  // namespace pulih::hub
