// What a single value of the configuration may look like: durations, sizes, rates, addresses,
// names. Each function turns a text into a value with a unit, or into a fault that says what is
// wrong with it and shows how it is written. They know nothing of YAML.
#pragma once
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace pulih::config {

struct Fault {
  std::string what, hint;
};
template <class T>
using Parsed = tl::expected<T, Fault>;

// "host:port", "192.0.2.1:2775", "[2001:db8::1]:2775"; the brackets are not part of the host.
struct Address {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const Address&, const Address&) = default;
};

struct NumberRange {
  std::uint32_t least, most;
};
struct DurationRange {
  std::chrono::seconds least, most;
};
struct LengthRange {
  std::size_t least, most;
};

Parsed<std::uint32_t> parse_number(std::string_view text, NumberRange range);
// A whole number and one of the units s, m, h, d: "90s", "10m", "24h", "7d".
Parsed<std::chrono::seconds> parse_duration(std::string_view text, DurationRange range);
// A whole number of messages a second: "200/s".
Parsed<std::uint32_t> parse_rate(std::string_view text, NumberRange range);
// A whole number of MiB: "19MiB".
Parsed<std::uint32_t> parse_mebibytes(std::string_view text, NumberRange range);
Parsed<Address> parse_address(std::string_view text);
// Printable ASCII.
Parsed<std::string> parse_text(std::string_view text, LengthRange range);
// Lower-case letters, digits and hyphens: what names a site, a carrier or a label of a domain.
Parsed<std::string> parse_name(std::string_view text, LengthRange range);
Parsed<std::string> parse_domain(std::string_view text);
// The front of a number in international form, without '+': "62811".
Parsed<std::string> parse_prefix(std::string_view text);

// "24h", as a person would write it; for messages.
std::string written(std::chrono::seconds duration);

// The name that was probably meant, or nothing if none is near.
std::string_view nearest(std::string_view typed, std::span<const std::string_view> names);

}  // namespace pulih::config
