// The fingerprint of a block of accounts as both sides compute it: numbers and row versions, rising
// by number. Two blocks of the same fingerprint hold the same rows of the same versions.
#pragma once
#include <algorithm>
#include <charconv>

#include "daemon/accounts/sha256.hpp"
#include "daemon/central/central.hpp"

namespace pulih::central {

inline std::uint64_t block_of(std::uint64_t number) { return number / block_numbers; }

class BlockHash {
 public:
  explicit BlockHash(std::uint64_t block) { made_.block = block; }
  void add(std::uint64_t number, std::uint64_t row_version) {
    char line[48];  // two numbers of at most 20 digits
    char* end = std::to_chars(line, line + 20, number).ptr;
    *end++ = ':';
    end = std::to_chars(end, end + 20, row_version).ptr;
    *end++ = '\n';
    hash_.add({line, static_cast<std::size_t>(end - line)});
    ++made_.rows;
  }
  // Once, at the end.
  Fingerprint fingerprint() {
    const auto digest = hash_.digest();
    std::copy_n(digest.begin(), made_.hash.size(), made_.hash.begin());
    return made_;
  }

 private:
  accounts::Sha256 hash_;
  Fingerprint made_;
};

inline bool same(const Fingerprint& a, const Fingerprint& b) {
  return a.block == b.block && a.rows == b.rows && a.hash == b.hash;
}

}  // namespace pulih::central
