// Beside the store that keeps nothing: nothing of it waits on a disk, so there is nothing to count
// for an operator who asks.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <tl/expected.hpp>

namespace pulih::store {

struct WaitingRows {
  std::uint64_t outbound = 0;
  std::uint64_t operations = 0;
};
inline tl::expected<WaitingRows, std::string> count_waiting(const std::filesystem::path&) {
  return {};
}

}  // namespace pulih::store
