// A telephone number in international form without '+', as SMPP carries it with TON 1 (E.164: at
// most 15 digits). It prints masked; the digits are asked for by name.
#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pulih::accounts {

class Msisdn {
 public:
  Msisdn() = default;
  // `normal_form` is 1–15 digits without a leading zero; anything else is no number.
  static std::optional<Msisdn> from_normal_form(std::string_view normal_form);

  std::string digits() const;      // "6281100001234"
  std::string last_three() const;  // "234"
  std::string masked() const;      // "62811…234", for journals
  std::uint64_t value() const { return digits_; }
  // Of fifteen digits (E.164, 6.2.1).
  static constexpr std::uint64_t highest_value = 999'999'999'999'999;
  static Msisdn from_value(std::uint64_t v) {
    Msisdn m;
    m.digits_ = v;
    return m;
  }
  bool empty() const { return digits_ == 0; }
  friend auto operator<=>(const Msisdn&, const Msisdn&) = default;

 private:
  std::uint64_t digits_ = 0;
};

}  // namespace pulih::accounts
