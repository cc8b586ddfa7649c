// Single values of the configuration: what each kind accepts, what it refuses, and what it proposes
// for a misspelt key.
#include <catch2/catch.hpp>

#include "config/values.hpp"

using namespace pulih::config;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("a duration is a whole number and one unit", "[settings]") {
  const DurationRange any{seconds{0}, hours{24 * 400}};
  CHECK(parse_duration("0s", any) == seconds{0});
  CHECK(parse_duration("90s", any) == seconds{90});
  CHECK(parse_duration("10m", any) == minutes{10});
  CHECK(parse_duration("24h", any) == hours{24});
  CHECK(parse_duration("7d", any) == hours{7 * 24});
  for (const auto* text : {"", "10", "m", "-1s", "+1s", "1.5h", "1h30m", " 1s", "1 s", "1w", "1H",
                           "99999999999s", "4294967295d", "0x10s"})
    CHECK_FALSE(parse_duration(text, any));
  CHECK(parse_duration("2h", {seconds{1}, hours{1}}).error().hint == "from 1s to 1h");
}

TEST_CASE("a duration is written with the largest unit that fits", "[settings]") {
  CHECK(written(seconds{0}) == "0s");
  CHECK(written(seconds{61}) == "61s");
  CHECK(written(minutes{90}) == "90m");
  CHECK(written(hours{72}) == "3d");
}

TEST_CASE("rates and sizes name their unit", "[settings]") {
  CHECK(parse_rate("200/s", {1, 1000}) == 200U);
  for (const auto* text : {"200", "/s", "0/s", "1001/s", "200/m", "-1/s", "200 /s"})
    CHECK_FALSE(parse_rate(text, {1, 1000}));
  CHECK(parse_mebibytes("19MiB", {7, 1024}) == 19U);
  for (const auto* text : {"19", "19MB", "6MiB", "MiB"})
    CHECK_FALSE(parse_mebibytes(text, {7, 1024}));
}

TEST_CASE("an address has a host and a port", "[settings]") {
  CHECK(parse_address("smsc.example.org:2775") == Address{"smsc.example.org", 2775});
  CHECK(parse_address("127.0.0.1:1") == Address{"127.0.0.1", 1});
  CHECK(parse_address("[2001:db8::1]:2775") == Address{"2001:db8::1", 2775});
  CHECK(parse_address("[fe80::1%eth0]:65535") == Address{"fe80::1%eth0", 65535});
  for (const auto* text : {"", ":", "host", "host:", ":2775", "host:0", "host:65536", "host:2775x",
                           "2001:db8::1:2775", "[::1]", "[]:1", "[host]:1", "a b:1", "host/x:1"})
    CHECK_FALSE(parse_address(text));
}

TEST_CASE("prefixes are the front of an international number", "[settings]") {
  CHECK(parse_prefix("62811") == "62811");
  for (const auto* text : {"", "0811", "+62811", "62 811", "6281100000000000"})
    CHECK_FALSE(parse_prefix(text));
}

TEST_CASE("domains have at least two labels", "[settings]") {
  CHECK(parse_domain("belajar.example") == "belajar.example");
  CHECK(parse_domain("a.b-c.example") == "a.b-c.example");
  for (const auto* text :
       {"", "example", ".example", "belajar.", "a..b", "Belajar.example", "@belajar.example"})
    CHECK_FALSE(parse_domain(text));
}

TEST_CASE("a misspelt key is answered with the one that was meant", "[settings]") {
  const std::string_view names[] = {"window", "rate", "short_code", "system_id", "system_type"};
  CHECK(nearest("windw", names) == "window");
  CHECK(nearest("shortcode", names) == "short_code");
  CHECK(nearest("system-id", names) == "system_id");
  CHECK(nearest("rat", names) == "rate");
  CHECK(nearest("win", names) == "window");
  CHECK(nearest("tls", names).empty());
  CHECK(nearest(std::string(5000, 'x'), names).empty());
}
