// See link.hpp. TCP_NODELAY always: a response that waits for the peer's delayed acknowledgement
// costs 40 ms and more (measured with Kannel: 88 ms a turn).
#include "protocols/smpp/link.hpp"

#include <string.h>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace pulih::smpp {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {
constexpr std::size_t read_octets = 64 * 1024;
Monotonic now() { return std::chrono::steady_clock::now(); }
}  // namespace

Link::Link(Stream stream, SessionSettings settings, Owner& owner)
    : stream_(std::move(stream)),
      session_(std::move(settings)),
      owner_(owner),
      alarm_(stream_.get_executor()),
      read_buffer_(read_octets) {
  error_code ignored;
  stream_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void Link::start() {
  session_.open(now());
  hear();
  read();
}

void Link::read() {
  stream_.async_read_some(asio::buffer(read_buffer_),
                          [self = shared_from_this()](const error_code& error, std::size_t count) {
                            if (self->closed_) return;
                            if (error) {
                              // The peer is gone: what the session still waits for will not come.
                              self->abort();
                              return;
                            }
                            self->session_.receive({self->read_buffer_.data(), count}, now());
                            explicit_bzero(self->read_buffer_.data(), count);
                            self->hear();
                            if (!self->closed_) self->read();
                          });
}

void Link::hear() {
  while (const auto happening = session_.next(now())) {
    told_lost_ |= std::holds_alternative<Lost>(*happening);
    owner_.happened(*this, *happening);
  }
  owner_.paused(*this);
  flush();
  set_alarm();
  close_when_written();
}

void Link::flush() {
  if (flush_wanted_ || writing_ || !session_.has_output()) return;
  flush_wanted_ = true;
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    self->flush_wanted_ = false;
    self->write();
  });
}

void Link::write() {
  if (closed_ || writing_ || !session_.has_output()) return close_when_written();
  writing_ = true;
  session_.take_output(write_buffer_);
  asio::async_write(stream_, asio::buffer(write_buffer_),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      self->writing_ = false;
                      explicit_bzero(self->write_buffer_.data(), self->write_buffer_.size());
                      if (error) return self->abort();
                      self->write();
                    });
}

void Link::set_alarm() {
  const auto at = session_.deadline();
  if (!at || closed_) {
    alarm_.cancel();
    return;
  }
  if (alarm_.expiry() == *at) return;
  alarm_.expires_at(*at);
  alarm_.async_wait([self = shared_from_this()](const error_code& error) {
    if (error || self->closed_) return;
    self->session_.tick(now());
    self->hear();
  });
}

void Link::close_when_written() {
  if (!told_lost_ || writing_ || flush_wanted_ || closed_) return;
  closed_ = true;
  alarm_.cancel();
  error_code ignored;
  stream_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.close(ignored);
}

void Link::abort() {
  if (closed_) return;
  if (!told_lost_) {
    // Drops the session's own waiting requests one by one, then tells that it is over.
    session_.connection_lost();
    while (const auto happening = session_.next(now())) owner_.happened(*this, *happening);
    told_lost_ = true;
  }
  closed_ = true;
  alarm_.cancel();
  error_code ignored;
  stream_.close(ignored);
}

}  // namespace pulih::smpp
