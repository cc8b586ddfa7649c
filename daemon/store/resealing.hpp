// Sealing a whole database under another data key, a few rows at a time, while another process
// writes to it: each few rows are one short transaction, and nothing but the sealing of a row is
// changed.
#pragma once
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "daemon/accounts/kept_columns.hpp"
#include "daemon/accounts/keys.hpp"

namespace pulih::store {

struct Resealing {
  std::uint64_t all = 0;         // rows, when it began
  std::uint64_t rows = 0;        // that were looked at
  std::uint64_t done = 0;        // that lay under an earlier key, and do no more
  std::uint64_t unreadable = 0;  // that no key opens: they are left as they are
};

// All rows of `columns`; a file that is not there has none. The error says what, where and what to
// do; what was done until then stays done. `progress` is told after each few rows.
tl::expected<Resealing, std::string> reseal(const std::filesystem::path& file,
                                            std::span<const accounts::SealedColumn> columns,
                                            const accounts::SiteKeys& keys,
                                            accounts::Entropy& entropy,
                                            const std::function<void(const Resealing&)>& progress);

}  // namespace pulih::store
