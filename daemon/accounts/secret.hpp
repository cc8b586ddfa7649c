// A text that must never be read by anyone but its owner: what a person typed, a code, a password,
// a rendered message. It cannot be printed, copied by accident or compared in variable time, and
// its memory is wiped before it is given back.
#pragma once
#include <sodium.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>
#include <vector>

namespace pulih::accounts {

template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) noexcept {}  // NOLINT(google-explicit-constructor)
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T))); }
  void deallocate(T* p, std::size_t n) noexcept {
    sodium_memzero(p, n * sizeof(T));
    ::operator delete(p);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

// Octets that are wiped when they go. For plain text on its way to or from a cipher.
using WipedBytes = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text) : text_(text.begin(), text.end()) {}
  Secret(Secret&&) noexcept = default;
  Secret& operator=(Secret&&) noexcept = default;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() = default;

  // The one way to the text: every use is found by its name.
  // Never a null pointer, which libsodium's functions are declared not to take.
  std::string_view reveal() const {
    return text_.empty() ? std::string_view("") : std::string_view(text_.data(), text_.size());
  }
  Secret duplicate() const { return Secret(reveal()); }
  bool empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }

  friend bool operator==(const Secret& a, const Secret& b) {
    return a.size() == b.size() && sodium_memcmp(a.text_.data(), b.text_.data(), a.size()) == 0;
  }

 private:
  std::vector<char, WipingAllocator<char>> text_;
};

}  // namespace pulih::accounts
