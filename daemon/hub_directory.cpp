// See hub_directory.hpp. A driver is for one thread, so each desk has its own, and the import too.
#include "daemon/hub_directory.hpp"

#include "daemon/operator/events.hpp"

namespace pulih {
namespace {

using central::DirectoryNotice;
using operators::Json;
namespace event = operators::event;

// Null: this program has no such driver.
std::unique_ptr<central::Directory> directory_of(const config::Directory&) { return nullptr; }

struct Kind {
  DirectoryNotice::What what;
  const operators::Event& event;
};
constexpr Kind kinds[] = {
    {DirectoryNotice::What::unavailable, event::directory_unavailable},
    {DirectoryNotice::What::unusable, event::directory_unusable},
    {DirectoryNotice::What::not_believed, event::directory_not_believed},
    {DirectoryNotice::What::not_sealed, event::directory_not_sealed},
    {DirectoryNotice::What::does_not_open, event::directory_not_sealed},
    {DirectoryNotice::What::refused, event::directory_refused},
};

central::PostgresqlPlace place_of(const config::Hub& settings) {
  return {settings.central.uri, settings.central.password.duplicate(), "pulih hub: directory"};
}

}  // namespace

tl::expected<std::unique_ptr<HubDirectory>, std::string> HubDirectory::of(
    const config::Hub& settings, operators::Journal& journal) {
  const auto key = accounts::read_opening_key(settings.seal_key);
  if (!key) return tl::unexpected(key.error());
  auto directory = directory_of(*settings.directory);
  if (!directory)
    return tl::unexpected(
        std::string("this release has no driver for the directory; leave the section out"));
  return std::unique_ptr<HubDirectory>(
      new HubDirectory(settings, journal, *key, std::move(directory)));
}

HubDirectory::HubDirectory(const config::Hub& settings, operators::Journal& journal,
                           const accounts::OpeningKey& key,
                           std::unique_ptr<central::Directory> directory)
    : settings_(*settings.directory),
      journal_(journal),
      key_(key),
      directory_(std::move(directory)),
      import_(place_of(settings), *directory_, [this](const auto& notice) { tell(notice); }),
      thread_(import_, {settings_.poll, settings_.full},
              [] { return std::chrono::steady_clock::now().time_since_epoch(); }) {}

hub::SiteCentral HubDirectory::open(central::PostgresqlPlace place, const std::string& site) {
  auto made = std::make_unique<central::DirectoryCentral>(
      std::move(place), site, directory_of(settings_), key_,
      [this](const auto& notice) { tell(notice); });
  hub::SiteCentral opened;
  opened.contacts = &made->database();
  opened.accounts = &made->database();
  opened.interrupt = [raw = made.get()] { raw->interrupt(); };
  opened.central = std::move(made);
  return opened;
}

void HubDirectory::tell(const DirectoryNotice& notice) {
  for (const auto& kind : kinds) {
    if (kind.what != notice.what ||
        !once_.at(static_cast<std::size_t>(kind.what)).anew(notice.text))
      continue;
    if (notice.number == 0)
      journal_.event(kind.event, notice.text);
    else
      journal_.event(kind.event, notice.text, {{"NUMBER", std::to_string(notice.number)}});
  }
}

Json HubDirectory::told() const {
  const auto figures = import_.figures();
  const bool ldap = std::holds_alternative<config::LdapDirectory>(settings_.server);
  Json json{{"driver", ldap ? "ldap" : "scim"}, {"entries", figures.entries},
            {"listings", figures.listings},     {"full_listings", figures.full_listings},
            {"taken_in", figures.taken_in},     {"deleted", figures.deleted},
            {"id_of_another", figures.refused}};
  Json unusable = Json::object();
  for (const auto& [reason, entries] : figures.unusable) unusable[reason] = entries;
  json["unusable"] = std::move(unusable);
  if (figures.missing > 0) json["missing_and_not_believed"] = figures.missing;
  if (!figures.trouble.empty()) json["trouble"] = figures.trouble;
  return json;
}

}  // namespace pulih
