// Where a secret comes from: a file, a credential of systemd, or for a demo the configuration
// itself. Nothing here repeats a secret, not even one that stands in the wrong place.
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "config/settings_sections.hpp"

namespace pulih::config {
namespace {

namespace fs = std::filesystem;

// systemd.exec(5), LoadCredential=: a credential's name is a file name.
Parsed<std::string> parse_credential(std::string_view text) {
  if (text.empty() || text.size() > 255 || text.find_first_of("/:\0 ", 0, 4) != text.npos ||
      text.starts_with('.'))
    return tl::unexpected(
        Fault{"this is no name of a credential", "as in LoadCredential=NAME:PATH"});
  return std::string(text);
}

std::optional<fs::path> checked(Section& source, std::string_view key, const fs::path& path,
                                std::string_view hint) {
  std::error_code unknown;
  if (fs::is_directory(path, unknown)) {
    source.error(key, {path.string() + " is a directory", "the file in it"});
  } else if (::access(path.c_str(), R_OK) != 0) {
    const std::error_code reason(errno, std::generic_category());
    source.error(key, {path.string() + " cannot be read: " + reason.message(), std::string(hint)});
  } else {
    // A pipe would let the start wait for ever.
    if (!fs::is_regular_file(path, unknown)) {
      source.error(key, {path.string() + " is no regular file", "a file that holds the secret"});
      return std::nullopt;
    }
    const auto others = fs::status(path, unknown).permissions() & fs::perms::others_read;
    if (!unknown && others != fs::perms::none)
      source.warning(key, {"everybody on this machine may read " + path.string(),
                           "chmod o-rwx " + path.string()});
    return path;
  }
  return std::nullopt;
}

std::optional<fs::path> path_of(Section& source, const Places& places, std::string_view hint) {
  if (source.has("file")) {
    fs::path file;
    source.read("file", file, parse_path);
    if (file.empty()) return std::nullopt;
    return checked(source, "file", places.beside / file, hint);
  }
  std::string name;
  source.read("credential", name, parse_credential);
  if (name.empty()) return std::nullopt;
  if (places.credentials.empty()) {
    source.error(
        "credential",
        {"credentials exist only in a service of systemd",
         "by hand: CREDENTIALS_DIRECTORY=/etc/pulih pulihd --check-config, with the folder "
         "that LoadCredential= of pulihd.service names"});
    return std::nullopt;
  }
  return checked(source, "credential", places.credentials / name,
                 "systemctl edit pulihd: LoadCredential=" + name + ":/etc/pulih/" + name);
}

// One of the ways, and not two.
bool one_way(Section& source, std::initializer_list<std::string_view> ways) {
  std::string named;
  int found = 0;
  for (const auto way : ways) {
    found += source.has(way) ? 1 : 0;
    named += (named.empty() ? "" : ", ") + ("{" + std::string(way)) + ": …}";
  }
  if (found != 1)
    source.error("",
                 {found == 0 ? "no source for this secret" : "more than one source for a secret",
                  "one of " + named});
  return found == 1;
}

accounts::Secret contents(Section& source, const fs::path& path, LengthRange length) {
  std::ifstream file(path, std::ios::binary);
  // One more than allowed, and the end of the line that editors add.
  accounts::WipedBytes octets(length.most + 3);
  file.read(reinterpret_cast<char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
  std::string_view text(reinterpret_cast<const char*>(octets.data()),
                        static_cast<std::size_t>(file.gcount()));
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  if (text.size() < length.least || text.size() > length.most || text.find('\0') != text.npos) {
    source.error(source.has("file") ? "file" : "credential",
                 {"the secret in " + path.string() + " is empty, too long or no text",
                  std::to_string(length.least) + " to " + std::to_string(length.most) +
                      " octets on one line"});
    return {};
  }
  return accounts::Secret(text);
}

}  // namespace

std::optional<fs::path> read_secret_path(Section& source, const Places& places,
                                         std::string_view hint) {
  std::optional<fs::path> path;
  if (one_way(source, {"file", "credential"})) path = path_of(source, places, hint);
  source.finish();
  return path;
}

accounts::Secret read_secret(Section& source, const Places& places, LengthRange length) {
  accounts::Secret secret;
  if (!one_way(source, {"file", "credential", "value"})) {
    // nothing to read
  } else if (source.has("value")) {
    source.warning("value", {"a secret stands in the configuration file",
                             "for demos only: use {file: …} or {credential: …}"});
    source.read("value", secret, [&](std::string_view text) -> Parsed<accounts::Secret> {
      if (text.size() < length.least || text.size() > length.most)
        return tl::unexpected(
            Fault{"the secret is empty or too long",
                  std::to_string(length.least) + " to " + std::to_string(length.most) + " octets"});
      return accounts::Secret(text);
    });
  } else if (const auto path =
                 path_of(source, places, "write the secret into it and chmod 600 it")) {
    secret = contents(source, *path, length);
  }
  source.finish();
  return secret;
}

}  // namespace pulih::config
