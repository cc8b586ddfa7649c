// A site with invented accounts in a folder of its own: the file, the key it is sealed under, and
// one account to do things to. Everything goes when the test ends.
#pragma once
#include <fstream>
#include <iterator>

#include "daemon/central/account_register.hpp"
#include "tests/unit/accounts/invented_key.hpp"
#include "tests/unit/accounts/temporary_folder.hpp"

namespace pulih::central {

using accounts::invented_key;

inline constexpr accounts::Instant monday{std::chrono::seconds{1'700'000'000}};

struct InventedSite {
  accounts::TemporaryFolder folder;
  std::filesystem::path file = folder / "central.db";
  accounts::SiteKeys keys{invented_key(7)};
  accounts::SystemEntropy entropy;

  static constexpr std::string_view budi = "budi12@guru.sd";
  static constexpr std::uint32_t birth_date = 19850817;
  static constexpr std::string_view first_verifier = "$argon2id$v=19$m=8,t=1,p=1$first$first";
  static accounts::Msisdn phone(std::uint64_t number) {
    return accounts::Msisdn::from_value(6281100000000 + number);
  }
  static NewAccount account(std::string_view id, accounts::Msisdn phone) {
    return {std::string(id), birth_date, phone, accounts::Secret("budi12@example.org"),
            std::string(first_verifier)};
  }

  AccountRegister open_register(IfMissing if_missing = IfMissing::create) {
    return {file, keys, entropy, if_missing};
  }
  accounts::AccountKey add(std::string_view id, accounts::Msisdn phone) {
    const std::array accounts{account(id, phone)};
    if (open_register().add(accounts) != 1u) throw std::runtime_error("not added");
    return keys.account(id);
  }
  accounts::AccountKey add_budi() { return add(budi, phone(1)); }
};

inline std::string octets_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Why `open` failed; empty if it did not.
template <class Open>
std::string refusal(Open&& open) {
  try {
    open();
  } catch (const Unavailable& error) {
    return error.why;
  }
  return "";
}

}  // namespace pulih::central
