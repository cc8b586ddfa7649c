// One side of a connection, without a socket and without a clock: messages in, frames out, and the
// other way. The urgent lane overtakes the bulk lane between any two frames. Whatever a stranger
// sends, memory stays within the bounds, and the first fault ends the talk with a reason.
#pragma once
#include <deque>
#include <optional>

#include "daemon/hub/compression.hpp"
#include "daemon/hub/messages.hpp"

namespace pulih::hub {

inline constexpr std::uint8_t protocol_version = 1;
inline constexpr std::string_view protocol_name = "PULIHHUB";  // the first octets of a preface

class Talk {
 public:
  enum class Side : std::uint8_t { gateway, hub };
  explicit Talk(Side side);

  // ---- what goes out
  void send(Lane lane, Writer message);
  void ping();
  // Nothing but this goes out any more.
  void farewell(const Fault& why);
  // Octets of messages that wait, before compression.
  std::size_t waiting(Lane lane) const;
  bool has_output() const;
  bool has_urgent_output() const;  // not only a piece of the bulk lane
  // The next frame to write; to be asked only when it can be written, as what is urgent may come
  // meanwhile.
  std::optional<Octets> next_frame();
  bool said_farewell() const { return ended_; }

  // ---- what comes in
  // What the peer wrote. A fault is the peer's: say farewell with it.
  tl::expected<void, Fault> receive(std::span<const std::uint8_t> octets);
  struct Heard {
    Lane lane{};
    Plain message;
  };
  std::optional<Heard> next_message();
  bool greeted() const { return dictionary_in_.has_value(); }
  // The peer's last words, if it said them.
  const std::optional<Fault>& heard_farewell() const { return heard_farewell_; }

 private:
  struct Out {
    std::deque<Writer> messages;
    std::size_t octets = 0;  // of them
    std::optional<Compressor> compressor;
    Octets frames_left;  // of the message that is being sent, compressed
    std::size_t sent = 0;
    bool has_output() const { return sent < frames_left.size() || !messages.empty(); }
  };
  Octets piece_of(Lane lane);
  tl::expected<void, Fault> take(const Frame& frame);
  tl::expected<void, Fault> take_preface(std::span<const std::uint8_t> payload);
  tl::expected<void, Fault> take_piece(Lane lane, const Frame& frame);
  void control(Kind kind, std::span<const std::uint8_t> payload);
  void say_preface();

  const Side side_;
  std::deque<Octets> control_;
  std::array<Out, 2> out_;
  std::uint16_t dictionary_out_ = 0;
  std::optional<std::uint16_t> dictionary_in_;
  FrameReader reader_;
  std::array<std::optional<Expander>, 2> in_;
  std::deque<Heard> heard_;
  std::optional<Fault> heard_farewell_;
  bool greeting_said_ = false, ended_ = false;
};

}  // namespace pulih::hub
