// The words in which a gateway and the functions of the schema pulih speak of a password change:
// its parameters, in their order, and the names of the verdicts. Whoever calls such a function
// writes and reads them here, so that all of them mean the same change.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/central/central.hpp"
#include "daemon/central/postgresql_link.hpp"

namespace pulih::central {

// A text parameter ends at a zero octet, and this one must not be taken for a shorter one: NULL.
PostgresqlParameter text_parameter(std::string_view text, std::size_t longest);

// site, fence, operation, account_id, base_password_version, base_identity_version, verifier,
// must_change, must_change_before: of pulih.apply_password and pulih.directory_begin.
std::vector<PostgresqlParameter> parameters_of(const PostgresqlParameter& site, std::uint64_t fence,
                                               const PasswordChange& change);

// "applied", "superseded", …; nothing: it is no verdict.
std::optional<Verdict> verdict_named(std::string_view name);
std::string_view name_of(Verdict verdict);

// A function answered what it never does.
Unavailable not_promised(std::string_view function);

}  // namespace pulih::central
