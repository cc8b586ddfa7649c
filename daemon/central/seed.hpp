// Made-up accounts for demos, tests and measurements: the same ones from the same seed, none of
// them a person. Numbers rise from 62811 0000 0000, addresses are at example.org.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "daemon/central/account_register.hpp"

namespace pulih::central {

// The old password of every made-up account.
inline constexpr std::string_view seeded_password = "sandi-lama-contoh";

struct MadeUp {
  std::string id;                // normal form
  std::uint32_t birth_date = 0;  // yyyymmdd
  accounts::Msisdn phone;
  std::string email;
};
// The account with this number; every twentieth shares its telephone with the one before it.
MadeUp made_up(std::uint64_t seed, std::uint64_t number);

struct Seeding {
  std::uint64_t seed = 1;
  std::uint64_t count = 0;
  std::filesystem::path csv;  // msisdn,id,birthdate of each; empty: none
  std::string domain;         // that ids have in the CSV: "belajar.example"
};
// How many were new: what is there already stays as it is. `progress` is told from time to time how
// many are done.
tl::expected<std::size_t, Unavailable> seed(AccountRegister& accounts,
                                            const accounts::SiteKeys& keys, const Seeding& what,
                                            const std::function<void(std::uint64_t)>& progress);

}  // namespace pulih::central
