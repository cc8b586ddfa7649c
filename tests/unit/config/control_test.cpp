// Where the operator's tool finds the daemon: read out of a configuration whose other parts it may
// not be able to see, or which are wrong at the moment.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/settings.hpp"

using namespace pulih::config;

namespace {

// A configuration file in a folder of its own.
class File {
 public:
  explicit File(const std::string& text) {
    REQUIRE(::mkdtemp(folder_.data()) != nullptr);
    std::ofstream(path()) << text;
  }
  ~File() { std::filesystem::remove_all(folder_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  std::filesystem::path folder() const { return folder_; }
  std::filesystem::path path() const { return folder() / "pulih.yaml"; }

 private:
  std::string folder_ = (std::filesystem::temp_directory_path() / "pulih-XXXXXX").string();
};

std::string error_of(const File& file) {
  const auto socket = read_control_socket(file.path());
  REQUIRE_FALSE(socket);
  REQUIRE(socket.error().size() == 1);
  return socket.error()[0].text().substr(file.folder().string().size() + 1);
}

}  // namespace

TEST_CASE("the control socket is found whatever else is wrong with the file", "[settings]") {
  const File absolute(
      "site: [\"?\"]\nkeys: {site: {credential: absent}}\ncontrol: {socket: /run/x.sock}\n");
  CHECK(read_control_socket(absolute.path()).value() == "/run/x.sock");
  const File relative("control: {socket: control.sock}\n");
  CHECK(read_control_socket(relative.path()).value() == relative.folder() / "control.sock");
}

TEST_CASE("a file without a control socket says what to write", "[settings]") {
  CHECK(error_of(File("site: nabire\n")) ==
        "pulih.yaml:1:1: the configuration has no 'control'; "
        "control: {socket: /run/pulih/control.sock}");
  CHECK(error_of(File("control: {}\n")) ==
        "pulih.yaml:1:10: control has no 'socket'; socket: /run/pulih/control.sock");
  CHECK(error_of(File("control: [\n")).starts_with("pulih.yaml:2:1: this is not YAML"));
}

TEST_CASE("a name that no socket can have is refused", "[settings]") {
  CHECK(error_of(File("control: {socket: /" + std::string(120, 'x') + "}\n")) ==
        "pulih.yaml:1:19: the name of a socket has at most 107 octets, this one has 121; "
        "socket: /run/pulih/control.sock");
  CHECK(error_of(File("control: {socket: ''}\n")).starts_with("pulih.yaml:1:19: socket: this is"));
}
