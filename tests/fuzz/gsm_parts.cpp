// Any octets as the user data of many messages, each with a length and a time in front: headers are
// read within them or refused, and reassembly gives every token back once and keeps to its bounds.
#include <algorithm>
#include <cstdlib>

#include "protocols/gsm/reassembly.hpp"

namespace {

using pulih::gsm::Octets;
using Held = pulih::gsm::Reassembly<>;

constexpr pulih::gsm::ReassemblyLimits limits{4, 2'000, std::chrono::seconds(60)};

void require(bool holds) {
  if (!holds) std::abort();
}

class Answers {
 public:
  void take(const std::vector<Held::Ended>& all) {
    for (const auto& ended : all) {
      require(!ended.pieces.empty());
      for (const auto& [number, piece] : ended.pieces)
        require(pulih::gsm::decode_text(piece.encoding, piece.text, [](char) {}));
      for (const std::uint64_t token : ended.tokens) {
        require(token < answered_.size() && !answered_[token]);
        answered_[token] = true;
      }
    }
  }
  std::uint64_t next_token() {
    answered_.push_back(false);
    return answered_.size() - 1;
  }
  bool all() const {
    for (const bool each : answered_)
      if (!each) return false;
    return true;
  }

 private:
  std::vector<bool> answered_;
};

pulih::gsm::Arrival arrival_of(Octets user_data) {
  pulih::gsm::Arrival arrival;
  arrival.source = "6281100000001";
  arrival.destination = "8880";
  arrival.text = user_data;
  const auto header = pulih::gsm::read_header(user_data);
  if (!header) {
    require(header.error().offset <= user_data.size());
    return arrival;
  }
  require(header->octets <= user_data.size());
  arrival.text = user_data.subspan(header->octets);
  arrival.encoding.shift = header->shift;
  if (!header->part) return arrival;
  require(header->part->possible());
  std::vector<std::uint8_t> written;
  pulih::gsm::write_header(*header->part, written);
  require(pulih::gsm::read_header(written)->part == header->part);
  arrival.part = *header->part;
  return arrival;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Held held(limits);
  Answers answers;
  std::chrono::seconds now{0};
  while (size >= 2) {
    const std::size_t length = std::min<std::size_t>(data[0], size - 2);
    now += std::chrono::seconds(data[1]);
    // Storage of exactly this size, so that a read beyond it is seen.
    const std::vector<std::uint8_t> user_data(data + 2, data + 2 + length);
    auto arrival = arrival_of(user_data);
    arrival.token = answers.next_token();
    answers.take(held.add(arrival, now));
    require(held.messages() <= limits.messages && held.octets() <= limits.octets);
    data += 2 + length;
    size -= 2 + length;
  }
  answers.take(held.expire(now + limits.lifetime));
  require(answers.all() && held.octets() == 0 && !held.deadline());
  return 0;
}
