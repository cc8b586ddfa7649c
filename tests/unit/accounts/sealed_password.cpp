// A sealed password opens with the hub's own key, for the operation and the account that it was
// sealed for, and for nothing else; its size tells nothing.
#include "daemon/accounts/sealed_password.hpp"

#include <catch2/catch.hpp>

namespace pulih::accounts {
namespace {

OpeningKey key_of(std::uint8_t octet) {
  OpeningKey key;
  key.fill(octet);
  return key;
}
constexpr Operation operation{1, 2, 3};
constexpr std::string_view budi = "budi12@guru.sd";

}  // namespace

TEST_CASE("a sealed password opens with the key of the hub", "[accounts]") {
  const auto key = key_of(9);
  const auto sealed = seal_password(Secret("Perahu-ke-hulu-7"), operation, budi, sealing_key(key));
  const auto opened = open_password(sealed, operation, budi, key);
  REQUIRE(opened);
  CHECK(opened->reveal() == "Perahu-ke-hulu-7");
  CHECK_FALSE(open_password(sealed, operation, budi, key_of(8)));
  CHECK_FALSE(open_password(sealed, Operation{1, 2, 4}, budi, key));
  CHECK_FALSE(open_password(sealed, operation, "siti34@guru.sd", key));
  CHECK_FALSE(open_password(sealed, operation, "budi12@guru.s", key));
}

TEST_CASE("a sealed password that was altered or cut short does not open", "[accounts]") {
  const auto key = key_of(9);
  const auto sealed = seal_password(Secret("kata"), operation, budi, sealing_key(key));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto altered = sealed;
    altered[i] ^= 1;
    CHECK_FALSE(open_password(altered, operation, budi, key));
  }
  CHECK_FALSE(open_password(std::span(sealed).first(sealed.size() - 1), operation, budi, key));
  CHECK_FALSE(open_password({}, operation, budi, key));
}

TEST_CASE("all sealed passwords are of one size and no two are alike", "[accounts]") {
  const auto key = sealing_key(key_of(9));
  const auto size = seal_password(Secret(""), operation, "", key).size();
  const Secret longest(std::string(128, 'x'));
  CHECK(seal_password(longest, operation, std::string(128, 'a'), key).size() == size);
  CHECK(seal_password(longest, operation, budi, key) !=
        seal_password(longest, operation, budi, key));
}

}  // namespace pulih::accounts
