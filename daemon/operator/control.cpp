// See control.hpp. A client is a reader and a writer, who keep it alive; what it asked for ends
// when it leaves, or when the control socket does.
#include "daemon/operator/control.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>

namespace pulih::operators {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto or_error = asio::as_tuple(asio::use_awaitable);

// The loops return errors; what still throws is a mistake of ours and ends io_context::run.
void rethrow(const std::exception_ptr& thrown) {
  if (thrown) std::rethrow_exception(thrown);
}

// The group may reach the socket, so that who has no right is told so.
bool may_ask(Control::Socket::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == 0 || peer.uid == ::geteuid());
}

}  // namespace

class Control::Client final : public Asked, public std::enable_shared_from_this<Client> {
 public:
  Client(Socket::socket socket, Control& control)
      : socket_(std::move(socket)),
        control_(&control),
        wake_(socket_.get_executor(), std::chrono::steady_clock::time_point::max()) {
    control.clients_.insert(this);
  }

  void start() {
    for (auto loop : {&Client::read, &Client::write})
      asio::co_spawn(
          socket_.get_executor(),
          [self = shared_from_this(), loop] { return (self.get()->*loop)(); }, rethrow);
  }

  void tell(const Json& line) override {
    if (ended_) return;
    auto text = one_line(line);
    if (waiting_ + text.size() > control_->bounds_.waiting) {
      ++lost_;
      return;
    }
    tell_lost();
    put(std::move(text));
  }
  void end() override { finish({{"end", true}}); }
  void refuse(const std::string& why) override { finish({{"error", why}}); }
  void keep(std::shared_ptr<void> what) override { kept_ = std::move(what); }

  // Its last line is written, it is not there any more, or nobody is to be answered any more.
  void leave() {
    if (!control_) return;
    control_->clients_.erase(this);
    control_ = nullptr;
    ended_ = true;
    error_code ignored;
    socket_.close(ignored);
    wake_.cancel();
    kept_.reset();
  }

 private:
  void put(std::string text) {
    waiting_ += text.size();
    lines_.push_back(std::move(text));
    wake_.cancel();
  }
  void tell_lost() {
    if (lost_ != 0) put(one_line({{"lost", std::exchange(lost_, 0)}}));
  }
  void finish(const Json& last) {
    if (ended_) return;
    tell_lost();
    put(one_line(last));
    ended_ = true;
  }

  asio::awaitable<void> read() {
    std::string request;
    auto into = asio::dynamic_buffer(request, control_->bounds_.request);
    const auto [error, octets] = co_await asio::async_read_until(socket_, into, '\n', or_error);
    if (!control_) co_return;
    if (error == asio::error::not_found)
      refuse("the request is longer than " + std::to_string(control_->bounds_.request) +
             " octets; is it pulihctl that asks?");
    else if (error)
      co_return leave();
    else
      hear(std::string_view(request).substr(0, octets));
    // What comes now is read for the end that it brings.
    std::array<char, 256> rest{};
    while (control_) {
      const auto [over, count] = co_await socket_.async_read_some(asio::buffer(rest), or_error);
      if (over && ended_) co_return;  // it asks no more, and may still be reading
      if (over) co_return leave();
    }
  }

  void hear(std::string_view text) {
    if (ended_) return;
    const auto request = Json::parse(text, nullptr, false);
    const auto name = field<std::string>(request, "ask");
    if (!name) return refuse("a request is one JSON object a line, like {\"ask\": \"status\"}");
    const auto found = control_->answers_.find(*name);
    if (found == control_->answers_.end())
      return refuse("this daemon has no answer to that; is pulihctl of another release?");
    found->second(request, *this);
  }

  asio::awaitable<void> write() {
    while (control_) {
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
  Control* control_;         // nullptr: it has left
  asio::steady_timer wake_;  // cancelled to wake the writer
  std::deque<std::string> lines_;
  std::size_t waiting_ = 0;  // octets in lines_
  std::uint64_t lost_ = 0;   // lines since the last one that found room
  bool ended_ = false;       // nothing more is told
  std::shared_ptr<void> kept_;
};

Control::~Control() {
  while (!clients_.empty()) {
    const auto client = (*clients_.begin())->shared_from_this();
    client->leave();
  }
  if (!path_.empty()) ::unlink(path_.c_str());
}

tl::expected<void, std::string> Control::listen(const std::filesystem::path& path) {
  const auto fault = [&](const std::string& what, const std::string& hint) {
    return tl::make_unexpected("control socket " + path.string() + ": " + what + "; " + hint);
  };
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode)) return fault("is no socket", "name another path, or remove it");
    Socket::socket probe(acceptor_.get_executor(), Socket());
    error_code answer;
    probe.non_blocking(true, answer);
    probe.connect(Socket::endpoint(path.string()), answer);
    if (answer != asio::error::connection_refused)
      return fault("somebody listens there already", "is another pulihd running?");
    ::unlink(path.c_str());
  }
  error_code error;
  acceptor_.open(Socket(), error);
  if (!error) acceptor_.bind(Socket::endpoint(path.string()), error);
  constexpr ::mode_t for_user_and_group = 0660;
  if (!error && ::chmod(path.c_str(), for_user_and_group) != 0)
    error.assign(errno, boost::system::system_category());
  if (!error) acceptor_.listen(static_cast<int>(bounds_.clients), error);
  if (error) {
    error_code ignored;
    acceptor_.close(ignored);
    return fault(error.message(), "its folder has to be there, and the daemon's to write: ls -ld " +
                                      path.parent_path().string());
  }
  path_ = path;
  accept();
  return {};
}

void Control::accept() {
  acceptor_.async_accept([this](const error_code& error, Socket::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      welcome(std::move(socket));
      return accept();
    }
    // No descriptor is left, or no memory: that does not change by asking at once.
    pause_.expires_after(std::chrono::seconds{1});
    pause_.async_wait([this](const error_code& stopped) {
      if (!stopped) accept();
    });
  });
}

void Control::welcome(Socket::socket socket) {
  const bool allowed = may_ask(socket);
  const bool room = clients_.size() < bounds_.clients;
  const auto client = std::make_shared<Client>(std::move(socket), *this);
  if (!allowed) client->refuse("only root and the daemon's own user may ask; sudo pulihctl");
  if (!room) client->refuse("too many ask at once; close another pulihctl");
  client->start();
}

}  // namespace pulih::operators
