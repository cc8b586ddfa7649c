// What the owner of the central database does to it: brings its schema to this release, enrols
// gateways, admits one that was told it is fenced, says that a backup was restored, and looks how
// it stands. Each is done wholly or not at all.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "daemon/accounts/entropy.hpp"
#include "daemon/central/postgresql_link.hpp"

namespace pulih::central {

struct SchemaStep {
  std::string_view name;  // "001_accounts"
  std::string_view sql;
};
// Of this release, in order: config/central/postgresql. A step that was released is never changed.
std::span<const SchemaStep> postgresql_steps();

class PostgresqlOwner {
 public:
  // Throws Unavailable.
  explicit PostgresqlOwner(PostgresqlPlace place);

  // Applies the steps that are missing, each in a transaction of its own. What was done, or why it
  // stopped; a database of a later release is left as it is.
  tl::expected<std::string, Unavailable> init(
      std::span<const SchemaStep> steps = postgresql_steps());

  struct Enrolled {
    std::string role;           // empty: behind the hub
    accounts::Secret password;  // known to nobody else: the server has a SCRAM verifier of it
  };
  tl::expected<Enrolled, Unavailable> enrol(std::string_view site, std::string_view region,
                                            bool behind_hub, accounts::Entropy& entropy);
  // Whichever copy of the gateway meets next is the gateway from then on.
  tl::expected<void, Unavailable> admit(std::string_view site);
  // Every gateway repeats what it was answered, and compares its copy.
  tl::expected<void, Unavailable> restored();
  // Lines for a person.
  tl::expected<std::string, Unavailable> status();

 private:
  PostgresqlLink link_;
};

}  // namespace pulih::central
