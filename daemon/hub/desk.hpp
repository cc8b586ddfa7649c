// The hub's side of one site's connection: it takes the site's requests, does them one at a time on
// a thread of its own, which may wait for the database, and answers on the lane that each came by.
// What is urgent is done first; a reader that is slower than the database is not read ahead for.
#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "daemon/hub/link.hpp"
#include "daemon/hub/sites.hpp"

namespace pulih::hub {

// The ports as one site sees them. `central` owns what the other two point into.
struct SiteCentral {
  std::unique_ptr<central::Central> central;
  central::ContactFeed* contacts = nullptr;
  central::AccountSource* accounts = nullptr;
  // From another thread: the call under way is answered "away" soon.
  std::function<void()> interrupt = [] {};
};

// Opens the central database in the name of a site; called by many threads, each for itself.
class CentralFactory {
 public:
  virtual ~CentralFactory() = default;
  virtual tl::expected<SiteCentral, central::Unavailable> open(const std::string& site,
                                                               const std::string& region) = 0;
};

class Desk final : public Link::Owner, public std::enable_shared_from_this<Desk> {
 public:
  struct Calls {
    std::function<void(Desk&)> met;  // it said its first word
    std::function<void(Desk&, const std::string& why)> lost;
    std::function<void(Desk&)> ended;  // its thread has nothing more to do: let it go
  };
  Desk(Site site, std::string peer, smpp::Stream stream, const LinkTimes& times,
       CentralFactory& factory, Calls calls);
  ~Desk() override;

  void start();
  // For one that may not come in: nothing is done for it but to say why.
  void refuse(const Fault& why);
  void end(const Fault& why);  // says it to the site, then closes
  void close();                // at once

  const Site& site() const { return site_; }
  const std::string& peer() const { return peer_; }
  const Link& link() const { return *link_; }
  std::uint64_t requests() const { return requests_; }

  void heard(Link& link, Talk::Heard heard) override;
  void drained(Link& link) override;
  void lost(Link& link, std::string why, std::optional<Farewell> farewell) override;

 private:
  // A Changes from when it was heard until its last page.
  struct Follow {
    std::uint64_t number = 0;
    std::size_t most = 0;                                // rows
    std::size_t pages = 0;                               // that are owed
    std::optional<central::Cursor> next = std::nullopt;  // nothing: the first one is not yet there
  };
  using Job = Numbered<Request>;
  void work();
  std::optional<Job> next_job();
  std::optional<Job> due_page(central::Feed feed);
  bool take_further(const Job& job);
  void take_changes(const Job& job);
  void do_job(Job& job);
  std::optional<Answer> opened();  // why the database could not be opened
  Answer done(const Request& request);
  void follow_on(std::uint64_t number, const Request& request, const Answer& answer);
  void answer(std::uint64_t number, Lane lane, const Answer& answer);
  void stop_working();

  const Site site_;
  const std::string peer_;
  std::shared_ptr<Link> link_;
  CentralFactory& factory_;
  const Calls calls_;
  bool met_ = false;
  std::uint64_t requests_ = 0;

  // Shared with the thread.
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> urgent_, bulk_;
  std::map<central::Feed, Follow> follows_;
  std::size_t urgent_octets_ = 0, bulk_octets_ = 0;  // answers that wait for the link
  bool stopping_ = false;
  std::function<void()> interrupt_ = [] {};

  // The thread's own.
  SiteCentral central_;
  std::thread thread_;
};

}  // namespace pulih::hub
