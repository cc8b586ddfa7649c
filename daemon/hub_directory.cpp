// See hub_directory.hpp. A driver is for one thread, so each desk has its own, and the import too.
#include "daemon/hub_directory.hpp"

#include "daemon/directory/ldap.hpp"
#include "daemon/directory/scim.hpp"
#include "daemon/operator/events.hpp"

namespace pulih {
namespace {

using central::DirectoryNotice;
using operators::Json;
namespace event = operators::event;

std::optional<directory::LdapTest> test_of(const std::optional<config::AttributeTest>& test) {
  if (!test) return std::nullopt;
  return directory::LdapTest{test->attribute, test->value};
}

std::unique_ptr<central::Directory> driver_of(const config::Directory& all,
                                              const config::LdapDirectory& its) {
  using Form = directory::LdapPasswordForm;
  directory::LdapSettings settings;
  settings.place.uri = its.uri;
  settings.place.ca_file = its.ca.string();
  settings.place.bind_dn = its.bind_dn;
  settings.place.password = its.password.duplicate();
  settings.base = its.base;
  settings.filter = its.filter;
  settings.password_form =
      its.password_write == config::LdapDirectory::Write::text ? Form::text : Form::argon2;
  auto& schema = settings.schema;
  schema.id = its.id;
  schema.account_domain = all.account_domain;
  schema.birth_date = its.birth_date;
  schema.phone = its.phone;
  schema.country = all.country;
  schema.email = its.email;
  schema.region_attribute = its.region_attribute;
  schema.region = all.region;
  schema.activated = test_of(its.activated);
  schema.locked = test_of(its.locked);
  return std::make_unique<directory::LdapDirectory>(std::move(settings));
}

std::unique_ptr<central::Directory> driver_of(const config::Directory& all,
                                              const config::ScimDirectory& its) {
  directory::ScimSettings settings;
  settings.place.url = its.url;
  settings.place.ca = its.ca;
  settings.place.token = its.token.duplicate();
  settings.names = {its.birth_date, its.region_attribute, all.region, all.account_domain,
                    its.phone_type, its.email_type,       all.country};
  return std::make_unique<directory::ScimDirectory>(std::move(settings));
}

std::unique_ptr<central::Directory> directory_of(const config::Directory& settings) {
  return std::visit([&](const auto& its) { return driver_of(settings, its); }, settings.server);
}

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
  return std::unique_ptr<HubDirectory>(
      new HubDirectory(settings, journal, *key, directory_of(*settings.directory)));
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
