// MO messages of several parts, until all are here. Nothing that a person typed is stored before
// its turn is durable, and nothing is acknowledged before either: so parts wait in memory without a
// response, the whole message goes to the engine under one of them, and all are answered as it is.
#pragma once
#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

#include "daemon/carriers/mo.hpp"
#include "daemon/engine/ports.hpp"
#include "protocols/gsm/reassembly.hpp"

namespace pulih::carriers {

class MoParts {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  MoParts(const gsm::ReassemblyLimits& limits, const accounts::SiteKeys& keys)
      : waiting_(limits), keys_(keys) {}

  // What follows from a part, or from time that has passed.
  struct Outcome {
    std::vector<engine::Inbound> messages;  // for the engine; each under the ack of one part
    std::vector<engine::Ack> known;         // repetitions of what was answered: accepted
    std::vector<engine::Ack> refused;       // there is no room: to be brought again later
  };
  Outcome add(const MoPart& part, const engine::Ack& ack, Moment now);
  // Those that have waited too long go to the engine as what came of them (Inbound::multipart).
  Outcome expire(Moment now);
  // When expire() next has something to do.
  std::optional<Moment> deadline() const;

  // The engine answered the message under this ack: the acks of its other parts, to be answered
  // alike.
  std::vector<engine::Ack> answered(const engine::Ack& ack, engine::Answer how);

 private:
  using Reassembly = gsm::Reassembly<accounts::WipedBytes>;
  using AckKey = std::pair<std::uint64_t, std::uint32_t>;  // link and sequence
  struct Token {
    engine::Ack ack;
    engine::CarrierKey carrier = 0;
    accounts::Msisdn from;
    gsm::Part part;
    std::uint64_t carrier_id = 0, text_tag = 0;
  };
  // A message that has gone to the engine, so that its stragglers and repetitions are known.
  struct Gone {
    accounts::Msisdn from;
    gsm::Part part;
    std::map<std::uint8_t, std::uint64_t> tags;  // by number, of the parts that came
    AckKey main;
    Moment at{};
  };

  Outcome sorted(std::vector<Reassembly::Ended> ended, Moment now);
  void hand_over(Reassembly::Ended& ended, std::vector<Token>& tokens, Moment now, Outcome& out);
  bool known(const Token& token, Outcome& out, Moment now);

  Reassembly waiting_;
  const accounts::SiteKeys& keys_;
  std::uint64_t last_token_ = 0;
  std::unordered_map<std::uint64_t, Token> tokens_;         // of the parts in waiting_
  std::map<AckKey, std::vector<engine::Ack>> with_engine_;  // the other parts of each message
  std::deque<Gone> gone_;                                   // oldest first
};

}  // namespace pulih::carriers
