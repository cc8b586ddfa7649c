// See link.hpp. Three loops share one connection, as in protocols/smpp/link.cpp; they end when it
// is closed, by whichever of them.
#include "daemon/hub/link.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>

namespace pulih::hub {

namespace asio = boost::asio;

namespace {

constexpr std::size_t read_octets = 16'384;
// Pieces that are written together, so that small ones share a record of TLS and a segment.
constexpr std::size_t together = 2'048;
// For the peer to read our last words.
constexpr auto last_words = std::chrono::seconds{5};
// The peer's acknowledgements make room; nobody tells us when.
constexpr auto look_for_room = std::chrono::milliseconds{40};
constexpr unsigned first_pings = 8;
using smpp::or_error;

}  // namespace

Link::Link(smpp::Stream stream, Talk::Side side, const LinkTimes& times, Owner& owner)
    : stream_(std::move(stream)),
      talk_(side),
      times_(times),
      owner_(&owner),
      alarm_(stream_.get_executor()),
      output_wanted_(stream_.get_executor(), Clock::time_point::max()),
      heard_at_(Clock::now()) {}

void Link::start() {
  for (auto loop : {&Link::read, &Link::write, &Link::watch_time})
    asio::co_spawn(
        stream_.get_executor(), [self = shared_from_this(), loop] { return (self.get()->*loop)(); },
        smpp::rethrow);
}

void Link::send(Lane lane, Writer message) {
  if (closed_ || ended_with_) return;
  talk_.send(lane, std::move(message));
  output_wanted_.cancel();
}

void Link::await_answers(bool awaited) {
  if (!awaited) return awaiting_since_.reset();
  if (awaiting_since_) return;
  awaiting_since_ = Clock::now();
  pings_ = 0;
  alarm_.cancel();
}

// ---- the three loops --------------------------------------------------------------------------

asio::awaitable<void> Link::read() {
  std::array<std::uint8_t, read_octets> buffer;
  while (!closed_) {
    const auto [error, count] = co_await stream_.read_some(buffer);
    if (error) {
      const auto& farewell = talk_.heard_farewell();
      co_return lose(farewell ? farewell->what : stream_.why(error),
                     farewell ? std::optional(farewell->code) : std::nullopt);
    }
    octets_in_ += count;
    heard_at_ = Clock::now();
    pings_ = 0;
    if (ended_with_) continue;  // only until the peer closes
    const auto taken = talk_.receive({buffer.data(), count});
    if (!taken) {
      end(taken.error());
      continue;
    }
    while (auto heard = talk_.next_message()) {
      owner_->heard(*this, std::move(*heard));
      if (closed_) co_return;
    }
    if (const auto& farewell = talk_.heard_farewell())
      co_return lose(farewell->what, farewell->code);
    if (talk_.has_output()) output_wanted_.cancel();
  }
}

asio::awaitable<void> Link::write() {
  while (!closed_) {
    if (!talk_.has_output()) {
      if (ended_with_) co_return co_await stream_.finish();
      co_await output_wanted_.async_wait(or_error);
      continue;
    }
    writing_since_ = Clock::now();
    const auto [refused] =
        co_await stream_.socket().async_wait(asio::ip::tcp::socket::wait_write, or_error);
    if (closed_ || refused) co_return;
    if (!talk_.has_urgent_output() && !room_.left(stream_.socket().native_handle())) {
      writing_since_.reset();
      output_wanted_.expires_after(look_for_room);
      co_await output_wanted_.async_wait(or_error);
      output_wanted_.expires_at(Clock::time_point::max());
      continue;
    }
    Octets octets;
    while (octets.size() < together) {
      const auto frame = talk_.next_frame();
      if (!frame) break;
      octets.insert(octets.end(), frame->begin(), frame->end());
    }
    const auto error = co_await stream_.write(octets);
    writing_since_.reset();
    if (closed_) co_return;
    if (error) co_return lose(stream_.why(error), std::nullopt);
    octets_out_ += octets.size();
    if (!ended_with_) owner_->drained(*this);
  }
}

Link::Clock::time_point Link::next_look() const {
  auto next = heard_at_ + (awaiting_since_ ? times_.silence : times_.idle);
  if (close_at_) next = std::min(next, *close_at_);
  if (awaiting_since_) {
    const auto pause = pings_ < first_pings ? times_.ping_first : times_.ping_later;
    next = std::min(next, std::max({heard_at_, pinged_at_, *awaiting_since_}) + pause);
  }
  // Writes are many and short: they are looked at now and then.
  return std::min(next, Clock::now() + times_.slow / 4);
}

asio::awaitable<void> Link::watch_time() {
  while (!closed_) {
    alarm_.expires_at(next_look());
    const auto [cancelled] = co_await alarm_.async_wait(or_error);
    if (!cancelled && !closed_) look(Clock::now());
  }
}

void Link::look(Clock::time_point now) {
  if (close_at_ && now >= *close_at_) return lose(ended_with_->what, ended_with_->code);
  if (writing_since_ && now - *writing_since_ >= times_.slow)
    return lose("the peer reads too slowly, or not at all", Farewell::too_slow);
  const auto awaited_for =
      awaiting_since_ ? now - std::max(heard_at_, *awaiting_since_) : Clock::duration::zero();
  if (awaited_for >= times_.silence || now - heard_at_ >= times_.idle)
    return lose("the peer is silent", std::nullopt);
  const auto pause = pings_ < first_pings ? times_.ping_first : times_.ping_later;
  if (awaiting_since_ && now - std::max({heard_at_, pinged_at_, *awaiting_since_}) >= pause) {
    talk_.ping();
    ++pings_;
    pinged_at_ = now;
    output_wanted_.cancel();
  }
}

// ---- ending -----------------------------------------------------------------------------------

void Link::end(const Fault& why) {
  if (closed_ || ended_with_) return;
  ended_with_ = why;
  talk_.farewell(why);
  close_at_ = Clock::now() + last_words;
  alarm_.cancel();
  output_wanted_.cancel();
}

void Link::abandon() {
  if (closed_) return;
  close();
}

void Link::lose(std::string why, std::optional<Farewell> farewell) {
  if (closed_) return;
  const auto self = shared_from_this();
  close();
  if (ended_with_)
    owner_->lost(*this, ended_with_->what, ended_with_->code);
  else
    owner_->lost(*this, std::move(why), farewell);
}

void Link::close() {
  closed_ = true;
  stream_.close();
  alarm_.cancel();
  output_wanted_.cancel();
}

}  // namespace pulih::hub
