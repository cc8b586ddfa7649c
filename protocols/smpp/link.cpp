// See link.hpp. Three loops share one connection and one session: they end when the connection is
// closed, by whichever of them.
#include "protocols/smpp/link.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "protocols/smpp/wiping.hpp"

namespace pulih::smpp {

namespace asio = boost::asio;

namespace {

constexpr std::size_t read_octets = 65'536;
// For the peer to read our last words and close; closing first could take them from it (a reset).
constexpr auto last_words = std::chrono::seconds{2};

Monotonic now() { return std::chrono::steady_clock::now(); }

}  // namespace

Link::Link(Stream stream, const SessionSettings& settings, Owner& owner)
    : stream_(std::move(stream)),
      side_(settings.role == Role::esme ? Stream::Side::client : Stream::Side::server),
      session_(settings),
      owner_(owner),
      alarm_(stream_.get_executor()),
      output_wanted_(stream_.get_executor(), Monotonic::max()),
      read_buffer_(read_octets) {}

void Link::start() {
  session_.open(now());
  for (auto loop : {&Link::read, &Link::write, &Link::watch_time})
    asio::co_spawn(
        stream_.get_executor(), [self = shared_from_this(), loop] { return (self.get()->*loop)(); },
        rethrow);
  wake();
}

// ---- the three loops --------------------------------------------------------------------------

asio::awaitable<void> Link::read() {
  const auto failed = co_await stream_.handshake(side_);
  if (failed) co_return lose(*failed);
  open_ = true;
  output_wanted_.cancel();
  while (!closed_) {
    const auto [error, count] = co_await stream_.read_some(read_buffer_);
    if (error) co_return lose(stream_.why(error));
    session_.receive({read_buffer_.data(), count}, now());
    wipe(read_buffer_.data(), count);
    wake();
  }
}

asio::awaitable<void> Link::write() {
  while (!closed_) {
    if (open_ && session_.has_output()) {
      session_.take_output(write_buffer_);
      const auto error = co_await stream_.write(write_buffer_);
      wipe(write_buffer_);
      if (error) co_return lose(stream_.why(error));
    } else if (close_at_) {
      co_return co_await stream_.finish();
    } else {
      co_await output_wanted_.async_wait(or_error);
    }
  }
}

asio::awaitable<void> Link::watch_time() {
  while (!closed_) {
    alarm_.expires_at(close_at_ ? *close_at_ : session_.deadline().value_or(Monotonic::max()));
    const auto [cancelled] = co_await alarm_.async_wait(or_error);
    if (cancelled) continue;  // there is an earlier deadline now
    if (close_at_ && now() >= *close_at_) co_return close();
    session_.tick(now());
    wake();
  }
}

// ---- telling the owner ------------------------------------------------------------------------

bool Link::tell(Monotonic now) {
  bool told = false;
  while (const auto happening = session_.next(now)) {
    told = true;
    if (std::holds_alternative<Lost>(*happening)) close_at_ = now + last_words;
    owner_.happened(*this, *happening);
  }
  return told;
}

void Link::wake() {
  if (telling_) return;  // what the owner asks for while it hears is seen below
  const auto self = shared_from_this();
  const Monotonic at = now();
  telling_ = true;
  while (tell(at)) owner_.paused(*this);
  telling_ = false;
  if (session_.has_output() || close_at_) output_wanted_.cancel();
  // A later deadline needs no new alarm: the old one finds nothing due and sets itself anew.
  const auto deadline = close_at_ ? close_at_ : session_.deadline();
  if (deadline && *deadline < alarm_.expiry()) alarm_.cancel();
}

void Link::flush() {
  if (flush_posted_ || telling_) return;
  flush_posted_ = true;
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    self->flush_posted_ = false;
    self->wake();
  });
}

tl::expected<std::uint32_t, Refusal> Link::submit(Body request, std::uint64_t correlation) {
  auto sent = session_.submit(std::move(request), correlation, now());
  flush();
  return sent;
}

void Link::unbind() {
  session_.unbind(now());
  flush();
}

// ---- ending -----------------------------------------------------------------------------------

void Link::abort() { lose("the connection was given up"); }

void Link::lose(std::string_view why) {
  session_.connection_lost(why);
  close();
  flush();
}

void Link::close() {
  if (closed_) return;
  closed_ = true;
  stream_.close();
  alarm_.cancel();
  output_wanted_.cancel();
}

}  // namespace pulih::smpp
