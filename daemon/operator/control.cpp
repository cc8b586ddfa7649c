// See control.hpp. A client is a reader and a writer; it lives until both have ended, and what it
// asked for ends with it.
#include "daemon/operator/control.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>

namespace pulih::operators {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t most_clients = 16;
constexpr std::size_t longest_request = 4'096;
constexpr std::size_t most_waiting = 4u << 20;  // octets that a client has not read
constexpr auto or_error = asio::as_tuple(asio::use_awaitable);

bool may_ask(Control::Socket::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == 0 || peer.uid == ::geteuid());
}

std::string written(const Json& line) {
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

class Control::Client final : public Asked, public std::enable_shared_from_this<Client> {
 public:
  Client(Socket::socket socket, Control& control)
      : socket_(std::move(socket)),
        control_(control),
        wake_(socket_.get_executor(), std::chrono::steady_clock::time_point::max()) {
    ++control_.clients_;
  }
  ~Client() override {
    --control_.clients_;
    if (closed_) closed_();
  }

  void start() {
    for (auto loop : {&Client::read, &Client::write})
      asio::co_spawn(
          socket_.get_executor(),
          [self = shared_from_this(), loop] { return (self.get()->*loop)(); }, asio::detached);
  }

  void tell(const Json& line) override {
    if (ended_) return;
    auto text = written(line);
    if (waiting_ + text.size() > most_waiting) {
      ++lost_;
      return;
    }
    if (lost_ != 0) put(written({{"lost", std::exchange(lost_, 0)}}));
    put(std::move(text));
  }
  void end() override { finish({{"end", true}}); }
  void refuse(const std::string& why) override { finish({{"error", why}}); }
  void when_closed(std::function<void()> call) override { closed_ = std::move(call); }

 private:
  void put(std::string text) {
    waiting_ += text.size();
    lines_.push_back(std::move(text));
    wake_.cancel();
  }
  void finish(const Json& last) {
    if (ended_) return;
    if (lost_ != 0) put(written({{"lost", std::exchange(lost_, 0)}}));
    put(written(last));
    ended_ = true;
  }
  // The client has gone, or has read its last line.
  void leave() {
    ended_ = true;
    gone_ = true;
    error_code ignored;
    socket_.close(ignored);
    wake_.cancel();
    if (auto call = std::exchange(closed_, nullptr)) call();
  }

  asio::awaitable<void> read() {
    std::string request;
    auto into = asio::dynamic_buffer(request, longest_request);
    const auto [error, octets] = co_await asio::async_read_until(socket_, into, '\n', or_error);
    if (error == asio::error::not_found)
      refuse("the request is longer than " + std::to_string(longest_request) + " octets");
    else if (error)
      co_return leave();
    else
      hear(std::string_view(request).substr(0, octets));
    // Whatever comes now is read for the end that it brings.
    std::array<char, 256> rest{};
    while (!gone_) {
      const auto [over, count] = co_await socket_.async_read_some(asio::buffer(rest), or_error);
      if (over) co_return leave();
    }
  }

  void hear(std::string_view text) {
    const auto request = Json::parse(text, nullptr, false);
    if (!request.is_object() || !request.contains("ask") || !request["ask"].is_string())
      return refuse("a request is one JSON object a line, like {\"ask\": \"status\"}");
    const auto found = control_.answers_.find(request["ask"].get<std::string>());
    if (found == control_.answers_.end())
      return refuse("this daemon does not answer that; perhaps pulihctl is of another release");
    found->second(request, shared_from_this());
  }

  asio::awaitable<void> write() {
    while (!gone_) {
      if (lines_.empty()) {
        if (ended_) co_return leave();
        co_await wake_.async_wait(or_error);
        continue;
      }
      const auto [error, count] =
          co_await asio::async_write(socket_, asio::buffer(lines_.front()), or_error);
      if (error) co_return leave();
      waiting_ -= lines_.front().size();
      lines_.pop_front();
    }
  }

  Socket::socket socket_;
  Control& control_;
  asio::steady_timer wake_;  // cancelled to wake the writer
  std::deque<std::string> lines_;
  std::size_t waiting_ = 0;  // octets in lines_
  std::uint64_t lost_ = 0;   // lines since the last one that found room
  bool ended_ = false;       // nothing more is told
  bool gone_ = false;
  std::function<void()> closed_;
};

Control::~Control() { close(); }

tl::expected<void, std::string> Control::listen(const std::filesystem::path& path) {
  const auto fault = [&](const std::string& what, const std::string& hint) {
    return tl::make_unexpected("control socket " + path.string() + ": " + what + "; " + hint);
  };
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode)) return fault("is no socket", "name another path, or remove it");
    Socket::socket probe(acceptor_.get_executor());
    error_code nobody;
    probe.connect(Socket::endpoint(path.string()), nobody);
    if (!nobody) return fault("somebody listens there", "is another pulihd running?");
    ::unlink(path.c_str());
  }
  error_code error;
  acceptor_.open(Socket(), error);
  if (!error) acceptor_.bind(Socket::endpoint(path.string()), error);
  if (!error && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0)
    error.assign(errno, boost::system::system_category());
  if (!error) acceptor_.listen(most_clients, error);
  if (error)
    return fault(error.message(),
                 "its folder has to be there and writable: ls -ld " + path.parent_path().string());
  path_ = path;
  accept();
  return {};
}

void Control::close() {
  if (path_.empty()) return;
  error_code ignored;
  acceptor_.close(ignored);
  ::unlink(path_.c_str());
  path_.clear();
}

void Control::accept() {
  acceptor_.async_accept([this](const error_code& error, Socket::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (!error) {
      const bool welcome = may_ask(socket);
      const bool room = clients_ < most_clients;
      const auto client = std::make_shared<Client>(std::move(socket), *this);
      if (!welcome)
        client->refuse("only root and the daemon's own user may ask; type: sudo pulihctl");
      if (!room) client->refuse("too many ask at once; close another pulihctl");
      client->start();
    }
    accept();
  });
}

}  // namespace pulih::operators
