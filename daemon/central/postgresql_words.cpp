// See postgresql_words.hpp. Numbers are written as a bigint: a draw is any 64 bits, everything else
// stays far below 2^63.
#include "daemon/central/postgresql_words.hpp"

namespace pulih::central {
namespace {

constexpr std::size_t longest_verifier = 512;

constexpr std::pair<std::string_view, Verdict> verdict_names[] = {
    {"applied", Verdict::applied},
    {"superseded", Verdict::superseded},
    {"identity_changed", Verdict::identity_changed},
    {"refused", Verdict::refused},
    {"unknown_account", Verdict::unknown_account},
    {"altered", Verdict::altered}};

}  // namespace

PostgresqlParameter text_parameter(std::string_view text, std::size_t longest) {
  if (text.find('\0') != text.npos || text.size() > longest) return std::nullopt;
  return std::string(text);
}

std::vector<PostgresqlParameter> parameters_of(const PostgresqlParameter& site, std::uint64_t fence,
                                               const PasswordChange& change) {
  return {site,
          std::to_string(static_cast<std::int64_t>(fence)),
          bytea(change.id),
          text_parameter(change.account_id, longest_id),
          std::to_string(change.base_password_version),
          std::to_string(change.base_identity_version),
          text_parameter(change.verifier, longest_verifier),
          change.change_at_login ? "t" : "f",
          std::to_string(std::int64_t{change.change_before.time_since_epoch().count()})};
}

std::optional<Verdict> verdict_named(std::string_view name) {
  for (const auto& [its, verdict] : verdict_names)
    if (its == name) return verdict;
  return std::nullopt;
}

std::string_view name_of(Verdict verdict) {
  for (const auto& [name, its] : verdict_names)
    if (its == verdict) return name;
  return {};
}

Unavailable not_promised(std::string_view function) {
  return {"central database: pulih." + std::string(function) +
              " answered what it never does; bring it and this gateway to one release: pulihctl "
              "central init",
          Unavailable::Kind::refused};
}

}  // namespace pulih::central
