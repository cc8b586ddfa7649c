// See connecting.hpp. The attempts share one record; whoever sets the winner ends the others by
// closing their sockets.
#include "daemon/hub/connecting.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <vector>

#include "daemon/hub/tcp.hpp"

namespace pulih::hub {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using smpp::or_error;

struct Race {
  explicit Race(const asio::any_io_executor& executor) : changed(executor) {}
  std::vector<std::shared_ptr<smpp::Stream>> running;
  std::shared_ptr<smpp::Stream> winner;
  std::string why;
  bool over = false;
  asio::steady_timer changed;
};

void ended(Race& race, const std::shared_ptr<smpp::Stream>& stream, std::string why) {
  std::erase(race.running, stream);
  stream->close();
  if (!race.over) race.why = std::move(why);
  race.changed.cancel();
}

asio::awaitable<void> attempt(std::shared_ptr<Race> race, std::shared_ptr<smpp::Stream> stream,
                              tcp::resolver::results_type found) {
  boost::system::error_code error = asio::error::host_not_found;
  for (const auto& entry : found) {
    stream->socket().close(error);
    stream->socket().open(entry.endpoint().protocol(), error);
    if (error) continue;
    tune(stream->socket().native_handle());
    std::tie(error) = co_await stream->socket().async_connect(entry.endpoint(), or_error);
    if (!error || race->over) break;
  }
  if (error || race->over) co_return ended(*race, stream, error.message());
  tune(stream->socket().native_handle());
  const auto failed = co_await stream->handshake(smpp::Stream::Side::client);
  if (failed || race->over) co_return ended(*race, stream, failed.value_or(""));
  std::erase(race->running, stream);
  race->winner = stream;
  race->over = true;
  race->changed.cancel();
}

}  // namespace

asio::awaitable<tl::expected<smpp::Stream, std::string>> connect(const Address& address,
                                                                 smpp::TlsContext context,
                                                                 const smpp::TlsSettings& tls,
                                                                 const ConnectBudget& budget) {
  using Clock = std::chrono::steady_clock;
  const auto executor = co_await asio::this_coro::executor;
  const auto until = Clock::now() + budget.all;
  tcp::resolver resolver(executor);
  const auto [unknown, resolved] =
      co_await resolver.async_resolve(address.host, std::to_string(address.port), or_error);
  if (unknown)
    co_return tl::unexpected("the name " + address.host + " is not known: " + unknown.message());
  const auto& found = resolved;
  const auto race = std::make_shared<Race>(executor);
  const auto begin = [&] {
    auto stream = std::make_shared<smpp::Stream>(tcp::socket(executor), context, tls);
    race->running.push_back(stream);
    asio::co_spawn(executor, attempt(race, stream, found), smpp::rethrow);
  };
  begin();
  auto next = Clock::now() + budget.next;
  while (!race->over) {
    race->changed.expires_at(std::min(next, until));
    co_await race->changed.async_wait(or_error);
    if (race->over || race->running.empty()) break;  // somebody won, or all have failed
    if (Clock::now() >= until) {
      race->why = "no answer within " +
                  std::to_string(std::chrono::round<std::chrono::seconds>(budget.all).count()) +
                  " s";
      break;
    }
    if (Clock::now() < next) continue;
    next = Clock::now() + budget.next;
    if (race->running.size() < budget.at_once) begin();
  }
  race->over = true;
  for (const auto& stream : race->running) stream->close();
  if (!race->winner) co_return tl::unexpected(race->why);
  co_return std::move(*race->winner);
}

}  // namespace pulih::hub
