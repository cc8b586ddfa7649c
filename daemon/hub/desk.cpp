// See desk.hpp. The link lives on the hub's one thread for sockets; the work on the desk's own. A
// desk stays alive until both are done with it.
#include "daemon/hub/desk.hpp"

#include <boost/asio/post.hpp>

#include "daemon/accounts/registers.hpp"

namespace pulih::hub {

namespace asio = boost::asio;
using central::Feed;
using central::Unavailable;

namespace {

constexpr std::size_t most_waiting = 64;             // requests of one site
constexpr std::size_t most_bulk_waiting = 32 << 10;  // octets before compression
// One answer may be as long as a message; whoever does not read them is asked for no more.
constexpr std::size_t most_urgent_waiting = 256 << 10;

template <class Value>
Answer told_or_fault(tl::expected<Value, Unavailable> outcome, auto wrap) {
  if (!outcome) return std::move(outcome.error());
  return wrap(std::move(*outcome));
}

}  // namespace

Desk::Desk(Site site, std::string peer, smpp::Stream stream, const LinkTimes& times,
           CentralFactory& factory, Calls calls)
    : site_(std::move(site)),
      peer_(std::move(peer)),
      link_(std::make_shared<Link>(std::move(stream), Talk::Side::hub, times, *this)),
      factory_(factory),
      calls_(std::move(calls)) {}

Desk::~Desk() {
  link_->abandon();
  stop_working();
  if (thread_.joinable()) thread_.join();
}

void Desk::start() {
  link_->start();
  thread_ = std::thread([this] { work(); });
}

void Desk::refuse(const Fault& why) {
  link_->start();
  link_->end(why);
}

void Desk::end(const Fault& why) { link_->end(why); }

void Desk::close() {
  link_->abandon();
  stop_working();
}

void Desk::stop_working() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    interrupt_();
  }
  wake_.notify_one();
}

// ---- the thread of sockets --------------------------------------------------------------------

void Desk::heard(Link& link, Talk::Heard heard) {
  auto job = read_request(heard.message);
  if (!job) return link.end({Farewell::message, "a request that cannot be read"});
  ++requests_;
  if (!std::exchange(met_, true)) calls_.met(*this);
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    auto& queue = lane_of(job->what) == Lane::urgent ? urgent_ : bulk_;
    full = urgent_.size() + bulk_.size() >= most_waiting;
    if (!full && !take_further(*job)) {
      take_changes(*job);
      queue.push_back(std::move(*job));
    }
  }
  if (full) return link.end({Farewell::too_large, "more than 64 requests wait"});
  wake_.notify_one();
}

void Desk::drained(Link& link) {
  {
    const std::lock_guard lock(mutex_);
    urgent_octets_ = link.waiting(Lane::urgent);
    bulk_octets_ = link.waiting(Lane::bulk);
  }
  wake_.notify_one();
}

void Desk::lost(Link&, std::string why, std::optional<Farewell>) {
  stop_working();
  calls_.lost(*this, why);
  if (!thread_.joinable()) calls_.ended(*this);
}

// ---- the desk's own thread --------------------------------------------------------------------

// More pages of what is followed; false: the request is another one.
bool Desk::take_further(const Job& job) {
  const auto* further = std::get_if<ask::Further>(&job.what);
  if (!further) return false;
  for (auto& [feed, follow] : follows_)
    if (follow.number == job.number)
      follow.pages = std::min(follow.pages + further->pages, most_pages_ahead);
  return true;
}

// It takes the place of what was followed of the same feed.
void Desk::take_changes(const Job& job) {
  if (const auto* changes = std::get_if<ask::Changes>(&job.what))
    follows_[changes->feed] = {job.number, changes->most, std::max(changes->pages, 1UL)};
}

std::optional<Desk::Job> Desk::due_page(Feed feed) {
  const auto found = follows_.find(feed);
  if (found == follows_.end()) return std::nullopt;
  const auto& follow = found->second;
  if (!follow.next || follow.pages == 0) return std::nullopt;
  return Job{follow.number, ask::Changes{feed, *follow.next, follow.most, follow.pages}};
}

// What is to be done next, in the order of its urgency; nothing: wait.
std::optional<Desk::Job> Desk::next_job() {
  const auto first_of = [](std::deque<Job>& queue) {
    Job job = std::move(queue.front());
    queue.pop_front();
    return job;
  };
  if (urgent_octets_ > most_urgent_waiting) return std::nullopt;
  if (!urgent_.empty()) return first_of(urgent_);
  if (auto page = due_page(Feed::urgent)) return page;
  if (bulk_octets_ > most_bulk_waiting) return std::nullopt;
  if (!bulk_.empty()) return first_of(bulk_);
  return due_page(Feed::all);
}

void Desk::work() {
  while (true) {
    std::optional<Job> job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || (job = next_job()); });
      if (stopping_) break;
    }
    do_job(*job);
    accounts::clear_vector_registers();
  }
  {
    const std::lock_guard lock(mutex_);
    interrupt_ = [] {};
  }
  central_ = {};  // closed here, where waiting for it holds up nobody
  calls_.ended(*this);
}

void Desk::do_job(Job& job) {
  // A driver's fault is this request's, and no other site's.
  const auto outcome = [&]() -> Answer {
    try {
      return done(job.what);
    } catch (const Unavailable& why) {
      return why;
    } catch (const std::exception& error) {
      return Unavailable{std::string("the hub could not do this: ") + error.what()};
    }
  }();
  follow_on(job.number, job.what, outcome);
  answer(job.number, lane_of(job.what), outcome);
}

// After a page of a feed: where the next one begins, if there is more.
void Desk::follow_on(std::uint64_t number, const Request& request, const Answer& answer) {
  const auto* changes = std::get_if<ask::Changes>(&request);
  if (!changes) return;
  const std::lock_guard lock(mutex_);
  const auto found = follows_.find(changes->feed);
  if (found == follows_.end() || found->second.number != number) return;  // another took its place
  const auto* page = std::get_if<central::Page>(&answer);
  if (!page || page->behind == 0) return void(follows_.erase(found));
  auto& follow = found->second;
  follow.next = page->next;
  if (follow.pages > 0) --follow.pages;
}

std::optional<Answer> Desk::opened() {
  if (central_.central) return std::nullopt;
  auto site = factory_.open(site_.name, site_.region);
  if (!site) return std::move(site.error());
  central_ = std::move(*site);
  const std::lock_guard lock(mutex_);
  interrupt_ = central_.interrupt;
  if (stopping_) interrupt_();
  return std::nullopt;
}

Answer Desk::done(const Request& request) {
  if (auto fault = opened()) return std::move(*fault);
  struct Do {
    SiteCentral& site;
    Answer operator()(const ask::Meet& meet) {
      return told_or_fault(site.central->hello(meet.hello), [](auto told) { return told; });
    }
    Answer operator()(const ask::Apply& apply) {
      return told_or_fault(site.central->apply_passwords(apply.changes, apply.now),
                           [](auto told) { return told::Verdicts{std::move(told)}; });
    }
    Answer operator()(const ask::Open& open) {
      if (auto opened = site.central->open_ticket(open.ticket); !opened)
        return std::move(opened.error());
      return told::Opened{};
    }
    Answer operator()(const ask::Changes& changes) {
      return told_or_fault(
          site.accounts->changes(changes.feed, changes.cursor, std::max(changes.most, 1UL)),
          [](auto told) { return told; });
    }
    Answer operator()(const ask::Further&) { return told::Opened{}; }  // taken in `heard`
    Answer operator()(const ask::Fingerprints& wanted) {
      return told_or_fault(site.accounts->fingerprints(wanted.block, wanted.most),
                           [](auto told) { return told::Fingerprints{std::move(told)}; });
    }
    Answer operator()(const ask::Rows& wanted) {
      return told_or_fault(site.accounts->rows(wanted.block),
                           [](auto told) { return told::Rows{std::move(told)}; });
    }
    Answer operator()(const ask::Contacts& wanted) {
      return told_or_fault(site.contacts->contact_changes(wanted.cursor, wanted.most),
                           [](auto told) { return told::Contacts{std::move(told)}; });
    }
  };
  auto answer = std::visit(Do{central_}, request);
  const auto* welcome = std::get_if<central::Welcome>(&answer);
  if (!welcome || welcome->region == site_.region) return answer;
  // The meeting counts for nothing: what is asked after it is answered "away".
  {
    const std::lock_guard lock(mutex_);
    interrupt_ = [] {};
  }
  central_ = {};
  return Unavailable{"the hub has " + site_.name + " in the region " + site_.region +
                         ", the central database in " + welcome->region +
                         "; enrol it anew where that is wrong",
                     Unavailable::Kind::refused};
}

void Desk::answer(std::uint64_t number, Lane lane, const Answer& answer) {
  auto message = std::make_shared<Writer>();
  put(*message, number, answer);
  {
    const std::lock_guard lock(mutex_);
    (lane == Lane::bulk ? bulk_octets_ : urgent_octets_) += message->plain().size();
  }
  asio::post(link_->executor(), [self = weak_from_this(), lane, message] {
    if (const auto desk = self.lock()) desk->link_->send(lane, std::move(*message));
  });
}

}  // namespace pulih::hub
