// Made-up accounts for demos, tests and measurements: the same ones from the same seed, none of
// them a person. Numbers rise from 62811 0000 0000, addresses are at example.org.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "daemon/central/embedded.hpp"

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
MadeUp made_up(std::uint64_t number);

struct Seeding {
  std::uint64_t count = 0;
  std::string csv;     // empty: none
  std::string domain;  // "belajar.example", for the CSV
};
// How many were new. `progress` is told how many are done.
tl::expected<std::size_t, Unavailable> seed(EmbeddedCentral& central, const Seeding& what,
                                            const std::function<void(std::uint64_t)>& progress);

}  // namespace pulih::central
