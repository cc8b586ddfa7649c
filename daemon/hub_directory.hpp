// The directory behind a hub, put together as its configuration names it: the thread that takes it
// in, what each site's desk puts passwords into it with, and what an operator hears of both. Which
// driver it is is known in one place (directory_of), and nothing else asks.
#pragma once
#include <array>
#include <memory>

#include "config/hub.hpp"
#include "daemon/central/directory_central.hpp"
#include "daemon/central/directory_import.hpp"
#include "daemon/hub/desk.hpp"
#include "daemon/operator/journal.hpp"
#include "daemon/operator/json.hpp"
#include "daemon/operator/told_once.hpp"

namespace pulih {

class HubDirectory {
 public:
  // It begins to be taken in. The error says what of the configuration is wrong.
  static tl::expected<std::unique_ptr<HubDirectory>, std::string> of(const config::Hub& settings,
                                                                     operators::Journal& journal);
  HubDirectory(const HubDirectory&) = delete;
  HubDirectory& operator=(const HubDirectory&) = delete;

  // The ports as a site sees them; by many threads, each for itself.
  hub::SiteCentral open(central::PostgresqlPlace place, const std::string& site);
  // For `pulihctl status`.
  operators::Json told() const;

 private:
  HubDirectory(const config::Hub& settings, operators::Journal& journal,
               const accounts::OpeningKey& key, std::unique_ptr<central::Directory> directory);
  void tell(const central::DirectoryNotice& notice);

  const config::Directory& settings_;
  operators::Journal& journal_;
  const accounts::OpeningKey key_;
  std::array<operators::ToldOnce, central::DirectoryNotice::kinds> once_;
  const std::unique_ptr<central::Directory> directory_;  // of the import
  central::DirectoryImport import_;
  central::DirectoryImportThread thread_;
};

}  // namespace pulih
