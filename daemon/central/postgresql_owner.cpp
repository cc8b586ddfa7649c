// See postgresql_owner.hpp. Statements that cannot take parameters (roles, steps of the schema) are
// written out, with names that were checked before and nothing else that anybody typed.
#include "daemon/central/postgresql_owner.hpp"

#include <libpq-fe.h>

#include <algorithm>

namespace pulih::central {
namespace {

constexpr std::string_view role_prefix = "pulih_site_";

tl::unexpected<Unavailable> refused(std::string why) {
  return tl::unexpected(Unavailable{std::move(why), Unavailable::Kind::refused});
}

// As the domain pulih.site_name: nothing that could end a quoted name.
bool is_name(std::string_view text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !text.empty() && text.size() <= 32 && text.find_first_not_of(allowed) == text.npos;
}

// 160 bits, of letters and digits that a person can read over the telephone.
accounts::Secret drawn_password(accounts::Entropy& entropy) {
  constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789";
  static_assert(letters.size() == 32);
  constexpr std::size_t length = 32;
  accounts::WipedBytes drawn(length);
  entropy.fill(drawn);
  for (auto& octet : drawn) octet = static_cast<std::uint8_t>(letters[octet % letters.size()]);
  return accounts::Secret({reinterpret_cast<const char*>(drawn.data()), drawn.size()});
}

struct Free {
  void operator()(char* text) const { PQfreemem(text); }
};

}  // namespace

PostgresqlOwner::PostgresqlOwner(PostgresqlPlace place) : link_(std::move(place)) {
  if (const auto opened = link_.open(); !opened) throw Unavailable(opened.error());
}

tl::expected<std::string, Unavailable> PostgresqlOwner::init(std::span<const SchemaStep> steps) {
  const auto begun = link_.script(
      "CREATE SCHEMA IF NOT EXISTS pulih;"
      "CREATE TABLE IF NOT EXISTS pulih.schema_step (step integer PRIMARY KEY, name text NOT NULL,"
      "  applied_at timestamptz NOT NULL DEFAULT now())");
  if (!begun) return tl::unexpected(begun.error());
  const auto found = link_.run({"SELECT coalesce(max(step), 0) FROM pulih.schema_step", {}});
  if (!found) return tl::unexpected(found.error());
  const auto applied = static_cast<std::size_t>(found->integer(0, 0).value_or(0));
  if (applied > steps.size())
    return refused("the schema pulih has step " + std::to_string(applied) +
                   " of a later release, this one knows " + std::to_string(steps.size()) +
                   "; use the pulihctl of that release");
  std::string told;
  for (std::size_t at = applied; at < steps.size(); ++at) {
    // The lock lets two owners apply a step once; the second fails at it and changes nothing.
    std::string script = "LOCK TABLE pulih.schema_step IN EXCLUSIVE MODE;\n";
    script.append(steps[at].sql);
    script += "\nINSERT INTO pulih.schema_step (step, name) VALUES (" + std::to_string(at + 1) +
              ", '" + std::string(steps[at].name) + "');";
    if (const auto done = link_.script(script.c_str()); !done)
      return tl::unexpected(Unavailable{
          "step " + std::string(steps[at].name) + " was not applied: " + done.error().why,
          done.error().kind});
    told += "applied " + std::string(steps[at].name) + "\n";
  }
  return told + "the schema pulih is at step " + std::to_string(steps.size());
}

tl::expected<PostgresqlOwner::Enrolled, Unavailable> PostgresqlOwner::enrol(
    std::string_view site, std::string_view region, bool behind_hub, accounts::Entropy& entropy) {
  if (!is_name(site) || !is_name(region))
    return refused("a site and a region are 1 to 32 lower-case letters, digits and hyphens");
  const auto known =
      link_.run({"SELECT region FROM pulih.gateway WHERE site = $1", {std::string(site)}});
  if (!known) return tl::unexpected(known.error());
  if (known->rows() != 0)
    return refused("the site " + std::string(site) + " is enrolled already, with region " +
                   std::string(known->text_or_empty(0, 0)) +
                   "; to move it: UPDATE pulih.gateway SET region = … WHERE site = …");
  Enrolled made;
  std::string script;
  if (!behind_hub) {
    made.role = std::string(role_prefix) + std::string(site);
    made.password = drawn_password(entropy);
    // The server and its log see a SCRAM verifier only (RFC 5802).
    const std::unique_ptr<char, Free> verifier(
        PQencryptPasswordConn(link_.native(), std::string(made.password.reveal()).c_str(),
                              made.role.c_str(), "scram-sha-256"));
    if (!verifier) return refused("libpq cannot make a SCRAM verifier: out of memory");
    // One that serves, and what is left of a connection that broke.
    script = "CREATE ROLE \"" + made.role +
             "\" LOGIN CONNECTION LIMIT 4 IN ROLE pulih_gateway PASSWORD '" + verifier.get() + "';";
  }
  script += "INSERT INTO pulih.gateway (site, region, role) VALUES ('" + std::string(site) +
            "', '" + std::string(region) + "', " + (behind_hub ? "NULL" : "'" + made.role + "'") +
            ");";
  if (const auto done = link_.script(script.c_str()); !done) return tl::unexpected(done.error());
  return made;
}

tl::expected<void, Unavailable> PostgresqlOwner::admit(std::string_view site) {
  const auto changed =
      link_.run({"UPDATE pulih.gateway SET admitted = true WHERE site = $1 RETURNING site",
                 {std::string(site)}});
  if (!changed) return tl::unexpected(changed.error());
  if (changed->rows() == 0)
    return refused("no site of this name is enrolled; pulihctl central status lists them");
  return {};
}

tl::expected<void, Unavailable> PostgresqlOwner::restored() {
  const auto rewound = link_.run({"SELECT pulih.rewind()", {}});
  if (!rewound) return tl::unexpected(rewound.error());
  return {};
}

tl::expected<std::string, Unavailable> PostgresqlOwner::status() {
  // The oldest transaction that writes holds the feeds' watermark: what it and later ones wrote is
  // sent again with each sweep until it ends.
  const std::array<PostgresqlCall, 4> calls{
      PostgresqlCall{"SELECT 'schema step ' || max(step) || ', restored ' ||"
                     " (SELECT rewinds FROM pulih.central) || ' times' FROM pulih.schema_step",
                     {}},
      {"SELECT 'region ' || region || ': ' || count(*) || ' accounts' FROM pulih.account"
       " GROUP BY region ORDER BY region",
       {}},
      {"SELECT 'site ' || site || ', region ' || region || ', ' || coalesce('login ' || role, "
       "'behind the hub') || CASE WHEN met_at IS NULL THEN ', never met' ELSE ', met ' || meetings"
       " || ' times, last ' || to_char(met_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
       " || ', fence ' || fence END || CASE WHEN admitted THEN ', admitted' ELSE '' END"
       " FROM pulih.gateway ORDER BY site",
       {}},
      {"SELECT 'a transaction that writes is under way for ' ||"
       " extract(epoch FROM now() - min(xact_start))::bigint || ' s: until it ends the gateways get"
       " what changed since again and again; see pg_stat_activity'"
       " FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
       " HAVING min(xact_start) < now() - interval '60 s'",
       {}}};
  const auto answers = link_.run(calls);
  if (!answers) return tl::unexpected(answers.error());
  std::string told;
  for (const auto& answer : *answers)
    for (int row = 0; row < answer.rows(); ++row)
      told.append(told.empty() ? "" : "\n").append(answer.text_or_empty(row, 0));
  return told;
}

}  // namespace pulih::central
