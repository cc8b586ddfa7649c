// Parts of long messages on their way in, until all are here: in any order, repeated, or mixed with
// those of others. No clock and no I/O: the caller tells the time and answers each part by its
// token. Every token given comes back once, with the end of its message, so that a part is answered
// only when its whole message is safe, or was given up. What is held is bounded by messages, octets
// and age.
#pragma once
#include <algorithm>
#include <chrono>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "protocols/gsm/coding.hpp"
#include "protocols/gsm/header.hpp"

namespace pulih::gsm {

struct ReassemblyLimits {
  std::size_t messages = 1'000;
  std::size_t octets = 1'000'000;      // each part and each repetition costs part_overhead besides
  std::chrono::seconds lifetime{600};  // of a message since its first part came
};

struct Arrival {
  std::string_view source, destination;
  Part part;
  Encoding encoding;
  Octets text;              // behind the header
  std::uint64_t token = 0;  // the caller's name for this part
};

enum class End : std::uint8_t {
  complete,
  expired,      // a part never came
  crowded_out,  // a bound was reached, and this message was the oldest, or too long by itself
  superseded    // another text came under the same reference and number: a message that is newer
};

// `Bytes` holds what a person wrote: a vector of octets, whose allocator wipes where that is asked.
template <class Bytes = std::vector<std::uint8_t>>
class Reassembly {
 public:
  struct Piece {
    Encoding encoding;
    Bytes text;
  };
  struct Ended {
    End end = End::complete;
    std::string source, destination;
    std::map<std::uint8_t, Piece> pieces;  // by number, 1 …; all of them if complete
    std::vector<std::uint64_t> tokens;     // in the order of arrival
  };

  static constexpr std::size_t part_overhead = 64;

  explicit Reassembly(const ReassemblyLimits& limits) : limits_(limits) {}
  Reassembly(const Reassembly&) = delete;  // its index points into its list
  Reassembly& operator=(const Reassembly&) = delete;

  // Takes a part, and returns the messages that ended with it: at most one complete, and those that
  // made room or ran out of time. `now` counts from any beginning and never goes back.
  std::vector<Ended> add(const Arrival& arrival, std::chrono::seconds now);
  // The messages that have run out of time.
  std::vector<Ended> expire(std::chrono::seconds now);
  // When expire() next has something to do.
  std::optional<std::chrono::seconds> deadline() const {
    if (waiting_.empty()) return std::nullopt;
    return waiting_.front().began + limits_.lifetime;
  }

  std::size_t messages() const { return waiting_.size(); }
  std::size_t octets() const { return octets_; }

 private:
  using Key = std::tuple<std::string, std::string, ReferenceKind, std::uint16_t, std::uint8_t>;
  struct Waiting {
    Key key;
    std::uint8_t total = 1;
    std::chrono::seconds began{};
    std::size_t octets = 0;
    Ended message;
  };
  using Place = typename std::list<Waiting>::iterator;

  static Key key_of(const Arrival& arrival, const Part& part) {
    return {std::string(arrival.source), std::string(arrival.destination), part.kind,
            part.reference, part.total};
  }
  Ended take(Place place, End end);
  Place begin_message(const Arrival& arrival, const Part& part, std::chrono::seconds now);
  void make_room(std::vector<Ended>& ended);

  ReassemblyLimits limits_;
  std::list<Waiting> waiting_;  // the oldest first
  std::map<Key, Place> places_;
  std::size_t octets_ = 0;
};

template <class Bytes>
auto Reassembly<Bytes>::add(const Arrival& arrival, std::chrono::seconds now)
    -> std::vector<Ended> {
  auto ended = expire(now);
  const Part part = arrival.part.possible() ? arrival.part : Part{};
  const bool alone = part.total == 1;
  auto found = alone ? places_.end() : places_.find(key_of(arrival, part));
  if (found != places_.end()) {
    const auto& pieces = found->second->message.pieces;
    const auto same = pieces.find(part.number);
    if (same != pieces.end() && !std::ranges::equal(same->second.text, arrival.text)) {
      ended.push_back(take(found->second, End::superseded));
      found = places_.end();
    }
  }
  const Place place = found == places_.end() ? begin_message(arrival, part, now) : found->second;
  const bool is_new =
      place->message.pieces
          .try_emplace(part.number,
                       Piece{arrival.encoding, Bytes(arrival.text.begin(), arrival.text.end())})
          .second;
  place->message.tokens.push_back(arrival.token);
  const std::size_t cost = part_overhead + (is_new ? arrival.text.size() : 0);
  place->octets += cost;
  octets_ += cost;
  if (place->message.pieces.size() == place->total) ended.push_back(take(place, End::complete));
  make_room(ended);
  return ended;
}

template <class Bytes>
auto Reassembly<Bytes>::expire(std::chrono::seconds now) -> std::vector<Ended> {
  std::vector<Ended> ended;
  while (!waiting_.empty() && now - waiting_.front().began >= limits_.lifetime)
    ended.push_back(take(waiting_.begin(), End::expired));
  return ended;
}

template <class Bytes>
auto Reassembly<Bytes>::take(Place place, End end) -> Ended {
  Ended ended = std::move(place->message);
  ended.end = end;
  octets_ -= place->octets;
  places_.erase(place->key);
  waiting_.erase(place);
  return ended;
}

template <class Bytes>
auto Reassembly<Bytes>::begin_message(const Arrival& arrival, const Part& part,
                                      std::chrono::seconds now) -> Place {
  Waiting waiting;
  waiting.key = key_of(arrival, part);
  waiting.total = part.total;
  waiting.began = now;
  waiting.message.source = arrival.source;
  waiting.message.destination = arrival.destination;
  const Place place = waiting_.insert(waiting_.end(), std::move(waiting));
  places_.insert_or_assign(place->key, place);
  return place;
}

// The oldest go first: most likely a part of theirs is lost, and none of theirs was answered yet,
// so that the carrier can be asked to try again later.
template <class Bytes>
void Reassembly<Bytes>::make_room(std::vector<Ended>& ended) {
  while (waiting_.size() > limits_.messages || octets_ > limits_.octets)
    ended.push_back(take(waiting_.begin(), End::crowded_out));
}

}  // namespace pulih::gsm
