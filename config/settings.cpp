// See settings.hpp. This file reads the top of the configuration: the site, its keys and the
// dialogue; what belongs to a later release is refused here by name, since a
// setting that does nothing would be a promise not kept.
#include "config/settings.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include "config/settings_sections.hpp"

namespace pulih::config {
namespace {

namespace fs = std::filesystem;
using conversation::Language;
using std::chrono::hours;

constexpr std::uintmax_t most_octets = 1 << 20;

struct ZoneName {
  std::string_view name, label;
  hours ahead_of_utc;
};
// Indonesia's zones have no daylight saving, so that an offset says all (tz database, `asia`).
constexpr ZoneName zones[] = {{"Asia/Jakarta", "WIB", hours{7}},
                              {"Asia/Pontianak", "WIB", hours{7}},
                              {"Asia/Makassar", "WITA", hours{8}},
                              {"Asia/Jayapura", "WIT", hours{9}}};

Parsed<conversation::Zone> parse_zone(std::string_view text) {
  const auto zone = std::ranges::find(zones, text, &ZoneName::name);
  if (zone != std::end(zones))
    return conversation::Zone{zone->ahead_of_utc, std::string(zone->label)};
  return tl::unexpected(Fault{"'" + std::string(text) + "' is no zone of Indonesia",
                              "one of Asia/Jakarta, Asia/Pontianak, Asia/Makassar, Asia/Jayapura"});
}

Parsed<Language> parse_language(std::string_view text) {
  if (text == "id") return Language::indonesian;
  if (text == "en") return Language::english;
  return tl::unexpected(Fault{"there is no catalogue '" + std::string(text) + "'", "id or en"});
}

// A word that fills a blank of the texts: braces would begin a blank of their own.
auto word(std::size_t most) {
  return [=](std::string_view text) -> Parsed<std::string> {
    if (text.find_first_of("{}") != text.npos)
      return tl::unexpected(Fault{"braces mark the blanks of texts", "write it without them"});
    return parse_text(text, {1, most});
  };
}

auto label(std::string_view text) { return parse_name(text, {1, 32}); }

void read_account_names(Section& dialogue, conversation::NameRules& names) {
  auto section = dialogue.section("accounts");
  if (!section) return;
  section->read("domain", names.domain, parse_domain);
  section->read_list("roles", names.roles, label);
  section->read_list("levels", names.levels, label);
  section->read_list("excluded", names.excluded, label);
  for (const auto& role : names.excluded)
    if (std::ranges::find(names.roles, role) != names.roles.end())
      section->error("excluded",
                     {"'" + role + "' is both served and excluded", "remove one of the two"});
  section->finish();
}

void read_dialogue(Section& root, const Places& places, Settings& settings) {
  auto section = root.section("dialogue");
  if (!section) return;
  auto& dialogue = settings.dialogue;
  section->read_list("catalogues", dialogue.catalogues, parse_language);
  section->read("default", settings.policy.language, parse_language);
  if (std::ranges::find(dialogue.catalogues, settings.policy.language) == dialogue.catalogues.end())
    section->error(section->has("default") ? "default" : "catalogues",
                   {"the default language is not among the catalogues", "catalogues: [id, en]"});
  section->read("zone", dialogue.zone, parse_zone);
  if (section->has("folder")) {
    section->read("folder", dialogue.folder, parse_path);
    dialogue.folder = places.beside / dialogue.folder;
  }
  // As long as the texts leave room for them in one SMS.
  section->read("brand", dialogue.brand, word(15));
  section->read("service_hours", dialogue.service_hours, word(19));
  section->read("cost", dialogue.cost, word(15));
  read_account_names(*section, settings.policy.names);
  section->finish();
}

void read_keys(Section& root, const Places& places, Settings& settings) {
  if (!root.require("keys", "keys: {site: {file: site.key}}")) return;
  auto keys = root.section("keys");
  if (keys->require("site", "site: {file: site.key}")) {
    auto source = keys->section("site", Section::Keys::confidential);
    const auto path = read_secret_path(*source, places, "make one: pulihctl key new PATH");
    if (path) settings.site_key = *path;
  }
  keys->finish();
}

// The contract's sections of which nothing stands yet.
void read_later(Section& root) {
  root.refuse("mail", {"codes by e-mail come in a later release", "remove the section mail"});
  root.refuse("metrics", {"metrics come in a later release", "remove the section metrics"});
}

Settings read_all(const YAML::Node& document, const Places& places,
                  const Surroundings& surroundings, Findings& findings) {
  Settings settings;
  settings.dialogue.folder = surroundings.share / "dialogue";
  Section root(findings, document, "the configuration");
  bool is_hub = false;
  read_role(root, is_hub);
  if (root.require("site", "site: a name for this gateway"))
    root.read("site", settings.site, label);
  if (root.require("state_dir", "state_dir: /var/lib/pulih"))
    root.read("state_dir", settings.state_dir, parse_path);
  settings.state_dir = places.beside / settings.state_dir;
  read_keys(root, places, settings);
  read_central(root, places, settings);
  read_dialogue(root, places, settings);
  read_carriers(root, places, settings.carriers);
  if (auto limits = root.section("limits")) read_limits(*limits, settings.policy, settings.limits);
  read_control(root, places, settings.control_socket);
  read_later(root);
  root.finish();
  return settings;
}

}  // namespace

Surroundings surroundings_of_this_process() {
  Surroundings found;
  if (const char* folder = std::getenv("CREDENTIALS_DIRECTORY")) found.credentials = folder;
  std::error_code unreadable;
  const auto program = fs::read_symlink("/proc/self/exe", unreadable);
  found.share = program.parent_path().parent_path() / "share" / "pulih";
  return found;
}

tl::expected<Settings, std::vector<ConfigError>> settings_from(const std::string& text,
                                                               const fs::path& file,
                                                               const Surroundings& surroundings) {
  Findings findings(file.string());
  std::error_code unknown;
  const Places places{fs::absolute(file, unknown).parent_path(), surroundings.credentials,
                      surroundings.share / "numbering" / "indonesia.yaml"};
  const auto document = read_document(text, findings);
  Settings settings;
  if (document) settings = read_all(*document, places, surroundings, findings);
  if (!findings.clean()) return tl::unexpected(findings.take_errors());
  settings.warnings = findings.take_warnings();
  return settings;
}

tl::expected<std::string, std::vector<ConfigError>> contents_of(const fs::path& file) {
  const auto refused = [&](std::string what, std::string hint) {
    return tl::unexpected(
        std::vector{ConfigError{file.string(), 0, 0, std::move(what), std::move(hint)}});
  };
  std::error_code unknown;
  if (fs::is_directory(file, unknown)) return refused("is a directory", "name the file in it");
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    return refused("cannot be read: " + std::error_code(errno, std::generic_category()).message(),
                   "pulihd --config FILE; the default is /etc/pulih/pulih.yaml");
  if (fs::file_size(file, unknown) > most_octets && !unknown)
    return refused("is larger than 1 MiB", "this is no configuration of pulihd");
  return std::string{std::istreambuf_iterator<char>(stream), {}};
}

tl::expected<Settings, std::vector<ConfigError>> read_settings(const fs::path& file,
                                                               const Surroundings& surroundings) {
  const auto text = contents_of(file);
  if (!text) return tl::unexpected(text.error());
  return settings_from(*text, file, surroundings);
}

}  // namespace pulih::config
