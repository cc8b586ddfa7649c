// A small file that holds a secret: its owner alone may read it, and it is written as a whole or
// not at all, so that a power cut leaves the old one or the new one. The errors say what is wrong
// with it, not its name, and never what it holds.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "daemon/accounts/secret.hpp"

namespace pulih::accounts {

struct FileFault {
  std::string what;
  std::string hint;  // what to type
  enum class Kind : std::uint8_t { other, missing, exists, too_long } kind = Kind::other;
};

// At most `most` octets of it. A file that others may read is refused.
tl::expected<WipedBytes, FileFault> read_private(const std::filesystem::path&, std::size_t most);

enum class IfThere : std::uint8_t { refuse, replace };
// Made by root in the daemon's folder, it is the daemon's. On disk when this returns.
tl::expected<void, FileFault> write_private(const std::filesystem::path&,
                                            std::span<const std::uint8_t> octets, IfThere);

// A file that root has just made in the daemon's folder (O_EXCL) becomes the daemon's. One that was
// there before must not be given: its name may be a link to any file of the machine. False: it
// cannot be given.
bool give_to_owner_of_folder(int descriptor, const std::filesystem::path& made);

}  // namespace pulih::accounts
