// See hub.hpp. `listen` is an address of this machine and a port; names are for those who connect.
#include "config/hub.hpp"

#include "config/settings_sections.hpp"

namespace pulih::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view hub_example =
    "hub: {listen: \"0.0.0.0:8443\", tls: {certificate: hub.pem, key: hub.key}, sites: sites}";

void read_file(Section& section, const Places& places, std::string_view key, std::string_view hint,
               fs::path& path) {
  if (section.require(key, hint)) section.read(key, path, parse_path);
  if (!path.empty()) path = places.beside / path;
}

// That they can be loaded is said by the daemon, which loads them.
void read_own_tls(Section& hub, const Places& places, Hub& settings) {
  if (!hub.require("tls", "tls: {certificate: hub.pem, key: hub.key}")) return;
  auto tls = hub.section("tls");
  if (!tls) return;
  read_file(*tls, places, "certificate", "certificate: hub.pem", settings.certificate);
  read_file(*tls, places, "key", "key: hub.key", settings.key);
  for (const auto* key : {"certificate", "key"}) {
    const auto& path = std::string_view(key) == "key" ? settings.key : settings.certificate;
    std::error_code unknown;
    if (!path.empty() && !fs::is_regular_file(path, unknown))
      tls->error(key, {path.string() + " is no file", "the hub's own, as PEM"});
  }
  tls->finish();
}

void read_section(Section& root, const Places& places, Hub& settings) {
  if (!root.require("hub", hub_example)) return;
  auto hub = root.section("hub");
  if (!hub) return;
  if (hub->require("listen", "listen: 0.0.0.0:8443"))
    hub->read("listen", settings.listen, parse_address);
  read_own_tls(*hub, places, settings);
  read_file(*hub, places, "sites", "sites: sites", settings.sites);
  hub->read("most_sites", settings.most_sites, number(1, 4'096));
  hub->finish();
}

void read_directory_section(Section& root, const Places& places, Hub& settings) {
  if (!root.has("directory")) return;
  settings.directory = read_directory(root, places);
  if (!root.require("seal_key", "seal_key: {file: seal.key}, made by: pulihctl hub seal-key FILE"))
    return;
  if (auto source = root.section("seal_key", Section::Keys::confidential))
    settings.seal_key =
        read_secret_path(*source, places, "make it: pulihctl hub seal-key FILE").value_or("");
}

Hub read_all(const YAML::Node& document, const Places& places, Findings& findings) {
  Hub settings;
  Section root(findings, document, "the configuration");
  bool hub = false;
  read_role(root, hub);
  if (!hub) root.error("role", {"this is no configuration of a hub", "role: hub"});
  root.read("site", settings.site, [](std::string_view text) { return parse_name(text, {1, 32}); });
  read_section(root, places, settings);
  read_central_of_hub(root, places, settings.central);
  read_directory_section(root, places, settings);
  read_control(root, places, settings.control_socket);
  root.finish();
  return settings;
}

}  // namespace

void read_role(Section& root, bool& is_hub) {
  root.read("role", is_hub, [](std::string_view text) -> Parsed<bool> {
    if (text == "hub" || text == "gateway") return text == "hub";
    return tl::unexpected(
        Fault{"there is no role '" + std::string(text) + "'", "role: hub, or none for a gateway"});
  });
}

bool is_hub(const fs::path& file) {
  const auto text = contents_of(file);
  Findings findings(file.string());
  const auto document = text ? read_document(*text, findings) : std::nullopt;
  if (!document) return false;
  Section root(findings, *document, "the configuration");
  bool hub = false;
  read_role(root, hub);
  return hub;
}

tl::expected<Hub, std::vector<ConfigError>> hub_from(const std::string& text, const fs::path& file,
                                                     const Surroundings& surroundings) {
  Findings findings(file.string());
  std::error_code unknown;
  const Places places{fs::absolute(file, unknown).parent_path(), surroundings.credentials, {}};
  Hub settings;
  if (const auto document = read_document(text, findings))
    settings = read_all(*document, places, findings);
  if (!findings.clean()) return tl::unexpected(findings.take_errors());
  settings.warnings = findings.take_warnings();
  return settings;
}

tl::expected<Hub, std::vector<ConfigError>> read_hub(const fs::path& file,
                                                     const Surroundings& surroundings) {
  const auto text = contents_of(file);
  if (!text) return tl::unexpected(text.error());
  return hub_from(*text, file, surroundings);
}

tl::expected<fs::path, std::vector<ConfigError>> read_sites_file(const fs::path& file) {
  const auto text = contents_of(file);
  if (!text) return tl::unexpected(text.error());
  Findings findings(file.string());
  std::error_code unknown;
  const Places places{fs::absolute(file, unknown).parent_path(), {}, {}};
  fs::path sites;
  if (const auto document = read_document(*text, findings)) {
    Section root(findings, *document, "the configuration");
    if (root.require("hub", hub_example))
      if (auto hub = root.section("hub")) read_file(*hub, places, "sites", "sites: sites", sites);
  }
  if (!findings.clean()) return tl::unexpected(findings.take_errors());
  return sites;
}

}  // namespace pulih::config
