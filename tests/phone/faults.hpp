// What goes wrong at a simulated carrier, as data: how often each fault befalls a message, and the
// seed that it is drawn from. Each kind of draw has a chance of its own, so that the third message
// meets the same fate for one seed whatever the receipts between them did.
//
//   auto plan = FaultPlan::read("throttled=5%,cut-after=1%,receipt-lost=20%", 7);
//   if (plan->draw(Draw::answer) == Fault::throttled) …
#pragma once
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "tests/simulation/seeded.hpp"

namespace pulih::phone {

enum class Fault : std::uint8_t {
  none,
  throttled,
  queue_full,
  system_error,
  refused,
  response_lost,
  response_late,
  cut_before,
  cut_after,
  undelivered,
  hex_ids,
  hex_receipts,
  receipt_lost,
  receipt_late,
  repeated,
  delayed,
};

// What is drawn for, once each: at most one fault of its kind comes of it.
enum class Draw : std::uint8_t {
  answer,   // a message or screen of the gateway comes
  fate,     // an SMS of it was taken: does it reach the telephone?
  id,       // how its id is written, in the response and in the receipt
  receipt,  // a receipt is due
  brought,  // a telephone has written or dialled
};

class FaultPlan {
 public:
  FaultPlan() = default;  // nothing goes wrong

  // "NAME=RATE%, …", none named twice, those of one draw no more than 100% together; or what is
  // wrong with it.
  static tl::expected<FaultPlan, std::string> read(std::string_view text, std::uint64_t seed);

  Fault draw(Draw draw);
  // How late what is late comes: at most `longest`, and at least half of it.
  std::chrono::milliseconds lateness(std::chrono::milliseconds longest);

 private:
  struct Rate {
    Fault fault{};
    std::uint32_t per_million = 0;
  };
  struct Chance {
    simulation::Seeded seeded{0};
    std::vector<Rate> rates;
  };
  static constexpr std::size_t draws = 5;
  std::array<Chance, draws> chances_;
  simulation::Seeded late_{0};
};

std::string_view name_of(Fault fault);
// All names with what they mean, a line each.
std::string known_faults();

}  // namespace pulih::phone
