// Numbers and texts as octets of a message between gateway and hub: integers as varints (LEB128:
// seven bits an octet, lowest first), texts with their length in front. What is read comes from a
// stranger: a reader that met anything wrong stays bad, and never reads past its end.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/accounts/secret.hpp"

namespace pulih::hub {

// Plain text of messages holds what must not stay in memory: it is wiped when it goes.
using Plain = accounts::WipedBytes;

// A small number for a small distance in either direction: 0, -1, 1, -2, … → 0, 1, 2, 3, …
constexpr std::uint64_t zigzag(std::uint64_t distance) {
  return (distance << 1) ^ (0 - (distance >> 63));
}
constexpr std::uint64_t unzigzag(std::uint64_t coded) { return (coded >> 1) ^ (0 - (coded & 1)); }

// A message as it is written. A cut is a place where what follows is of another kind, so that it is
// compressed with tables of its own; the reader never sees it.
class Writer {
 public:
  void octet(std::uint8_t value) { out_.push_back(value); }
  void varint(std::uint64_t value) {
    for (; value > 0x7F; value >>= 7) out_.push_back(static_cast<std::uint8_t>(value | 0x80));
    out_.push_back(static_cast<std::uint8_t>(value));
  }
  void octets(std::span<const std::uint8_t> raw) {
    out_.insert(out_.end(), raw.begin(), raw.end());
  }
  void chars(std::string_view raw) { out_.insert(out_.end(), raw.begin(), raw.end()); }
  void text(std::string_view value) {
    varint(value.size());
    chars(value);
  }
  void cut() {
    constexpr std::size_t worth_tables = 128;  // a block of zstd costs 3 octets and its tables
    if (out_.size() - (cuts_.empty() ? 0 : cuts_.back()) >= worth_tables)
      cuts_.push_back(out_.size());
  }

  const Plain& plain() const { return out_; }
  const std::vector<std::size_t>& cuts() const { return cuts_; }

 private:
  Plain out_;
  std::vector<std::size_t> cuts_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> octets) : left_(octets) {}

  bool good() const { return good_; }
  bool done() const { return good_ && left_.empty(); }
  std::size_t left() const { return left_.size(); }
  void fail() {
    good_ = false;
    left_ = {};
  }

  std::uint8_t octet() {
    const auto one = octets(1);
    return one.empty() ? std::uint8_t{0} : one.front();
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = octet();
      if (!good_) return 0;
      if (shift == 63 && next > 1) break;  // more than 64 bits
      value |= static_cast<std::uint64_t>(next & 0x7F) << shift;
      if ((next & 0x80) == 0) return value;
    }
    fail();
    return 0;
  }
  // A varint of at most `most`.
  std::uint64_t number(std::uint64_t most) {
    const std::uint64_t value = varint();
    if (value > most) fail();
    return good_ ? value : 0;
  }
  std::uint32_t version() { return static_cast<std::uint32_t>(number(UINT32_MAX)); }
  std::span<const std::uint8_t> octets(std::size_t count) {
    if (count > left_.size()) fail();
    if (!good_) return {};
    const auto taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }
  std::string_view chars(std::size_t count) {
    const auto taken = octets(count);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }
  std::string_view text(std::size_t most) { return chars(number(most)); }

 private:
  std::span<const std::uint8_t> left_;
  bool good_ = true;
};

}  // namespace pulih::hub
