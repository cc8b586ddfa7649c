// What an operator hears of a directory: that it is away, what of it cannot be used, and which
// password changes cannot be put. The text names no person, and holds no value of an entry.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

namespace pulih::central {

struct DirectoryNotice {
  enum class What : std::uint8_t {
    unavailable,    // it, or the database, did not answer a listing
    unusable,       // entries that cannot be used, and why
    not_believed,   // a full listing that lacks too much: nobody was deleted
    not_sealed,     // a change came without its text: that gateway has no sealing key
    does_not_open,  // … or sealed to another key than this hub's
    refused,        // the directory's own policy refuses a password
  } what{};
  static constexpr std::size_t kinds = 6;
  std::string text;
  std::uint64_t number = 0;  // of entries, where there is one
};
// Called by the thread that found it.
using TellOfDirectory = std::function<void(const DirectoryNotice&)>;

}  // namespace pulih::central
