// What a stranger may write to a hub or a gateway: any octets. Frames, lanes and messages are read
// of them; nothing may crash, and what is read as a message must be written and read again the
// same. The first octet says whose side it is, and whether the rest is a stream of frames or one
// message.
#include <sodium.h>

#include <cstdlib>

#include "daemon/hub/talk.hpp"

namespace {

using namespace pulih::hub;

template <class What>
void must_read_the_same(const Numbered<What>& read, auto reader) {
  Writer once;
  put(once, read.number, read.what);
  const auto again = reader(once.plain());
  if (!again) std::abort();
  Writer twice;
  put(twice, again->number, again->what);
  if (once.plain() != twice.plain()) std::abort();
}

void read_message(std::span<const std::uint8_t> message) {
  if (const auto request = read_request(message)) must_read_the_same(*request, read_request);
  if (const auto answer = read_answer(message)) must_read_the_same(*answer, read_answer);
}

void hear(Talk::Side side, std::span<const std::uint8_t> octets) {
  Talk talk(side);
  const auto taken = talk.receive(octets);
  while (const auto heard = talk.next_message()) read_message(heard->message);
  if (!taken) talk.farewell(taken.error());
  while (talk.next_frame()) {
  }
}

// Frames of these octets with checksums that fit, so that what lies behind them is reached: a
// preface, then pieces of the lengths that the first octets say.
void hear_framed(Talk::Side side, std::span<const std::uint8_t> octets) {
  Talk talk(side), other(side == Talk::Side::hub ? Talk::Side::gateway : Talk::Side::hub);
  if (side == Talk::Side::hub) {
    while (const auto frame = other.next_frame()) (void)talk.receive(*frame);
  } else {
    while (const auto frame = talk.next_frame()) (void)other.receive(*frame);
    while (const auto frame = other.next_frame()) (void)talk.receive(*frame);
  }
  while (octets.size() >= 2) {
    const auto length = std::min<std::size_t>(octets[0], octets.size() - 2);
    const auto kind = static_cast<Kind>(1 + octets[1] % 6);
    const auto frame = encode(kind, (octets[1] & 0x80) != 0, octets.subspan(2, length));
    octets = octets.subspan(2 + length);
    if (!talk.receive(frame)) return;
  }
  while (const auto heard = talk.next_message()) read_message(heard->message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span octets(data + 1, size - 1);
  const auto side = (data[0] & 1) != 0 ? Talk::Side::hub : Talk::Side::gateway;
  switch (data[0] >> 1 & 3) {
    case 0:
      hear(side, octets);
      break;
    case 1:
      hear_framed(side, octets);
      break;
    default:
      read_message(octets);
  }
  return 0;
}
