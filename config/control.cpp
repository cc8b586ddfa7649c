// The control socket's part of the configuration. The operator's tool reads it alone: it has to
// work with a file whose secrets it cannot see, and with one that somebody is just changing.
#include "config/settings_sections.hpp"

namespace pulih::config {
namespace {

namespace fs = std::filesystem;

// sun_path of unix(7) has 108 octets, the last of them a NUL.
constexpr std::size_t longest_socket = 107;
constexpr std::string_view control_example = "control: {socket: /run/pulih/control.sock}";

}  // namespace

void read_control(Section& root, const Places& places, fs::path& socket) {
  auto control = root.section("control");
  if (!control) return;
  if (control->require("socket", "socket: /run/pulih/control.sock")) {
    control->read("socket", socket, parse_path);
    if (!socket.empty()) socket = places.beside / socket;
    if (socket.native().size() > longest_socket)
      control->error("socket", {"the name of a socket has at most 107 octets, this one has " +
                                    std::to_string(socket.native().size()),
                                "socket: /run/pulih/control.sock"});
  }
  control->finish();
}

tl::expected<fs::path, std::vector<ConfigError>> read_control_socket(const fs::path& file) {
  const auto text = contents_of(file);
  if (!text) return tl::unexpected(text.error());
  Findings findings(file.string());
  std::error_code unknown;
  const Places places{fs::absolute(file, unknown).parent_path(), {}, {}};
  fs::path socket;
  if (const auto document = read_document(*text, findings)) {
    Section root(findings, *document, "the configuration");
    if (root.require("control", control_example)) read_control(root, places, socket);
  }
  if (!findings.clean()) return tl::unexpected(findings.take_errors());
  return socket;
}

}  // namespace pulih::config
