// What gateway and hub say to each other: a request of the gateway is one call of the ports of
// daemon/central/central.hpp, an answer is what that call returned. The number of a request comes
// back with its answers; several may be under way. Account keys are the site's own and never
// travel.
#pragma once
#include <cstdint>
#include <tl/expected.hpp>
#include <variant>

#include "daemon/central/central.hpp"
#include "daemon/hub/octets.hpp"

namespace pulih::hub {

// Longer ones are refused before they are kept: a request is small, a page of rows may be long.
inline constexpr std::size_t most_request_octets = 256 << 10;
inline constexpr std::size_t most_answer_octets = 1 << 20;
inline constexpr std::size_t most_changes_at_once = 1'000;  // in one message
inline constexpr std::size_t most_pages_ahead = 16;

// The urgent lane overtakes the other between any two frames.
enum class Lane : std::uint8_t { urgent, bulk };

namespace ask {
struct Meet {
  central::Hello hello;
};
struct Apply {
  accounts::Instant now{};
  std::vector<central::PasswordChange> changes;
};
struct Open {
  central::Ticket ticket;
};
// Pages follow one another without being asked for: `pages` of them, and as many more as Further
// says, until one of them is the last.
struct Changes {
  central::Feed feed{};
  central::Cursor cursor;
  std::size_t most = 0;
  std::size_t pages = 1;
};
struct Further {  // of the Changes with this number; it has no answer of its own
  std::size_t pages = 0;
};
struct Fingerprints {
  std::uint64_t block = 0;
  std::size_t most = 0;
};
struct Rows {
  std::uint64_t block = 0;
};
struct Contacts {
  std::uint64_t cursor = 0;
  std::size_t most = 0;
};
}  // namespace ask
using Request = std::variant<ask::Meet, ask::Apply, ask::Open, ask::Changes, ask::Further,
                             ask::Fingerprints, ask::Rows, ask::Contacts>;

namespace told {
struct Opened {};
struct Verdicts {
  std::vector<central::Verdict> verdicts;
};
struct Fingerprints {
  std::vector<central::Fingerprint> blocks;
};
struct Rows {
  std::vector<central::Row> rows;
};
struct Contacts {
  std::vector<central::ContactChange> changes;
};
}  // namespace told
using Answer = std::variant<central::Welcome, told::Verdicts, told::Opened, central::Page,
                            told::Fingerprints, told::Rows, told::Contacts, central::Unavailable>;

template <class What>
struct Numbered {
  std::uint64_t number = 0;  // of the request, rising on a connection
  What what;
};

// What answers a request goes on the lane of its request.
Lane lane_of(const Request& request);

void put(Writer& out, std::uint64_t number, const Request& request);
void put(Writer& out, std::uint64_t number, const Answer& answer);

// Nothing: the message is not as it must be.
std::optional<Numbered<Request>> read_request(std::span<const std::uint8_t> message);
std::optional<Numbered<Answer>> read_answer(std::span<const std::uint8_t> message);

}  // namespace pulih::hub
