// How settings.cpp hands the parts of a configuration to the files that read them. Each takes its
// section, asks for its keys and finishes it.
#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "config/directory.hpp"
#include "config/reading.hpp"
#include "config/settings.hpp"

namespace pulih::config {

// Where file names of a configuration lead.
struct Places {
  std::filesystem::path beside;       // the folder of the configuration file
  std::filesystem::path credentials;  // of systemd; empty: none
  std::filesystem::path numbering;    // the table of prefixes by network
};

// Parsers for Section::read.
inline auto number(std::uint32_t least, std::uint32_t most) {
  return [=](std::string_view text) { return parse_number(text, {least, most}); };
}
inline auto duration(std::chrono::seconds least, std::chrono::seconds most) {
  return [=](std::string_view text) { return parse_duration(text, {least, most}); };
}
inline auto text(std::size_t least, std::size_t most) {
  return [=](std::string_view typed) { return parse_text(typed, {least, most}); };
}
inline Parsed<std::filesystem::path> parse_path(std::string_view text) {
  if (text.empty() || text.size() > 4095 || text.find('\0') != text.npos)
    return tl::unexpected(Fault{"this is no file name", "as in /etc/pulih/smsc.secret"});
  return std::filesystem::path(text);
}

// A secret is named as {file: PATH}, {credential: NAME} or, where `value` is allowed, {value:
// TEXT}. The file that holds it, if it can be read; `hint` says what to type if it cannot.
std::optional<std::filesystem::path> read_secret_path(Section& source, const Places& places,
                                                      std::string_view hint);
accounts::Secret read_secret(Section& source, const Places& places, LengthRange length);

void read_central(Section& root, const Places& places, Settings& settings);
// Of a hub: the server alone.
void read_central_of_hub(Section& root, const Places& places, PostgresqlCentral& central);
// Of a hub; nothing: its passwords are in the database, or what is wrong has been told.
std::optional<Directory> read_directory(Section& root, const Places& places);
// The files are loaded as the daemon will load them, so that what is wrong is found here. `host` is
// who is expected where no name of a server is set.
Tls read_tls(Section& section, const Places& places, const std::string& host);
// What `role` says: whether this is a hub.
void read_role(Section& root, bool& is_hub);
void read_limits(Section& section, conversation::Policy& policy, Limits& limits);
void read_carriers(Section& root, const Places& places, std::vector<Carrier>& carriers);
void read_control(Section& root, const Places& places, std::filesystem::path& socket);

// The text of a configuration file.
tl::expected<std::string, std::vector<ConfigError>> contents_of(const std::filesystem::path& file);

}  // namespace pulih::config
