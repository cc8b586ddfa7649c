// Entropy that a test can foresee: it hands out the given octets and then counts on. What it handed
// out is the same on every machine.
#pragma once
#include <vector>

#include "daemon/accounts/entropy.hpp"

namespace pulih::accounts {

class CountingEntropy final : public Entropy {
 public:
  explicit CountingEntropy(std::vector<std::uint8_t> first = {}) : first_(std::move(first)) {}

  void fill(std::span<std::uint8_t> out) override {
    for (auto& octet : out) {
      octet = given_ < first_.size() ? first_[given_] : static_cast<std::uint8_t>(given_ * 167u);
      ++given_;
    }
  }
  std::size_t given() const { return given_; }

 private:
  std::vector<std::uint8_t> first_;
  std::size_t given_ = 0;
};

}  // namespace pulih::accounts
