// pulihctl's end of the control socket: asks one thing and takes the answer line by line. The
// daemon has to begin within ten seconds; how long it goes on is its own matter.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "daemon/operator/json.hpp"

namespace pulih::operators {

class Asking {
 public:
  // Errors say what, where and what to do.
  static tl::expected<Asking, std::string> begin(const std::filesystem::path& socket,
                                                 const Json& request);
  Asking(Asking&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Asking& operator=(Asking&&) = delete;
  ~Asking();

  // The next line of the answer; nothing: that was all. An error is the daemon's, or that it has
  // gone.
  tl::expected<std::optional<Json>, std::string> next();

 private:
  explicit Asking(int socket) : socket_(socket) {}
  tl::expected<std::string, std::string> line();

  int socket_;
  std::string received_;
  bool begun_ = false;
};

}  // namespace pulih::operators
