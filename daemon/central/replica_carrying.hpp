// The copy of the accounts as a file that is carried: to a new machine of the same site, where the
// link would take days for what a memory stick holds. The file is sealed once more as a whole; what
// it says is of no use without the site key. An import that was interrupted goes on where it was,
// whether by the file again or by the daemon over the link.
#pragma once
#include <functional>
#include <iosfwd>
#include <string>
#include <tl/expected.hpp>

#include "daemon/accounts/entropy.hpp"
#include "daemon/accounts/keys.hpp"
#include "daemon/central/replica.hpp"

namespace pulih::central {

// Called for each block: rows that are done, and of how many.
using CarryingProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

// How many rows were written, or what went wrong: what, where, what to do. The copy may be in use.
tl::expected<std::uint64_t, std::string> export_replica(const std::filesystem::path& replica,
                                                        std::ostream& out,
                                                        const accounts::SiteKeys& keys,
                                                        const accounts::SiteKey& sealed_under,
                                                        const CarryingProgress& progress);

// Into a copy that is made beside and takes the place of `replica.file` when it is whole. Nobody
// else may have it open.
tl::expected<std::uint64_t, std::string> import_replica(std::istream& in,
                                                        const ReplicaPlace& replica,
                                                        const accounts::SiteKeys& keys,
                                                        const accounts::SiteKey& sealed_under,
                                                        accounts::Entropy& entropy,
                                                        const CarryingProgress& progress);

}  // namespace pulih::central
