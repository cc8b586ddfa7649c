// How rows are named on disk. In the program a number, an id or a receipt goes by a key: a keyed
// hash of 63 bits that stays the same for the life of a site. Its row is named by that key sent
// through a permutation whose own key changes with every rotation, so that rows can be named anew
// without knowing what is in them, and who had a former key cannot tell whose they are.
#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace pulih::accounts {

// Ten rounds of a Feistel network over 31 and 32 bits, as FF1 takes turns (NIST SP 800-38G, 5.1),
// with SipHash-2-4 in each round.
class RowNames {
 public:
  // Rows are named by the keys themselves: so they are at a site whose keys were never changed.
  RowNames() = default;
  explicit RowNames(std::span<const std::uint8_t, 32> secret);
  RowNames(const RowNames&) = delete;
  RowNames& operator=(const RowNames&) = delete;
  ~RowNames();  // wipes

  // Of a key from 1 to 2^63 - 1, and such a one; 0, which stands for nobody, stays 0.
  std::uint64_t name(std::uint64_t key) const;
  std::uint64_t key(std::uint64_t name) const;
  // Tells in a file how its rows are named, and nothing more; 0: by the keys themselves.
  std::uint64_t id() const { return id_; }

 private:
  std::uint64_t forth(std::uint64_t key) const;
  std::uint64_t back(std::uint64_t name) const;
  std::uint32_t round(std::uint32_t number, std::uint32_t half) const;

  std::uint64_t id_ = 0;
  std::array<std::uint8_t, 16> secret_{};
};

}  // namespace pulih::accounts
