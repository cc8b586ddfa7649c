// How much waits in the store, for an operator who asks. Counted over a connection of its own, so
// that it may be asked on any thread and the engine does not wait for it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <tl/expected.hpp>

namespace pulih::store {

// Each is counted up to here, so that asking takes no longer however much waits.
inline constexpr std::uint64_t most_counted = 100'000;

struct WaitingRows {
  std::uint64_t outbound = 0;    // messages that no carrier has taken yet
  std::uint64_t operations = 0;  // without an answer of the central database
};
// Of FOLDER/state.db; an error says what and where.
tl::expected<WaitingRows, std::string> count_waiting(const std::filesystem::path& folder);

}  // namespace pulih::store
