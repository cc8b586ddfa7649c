// See connection.hpp. Callers hand their wish to the thread within and wait; all else happens
// there.
#include "daemon/hub/connection.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "daemon/accounts/registers.hpp"
#include "daemon/hub/columns.hpp"

namespace pulih::hub {

namespace asio = boost::asio;
using central::Unavailable;

namespace {

// Rows on their way while others are stored: more than fit on a link of 64 kbit/s and 1.6 s.
constexpr std::size_t rows_ahead = 4'000;
constexpr std::ptrdiff_t blocks_ahead = 4;

std::size_t pages_ahead(std::size_t most) {
  return std::clamp<std::size_t>(rows_ahead / std::max<std::size_t>(most, 1), 2, most_pages_ahead);
}

Unavailable away(std::string why) { return {std::move(why), Unavailable::Kind::away}; }

Unavailable meaning(const std::string& where, std::string why, std::optional<Farewell> farewell) {
  const auto said = where + ": " + std::move(why);
  if (!farewell) return away(said);
  switch (*farewell) {
    case Farewell::not_enrolled:
    case Farewell::revoked:
      return {said + "; at the hub: pulihctl hub list, pulihctl hub enrol",
              Unavailable::Kind::refused};
    case Farewell::version:
      return {said + "; the older of the two needs the newer release", Unavailable::Kind::refused};
    default:
      return away(said);
  }
}

}  // namespace

Connection::Connection(HubCentral::Settings settings)
    : settings_(std::move(settings)),
      where_("hub " + settings_.address.host + ":" + std::to_string(settings_.address.port)),
      work_(io_.get_executor()),
      thread_([this] { io_.run(); }) {}

Connection::~Connection() {
  interrupt();
  asio::post(io_, [this] { io_.stop(); });
  thread_.join();
}

void Connection::interrupt() {
  asio::post(io_, [this] {
    interrupted_ = true;
    if (link_) link_->abandon();
    link_.reset();
    connected_ = false;
    fail_all(away(where_ + ": this gateway is being stopped"));
  });
}

template <class Ask>
Connection::Outcome Connection::ask(Ask&& how) {
  const auto promise = std::make_shared<std::promise<Outcome>>();
  auto answer = promise->get_future();
  asio::post(io_, [this, promise, how = std::forward<Ask>(how)]() mutable {
    if (interrupted_) return unconnected(promise);
    how(promise);
  });
  if (answer.wait_for(settings_.call) == std::future_status::ready) return answer.get();
  asio::post(io_, [this] {
    if (link_) link_->abandon();
    if (link_) lost(*link_, "it lives, but a call was not answered", std::nullopt);
  });
  return answer.get();
}

// ---- connecting -------------------------------------------------------------------------------

Connection::Outcome Connection::meet(const central::Hello& hello) {
  return ask([this, hello](const Promise& promise) {
    if (link_) return send(ask::Meet{hello}, promise);
    if (meeting_)
      return promise->set_value(
          tl::unexpected(away(where_ + ": it is being connected to already")));
    meeting_ = promise;
    asio::co_spawn(io_, connect_and(hello), smpp::rethrow);
  });
}

asio::awaitable<void> Connection::connect_and(central::Hello hello) {
  const auto failed = [this](Unavailable why) {
    if (meeting_) std::exchange(meeting_, nullptr)->set_value(tl::unexpected(std::move(why)));
  };
  // The files are read for each connection: what was renewed counts from the next one.
  const auto context = smpp::load_tls(settings_.tls);
  if (!context)
    co_return failed({"central.tls." + std::string(context.error().field) + ": " +
                          context.error().what + "; " + context.error().hint,
                      Unavailable::Kind::refused});
  auto stream = co_await connect(settings_.address, *context, settings_.tls, settings_.budget);
  if (!stream) co_return failed(away(where_ + ": " + stream.error()));
  if (!meeting_) co_return;  // nobody waits for it any more
  link_ = std::make_shared<Link>(std::move(*stream), Talk::Side::gateway, settings_.times, *this);
  connected_ = true;
  link_->start();
  send(ask::Meet{hello}, std::exchange(meeting_, nullptr));
}

void Connection::lost(Link& link, std::string why, std::optional<Farewell> farewell) {
  if (&link != link_.get()) return;
  count();
  in_before_ = in_;
  out_before_ = out_;
  link_.reset();
  connected_ = false;
  fail_all(meaning(where_, std::move(why), farewell));
}

void Connection::fail_all(const Unavailable& why) {
  if (meeting_) std::exchange(meeting_, nullptr)->set_value(tl::unexpected(why));
  for (auto& [number, promise] : std::exchange(waiting_, {}))
    promise->set_value(tl::unexpected(why));
  for (auto& each : follows_) {
    if (each.waiting) each.waiting->set_value(tl::unexpected(why));
    each = {};
  }
  if (ahead_.waiting) ahead_.waiting->set_value(tl::unexpected(why));
  ahead_ = {};
  block_of_.clear();
}

// ---- requests and answers ---------------------------------------------------------------------

void Connection::count() {
  if (!link_) return;
  in_ = in_before_ + link_->octets_in();
  out_ = out_before_ + link_->octets_out();
  const bool awaited =
      !waiting_.empty() || !block_of_.empty() ||
      std::ranges::any_of(follows_, [](const Follow& f) { return f.awaited > 0 && !f.over; });
  link_->await_answers(awaited);
}

std::uint64_t Connection::send(const Request& request) {
  Writer message;
  put(message, ++last_number_, request);
  link_->send(lane_of(request), std::move(message));
  return last_number_;
}

void Connection::unconnected(const Promise& promise) {
  promise->set_value(tl::unexpected(away(where_ + ": there is no connection; it is tried again")));
}

void Connection::send(const Request& request, Promise promise) {
  if (!link_) return unconnected(promise);
  waiting_.emplace(send(request), std::move(promise));
  count();
}

Connection::Outcome Connection::call(Request request) {
  return ask(
      [this, request = std::move(request)](const Promise& promise) { send(request, promise); });
}

void Connection::heard(Link& link, Talk::Heard heard) {
  if (&link != link_.get()) return;
  count();
  auto answer = read_answer(heard.message);
  if (!answer) {
    link.end({Farewell::message, "an answer that cannot be read"});
    return;
  }
  auto& [number, what] = *answer;
  if (const auto waiting = waiting_.find(number); waiting != waiting_.end()) {
    const auto promise = std::move(waiting->second);
    waiting_.erase(waiting);
    if (auto* blocks = std::get_if<told::Fingerprints>(&what))
      for (const auto& each : blocks->blocks) ahead_.told.push_back(each.block);
    promise->set_value(std::move(what));
  } else if (!hear_page(number, what)) {
    hear_block(number, what);
  }
  count();
  accounts::clear_vector_registers();
}

HubCentral::Traffic Connection::traffic() const { return {in_, out_, connected_}; }

// ---- pages of a feed --------------------------------------------------------------------------

Connection::Outcome Connection::page(central::Feed feed, const central::Cursor& cursor,
                                     std::size_t most) {
  return ask([this, feed, cursor, most](const Promise& promise) {
    want_page(feed, cursor, std::min(most, most_rows), promise);
  });
}

void Connection::want_page(central::Feed feed, const central::Cursor& cursor, std::size_t most,
                           Promise promise) {
  if (!link_) return unconnected(promise);
  auto& now = follow(feed);
  if (now.waiting)
    return promise->set_value(tl::unexpected(away(where_ + ": this feed is being read already")));
  const bool goes_on = now.number != 0 && now.next == cursor && now.most == most &&
                       (!now.ready.empty() || (!now.over && now.awaited > 0));
  if (!goes_on) {
    const auto pages = cursor == central::at_present ? 1 : pages_ahead(most);
    now = Follow{send(ask::Changes{feed, cursor, most, pages}), cursor, most, pages, false, {}, {}};
  }
  now.waiting = std::move(promise);
  hand_out(now);
  count();
}

void Connection::hand_out(Follow& follow) {
  if (!follow.waiting || follow.ready.empty()) return;
  auto answer = std::move(follow.ready.front());
  follow.ready.pop_front();
  if (const auto* page = std::get_if<central::Page>(&answer)) {
    follow.next = page->next;
    for (const auto& row : page->rows) forget_block(row.number / central::block_numbers);
  }
  const auto wanted = pages_ahead(follow.most);
  if (!follow.over && follow.awaited + follow.ready.size() <= wanted / 2) {
    const auto more = wanted - follow.awaited - follow.ready.size();
    Writer message;
    put(message, follow.number, Request(ask::Further{more}));
    link_->send(&follow == &follows_[0] ? Lane::urgent : Lane::bulk, std::move(message));
    follow.awaited += more;
  }
  std::exchange(follow.waiting, nullptr)->set_value(std::move(answer));
}

bool Connection::hear_page(std::uint64_t number, Answer& answer) {
  const auto found = std::ranges::find(follows_, number, &Follow::number);
  if (found == follows_.end() || found->awaited == 0) return false;
  --found->awaited;
  const auto* page = std::get_if<central::Page>(&answer);
  found->over = !page || page->behind == 0;
  if (found->over) found->awaited = 0;
  found->ready.push_back(std::move(answer));
  hand_out(*found);
  return true;
}

// ---- blocks -----------------------------------------------------------------------------------

Connection::Outcome Connection::fingerprints(std::uint64_t block, std::size_t most) {
  return ask([this, block, most](const Promise& promise) {
    forget_blocks();  // what was read ahead is of before
    send(ask::Fingerprints{block, most}, promise);
  });
}

Connection::Outcome Connection::block(std::uint64_t block) {
  return ask([this, block](const Promise& promise) { want_block(block, promise); });
}

void Connection::forget_blocks() {
  if (ahead_.waiting)
    ahead_.waiting->set_value(tl::unexpected(away(where_ + ": another call took its place")));
  ahead_ = {};
  block_of_.clear();
}

// A row of it has changed since, as the caller learns now: what was read ahead is of before.
void Connection::forget_block(std::uint64_t block) {
  if (ahead_.waiting && ahead_.wanted == block) return;  // that comes after this page
  ahead_.blocks.erase(block);
  std::erase_if(block_of_, [&](const auto& asked) { return asked.second == block; });
}

void Connection::want_block(std::uint64_t block, Promise promise) {
  if (!link_) return unconnected(promise);
  if (ahead_.waiting)
    return promise->set_value(tl::unexpected(away(where_ + ": blocks are being read already")));
  read_ahead(block);
  const auto found = ahead_.blocks.find(block);
  if (found != ahead_.blocks.end() && found->second) {
    promise->set_value(std::move(*found->second));
    ahead_.blocks.erase(found);
  } else {
    if (found == ahead_.blocks.end()) {
      block_of_.emplace(send(ask::Rows{block}), block);
      ahead_.blocks.emplace(block, std::nullopt);
    }
    ahead_.wanted = block;
    ahead_.waiting = std::move(promise);
  }
  count();
}

// Block `block` is asked for; the ones after it too when the caller goes through them in order.
void Connection::read_ahead(std::uint64_t block) {
  const auto here = std::ranges::find(ahead_.told, block);
  const bool in_order =
      here != ahead_.told.end() && here != ahead_.told.begin() && ahead_.last == *std::prev(here);
  ahead_.last = block;
  if (!in_order) return;
  if (!ahead_.blocks.contains(block)) {
    block_of_.emplace(send(ask::Rows{block}), block);
    ahead_.blocks.emplace(block, std::nullopt);
  }
  for (auto next = std::next(here); next != ahead_.told.end() && next - here <= blocks_ahead;
       ++next) {
    if (ahead_.blocks.contains(*next)) continue;
    block_of_.emplace(send(ask::Rows{*next}), *next);
    ahead_.blocks.emplace(*next, std::nullopt);
  }
}

bool Connection::hear_block(std::uint64_t number, Answer& answer) {
  const auto asked = block_of_.find(number);
  if (asked == block_of_.end()) return false;
  const auto block = asked->second;
  block_of_.erase(asked);
  const auto kept = ahead_.blocks.find(block);
  if (kept == ahead_.blocks.end()) return true;
  if (ahead_.waiting && ahead_.wanted == block) {
    ahead_.blocks.erase(kept);
    std::exchange(ahead_.waiting, nullptr)->set_value(std::move(answer));
  } else {
    kept->second = std::move(answer);
  }
  return true;
}

}  // namespace pulih::hub
