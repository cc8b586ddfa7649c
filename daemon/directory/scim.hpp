// A directory that is spoken to by SCIM 2.0 (RFC 7643, RFC 7644): an identity provider, an office
// suite in a cloud. A password is set only on the version that was named (RFC 7644, 3.14), and a
// directory that cannot do so is refused. Its version also stands for the password, of which SCIM
// shows nothing: any change of a user counts as one of the password, which is the safe side.
#pragma once
#include <optional>
#include <string>

#include "daemon/central/directory.hpp"
#include "daemon/directory/http.hpp"
#include "daemon/directory/scim_entries.hpp"
#include "daemon/directory/scim_messages.hpp"

namespace pulih::directory {

struct ScimSettings {
  HttpPlace place;
  ScimNames names;
};

// For one thread, but for interrupt().
class ScimDirectory final : public central::Directory {
 public:
  explicit ScimDirectory(ScimSettings settings);

  tl::expected<std::string, central::Unavailable> list(
      const std::string& since, const std::function<void(central::DirectoryListed)>& each) override;
  // Nothing also for one that cannot be used.
  tl::expected<std::optional<central::DirectoryEntry>, central::Unavailable> read(
      const central::DirectoryHandle& handle) override;
  tl::expected<central::DirectoryWrite, central::Unavailable> put_password(
      const central::DirectoryHandle& handle, const std::string& state,
      const accounts::Secret& password) override;
  // Nothing: SCIM never tells (RFC 7643, 4.1.1: a password is returned "never").
  tl::expected<std::optional<bool>, central::Unavailable> has_password(
      const central::DirectoryHandle& handle, const accounts::Secret& password) override;
  void interrupt() override { link_.interrupt(); }

 private:
  tl::expected<void, central::Unavailable> ask_abilities();
  tl::expected<void, central::Unavailable> prove_if_match(const std::string& target,
                                                          const accounts::WipedBytes& patch,
                                                          std::optional<central::DirectoryWrite>&);
  tl::expected<central::DirectoryWrite, central::Unavailable> outcome_of(
      const HttpAnswer& answer) const;
  tl::expected<central::DirectoryWrite, central::Unavailable> done(
      const central::DirectoryHandle& handle, const std::string& state, const HttpAnswer& answer);

  const ScimNames names_;
  HttpLink link_;
  std::optional<ScimAbilities> abilities_;  // once asked
  bool if_match_is_heeded_ = false;         // once seen
};

}  // namespace pulih::directory
