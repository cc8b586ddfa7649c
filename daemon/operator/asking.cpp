// See asking.hpp. A plain blocking socket: pulihctl asks one thing and has nothing else to do.
#include "daemon/operator/asking.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace pulih::operators {
namespace {

constexpr ::timeval patience{.tv_sec = 10, .tv_usec = 0};
constexpr ::timeval no_end{.tv_sec = 0, .tv_usec = 0};
constexpr std::size_t longest_line = 4u << 20;

void wait_for_reading(int socket, const ::timeval& time) {
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
}

std::string hint_for(int error) {
  if (error == ENOENT || error == ECONNREFUSED)
    return "is the daemon running, with this socket in its configuration? systemctl status pulihd";
  if (error == EACCES || error == EPERM) return "only root and the daemon's own user may: sudo";
  return "systemctl status pulihd";
}

}  // namespace

tl::expected<Asking, std::string> Asking::begin(const std::filesystem::path& path,
                                                const Json& request) {
  const auto fault = [&](int error) {
    return tl::make_unexpected(path.string() + ": " + std::system_category().message(error) + "; " +
                               hint_for(error));
  };
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path) return fault(ENAMETOOLONG);
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  Asking asking(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (asking.socket_ < 0 ||
      ::connect(asking.socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return fault(errno);
  wait_for_reading(asking.socket_, patience);
  const auto text = one_line(request);
  // Whoever refuses us may have closed already; what was said stands to be read.
  if (::send(asking.socket_, text.data(), text.size(), MSG_NOSIGNAL) < 0 && errno != EPIPE)
    return fault(errno);
  return asking;
}

Asking::~Asking() {
  if (socket_ >= 0) ::close(socket_);
}

tl::expected<std::string, std::string> Asking::line() {
  std::size_t searched = 0;
  for (;;) {
    if (const auto end = received_.find('\n', searched); end != received_.npos) {
      std::string line = received_.substr(0, end);
      received_.erase(0, end + 1);
      return line;
    }
    searched = received_.size();
    if (searched > longest_line)
      return tl::unexpected(std::string("the daemon's answer has no end"));
    std::array<char, 65'536> some{};
    const auto count = ::recv(socket_, some.data(), some.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN)
      return tl::unexpected(
          std::string("the daemon does not answer; journalctl -u pulihd tells why"));
    if (count <= 0)
      return tl::unexpected(std::string("the daemon has gone; journalctl -u pulihd tells why"));
    received_.append(some.data(), static_cast<std::size_t>(count));
  }
}

tl::expected<std::optional<Json>, std::string> Asking::next() {
  const auto text = line();
  if (!text) return tl::unexpected(text.error());
  if (!std::exchange(begun_, true)) wait_for_reading(socket_, no_end);
  auto json = Json::parse(*text, nullptr, false);
  if (!json.is_object())
    return tl::unexpected(
        std::string("the daemon's answer is no JSON; is pulihctl of another release?"));
  if (const auto error = field<std::string>(json, "error")) return tl::unexpected(*error);
  if (field<bool>(json, "end")) return std::nullopt;
  return json;
}

}  // namespace pulih::operators
