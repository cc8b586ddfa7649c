// See load.hpp. It decodes and encodes with the gateway's own codec, and costs about a tenth of
// what the gateway does.
#include "tests/bench/daemon/load.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "protocols/gsm/coding.hpp"
#include "protocols/smpp/status.hpp"
#include "protocols/smpp/tlv.hpp"

namespace pulih::bench {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::microseconds;

namespace {
constexpr std::size_t widest_window = 10'000;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "bench_daemon: %s\n", why.c_str());
  std::exit(1);
}
}  // namespace

double Measured::milliseconds(double quantile) const {
  if (latencies.empty()) return 0;
  const auto place = static_cast<std::size_t>(quantile * static_cast<double>(latencies.size() - 1));
  return latencies[place] / 1000.0;
}

Load::Load(asio::io_context& io, Teachers& teachers)
    : io_(io),
      teachers_(teachers),
      acceptor_(io, {asio::ip::make_address("127.0.0.1"), 0}),
      beat_(io),
      under_way_(teachers.size()) {
  accept();
}

void Load::accept() {
  acceptor_.async_accept([this](const error_code& error, asio::ip::tcp::socket socket) {
    if (error) return;
    smpp::SessionSettings session;
    session.role = smpp::Role::smsc;
    session.system_id = "load";
    session.window = widest_window;
    links_.push_back(std::make_shared<smpp::Link>(std::move(socket), session, *this));
    links_.back()->start();
    accept();
  });
}

bool Load::wait_for_binds(std::size_t binds, std::chrono::seconds patience) {
  const auto until = Clock::now() + patience;
  while (bound_ < binds && Clock::now() < until) io_.run_one_for(std::chrono::milliseconds{100});
  return bound_ == binds;
}

// ---- what comes from the gateway --------------------------------------------------------------

void Load::happened(smpp::Link& link, const smpp::Happening& happening) {
  if (const auto* received = std::get_if<smpp::Received>(&happening)) {
    take_answer(link, received->pdu);
  } else if (const auto* answer = std::get_if<smpp::Answered>(&happening)) {
    taken(answer->correlation, answer->status);
  } else if (const auto* asked = std::get_if<smpp::BindRequested>(&happening)) {
    link.session().accept_bind(asked->sequence, asked->bind);
    ++bound_;
  } else if (std::holds_alternative<smpp::Lost>(happening)) {
    --bound_;
    std::erase_if(links_, [&](const auto& each) { return each.get() == &link; });
    if (count_ != 0) give_up("the gateway went away while turns were under way");
  }
}

void Load::take_answer(smpp::Link& link, const smpp::Pdu& pdu) {
  const auto* submit = std::get_if<smpp::SubmitSm>(&pdu.body);
  if (!submit) give_up("the gateway sent something else than submit_sm");
  link.session().respond(smpp::CommandId::submit_sm, pdu.sequence, smpp::ESME_ROK, "1");
  std::string text;
  gsm::decode_text(gsm::Coding::gsm7, submit->short_message, [&](char c) { text += c; });
  std::size_t teacher = 0;
  if (!teachers_.hears(submit->destination.digits, text, teacher)) return;
  auto& turn = under_way_[teacher];
  measured_.latencies.push_back(static_cast<std::uint32_t>(
      std::chrono::duration_cast<microseconds>(Clock::now() - turn.since).count()));
  turn.answered = true;
  if (turn.taken) finish(teacher);
}

void Load::taken(std::size_t teacher, std::uint32_t status) {
  if (status != smpp::ESME_ROK)
    give_up("the gateway refused a message: " + smpp::status_name(status));
  auto& turn = under_way_[teacher];
  turn.taken = true;
  if (turn.answered) finish(teacher);
}

// ---- what goes to it --------------------------------------------------------------------------

void Load::begin(std::size_t teacher, Clock::time_point due) {
  under_way_[teacher] = {due};
  ++count_;
  std::vector<std::uint8_t> octets;
  if (!gsm::encode(teachers_.writes(teacher), octets)) give_up("a text that GSM cannot say");
  smpp::DeliverSm deliver;
  deliver.source = {1, 1, teachers_.number(teacher)};
  deliver.destination = {3, 0, "8880"};
  deliver.short_message = octets;
  if (links_.empty()) give_up("the gateway is not bound");
  smpp::Link& link = *links_[turn_++ % links_.size()];
  if (!link.session().submit(deliver, teacher, Clock::now()))
    give_up("the gateway leaves too much unanswered");
}

void Load::flush() {
  for (const auto& link : links_) link->flush();
}

void Load::finish(std::size_t teacher) {
  under_way_[teacher] = {};
  --count_;
  ++measured_.turns;
}

// A teacher anywhere in the list, as messages come from anywhere.
std::size_t Load::someone_free() {
  for (;;) {
    chance_ ^= chance_ << 13;  // xorshift64 (Marsaglia, 2003)
    chance_ ^= chance_ >> 7;
    chance_ ^= chance_ << 17;
    const std::size_t teacher = chance_ % teachers_.size();
    if (!teachers_.waits(teacher) && under_way_[teacher].since == Clock::time_point{})
      return teacher;
  }
}

void Load::refill() {
  while (count_ < window_ && !(one_each_ && in_order_ == teachers_.size()))
    begin(one_each_ ? in_order_++ : someone_free(), Clock::now());
  flush();
}

// ---- the three measures -----------------------------------------------------------------------

Measured Load::take_measure(Clock::time_point began) {
  auto measured = std::exchange(measured_, {});
  measured.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  std::sort(measured.latencies.begin(), measured.latencies.end());
  return measured;
}

void Load::drain() {
  window_ = 0;
  const auto until = Clock::now() + std::chrono::seconds{30};
  while (count_ != 0 && Clock::now() < until) io_.run_one_for(std::chrono::milliseconds{100});
  if (count_ != 0) give_up(std::to_string(count_) + " turns were never answered");
  measured_ = {};
}

Measured Load::one_step_each(std::size_t window) {
  const auto began = Clock::now();
  one_each_ = true;
  in_order_ = 0;
  window_ = std::min(window, widest_window);
  refill();
  while (in_order_ < teachers_.size() || count_ != 0) io_.run_one();
  one_each_ = false;
  window_ = 0;
  return take_measure(began);
}

Measured Load::always_under_way(std::size_t window, std::chrono::milliseconds time) {
  const auto began = Clock::now();
  window_ = std::min(window, widest_window);
  refill();
  while (Clock::now() - began < time) io_.run_one_for(time);
  auto measured = take_measure(began);
  drain();
  return measured;
}

void Load::on_beat(double rate) {
  const auto gap = std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / rate));
  for (const auto now = Clock::now(); next_due_ <= now; next_due_ += gap)
    if (count_ < widest_window) begin(someone_free(), next_due_);
  flush();
  beat_.expires_at(std::max(next_due_, Clock::now() + microseconds{200}));
  beat_.async_wait([this, rate](const error_code&) {
    if (beating_) on_beat(rate);
  });
}

Measured Load::each_second(double rate, std::chrono::milliseconds time) {
  const auto began = next_due_ = Clock::now();
  beating_ = true;
  on_beat(rate);
  while (Clock::now() - began < time) io_.run_one_for(time);
  beating_ = false;
  auto measured = take_measure(began);
  drain();
  return measured;
}

}  // namespace pulih::bench
