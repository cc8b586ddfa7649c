// Fields as they lie on disk: numbers as LEB128, texts with their length in front, lists with a
// bound. Each function serves both directions, so that what is written can always be read; reading
// never goes outside the octets it was given and remembers that it failed.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/accounts/account.hpp"
#include "daemon/accounts/msisdn.hpp"
#include "daemon/accounts/secret.hpp"

namespace pulih::conversation::disk {

using accounts::Instant;

class Writer {
 public:
  explicit Writer(accounts::WipedBytes& out) : out_(out) {}
  static constexpr bool reading = false;

  // LEB128: most numbers here are small.
  void number(std::uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<std::uint8_t>(value));
  }
  void octets(std::span<const std::uint8_t> bytes) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  }

 private:
  accounts::WipedBytes& out_;
};

class Reader {
 public:
  // `version` is what the record says of itself: an older one has fewer fields.
  explicit Reader(std::span<const std::uint8_t> in, std::uint8_t version = 1)
      : in_(in), version_(version) {}
  static constexpr bool reading = true;
  std::uint8_t version() const { return version_; }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (in_.empty()) return fail();
      const std::uint8_t octet = in_.front();
      in_ = in_.subspan(1);
      value |= std::uint64_t{octet & 0x7Fu} << shift;
      if (octet < 0x80) return value;
    }
    return fail();
  }
  std::span<const std::uint8_t> octets(std::size_t count) {
    if (count > in_.size()) {
      fail();
      return {};
    }
    const auto taken = in_.first(count);
    in_ = in_.subspan(count);
    return taken;
  }
  std::uint64_t fail() {
    good_ = false;
    in_ = {};
    return 0;
  }
  bool whole() const { return good_ && in_.empty(); }
  bool only_zeros_left() const {
    return good_ && std::all_of(in_.begin(), in_.end(), [](auto octet) { return octet == 0; });
  }
  bool good() const { return good_; }

 private:
  std::span<const std::uint8_t> in_;
  const std::uint8_t version_;
  bool good_ = true;
};

template <class T>
concept Integer = std::is_unsigned_v<T> || std::is_same_v<T, bool>;

template <Integer T>
inline void field(auto& disk, T& value) {
  if constexpr (std::decay_t<decltype(disk)>::reading) {
    const auto read = disk.number();
    if (read > std::uint64_t{std::numeric_limits<T>::max()}) disk.fail();
    value = static_cast<T>(read);
  } else {
    disk.number(value);
  }
}

// Enumerators count from 0; `last` bounds what is accepted from disk.
template <class Enum>
void choice(auto& disk, Enum& value, Enum last) {
  auto plain = static_cast<std::underlying_type_t<Enum>>(value);
  field(disk, plain);
  if (plain > static_cast<std::underlying_type_t<Enum>>(last)) {
    if constexpr (std::decay_t<decltype(disk)>::reading) disk.fail();
    plain = 0;
  }
  value = static_cast<Enum>(plain);
}

inline void field(auto& disk, Instant& value) {
  // Zigzag, so that a clock before 1970 does not cost ten octets or lose its sign.
  const auto count = value.time_since_epoch().count();
  auto zigzag = static_cast<std::uint64_t>(count) << 1 ^ static_cast<std::uint64_t>(count >> 63);
  field(disk, zigzag);
  value = Instant(std::chrono::seconds(static_cast<std::int64_t>(zigzag >> 1) ^
                                       -static_cast<std::int64_t>(zigzag & 1)));
}

inline void field(auto& disk, std::int64_t& value) {
  auto plain = static_cast<std::uint64_t>(value);
  field(disk, plain);
  value = static_cast<std::int64_t>(plain);
}

template <std::size_t n>
inline void field(auto& disk, std::array<std::uint8_t, n>& value) {
  if constexpr (std::decay_t<decltype(disk)>::reading) {
    const auto read = disk.octets(n);
    std::copy(read.begin(), read.end(), value.begin());
  } else {
    disk.octets(value);
  }
}

inline void field(auto& disk, std::string& value) {
  std::uint64_t size = value.size();
  field(disk, size);
  if constexpr (std::decay_t<decltype(disk)>::reading) {
    const auto read = disk.octets(size);
    value.assign(read.begin(), read.end());
  } else {
    disk.octets({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
  }
}

inline void field(auto& disk, accounts::Secret& value) {
  std::uint64_t size = value.size();
  field(disk, size);
  if constexpr (std::decay_t<decltype(disk)>::reading) {
    const auto read = disk.octets(size);
    value = accounts::Secret({reinterpret_cast<const char*>(read.data()), read.size()});
  } else {
    const auto text = value.reveal();
    disk.octets({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
}

inline void field(auto& disk, accounts::Msisdn& value) {
  auto digits = value.value();
  field(disk, digits);
  value = accounts::Msisdn::from_value(digits);
}

template <class T>
void list(auto& disk, std::vector<T>& values, std::size_t most, auto each) {
  std::uint64_t count = values.size();
  field(disk, count);
  if constexpr (std::decay_t<decltype(disk)>::reading) {
    if (count > most) {
      disk.fail();
      return;
    }
    values.resize(count);
  }
  for (auto& value : values) each(value);
}

template <class Variant>
Variant alternative(std::size_t index) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    Variant made;
    (void)((index == i && (made.template emplace<i>(), true)) || ...);
    return made;
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>());
}

template <class Variant>
void which(auto& disk, Variant& value) {
  std::uint64_t index = value.index();
  field(disk, index);
  if constexpr (std::decay_t<decltype(disk)>::reading) {
    if (index >= std::variant_size_v<Variant>) disk.fail();
    value = alternative<Variant>(index);
  }
}

}  // namespace pulih::conversation::disk
