// What HubCentral has beneath: the connection to the hub on a thread of its own, the requests under
// way by their numbers, and the pages that come ahead of their being asked for.
#pragma once
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <future>
#include <map>
#include <optional>
#include <thread>

#include "daemon/hub/hub_central.hpp"

namespace pulih::hub {

class Connection final : public Link::Owner {
 public:
  using Outcome = tl::expected<Answer, central::Unavailable>;

  explicit Connection(HubCentral::Settings settings);
  ~Connection() override;

  // Each waits for what it is about. Connects first if there is no connection.
  Outcome meet(const central::Hello& hello);
  Outcome call(Request request);
  // A page of a feed; those after it are asked for too.
  Outcome page(central::Feed feed, const central::Cursor& cursor, std::size_t most);
  // The rows of a block; when blocks are read one after the other, as `fingerprints` told them,
  // those after it are asked for too.
  Outcome block(std::uint64_t block);
  Outcome fingerprints(std::uint64_t block, std::size_t most);
  void interrupt();  // waits for nothing
  HubCentral::Traffic traffic() const;

  void heard(Link& link, Talk::Heard heard) override;
  void drained(Link&) override {}
  void lost(Link& link, std::string why, std::optional<Farewell> farewell) override;

 private:
  using Promise = std::shared_ptr<std::promise<Outcome>>;
  // Pages of one feed on their way.
  struct Follow {
    std::uint64_t number = 0;
    central::Cursor next;  // of the first page of `ready`, or the one that comes next
    std::size_t most = 0;
    std::size_t awaited = 0;  // pages that the hub may still send
    bool over = false;        // the last one came, or it failed
    std::deque<Answer> ready;
    Promise waiting;
  };
  // Blocks that were asked for ahead of the caller.
  struct Ahead {
    std::vector<std::uint64_t> told;                        // by the last fingerprints, rising
    std::optional<std::uint64_t> last;                      // the caller asked for
    std::map<std::uint64_t, std::optional<Answer>> blocks;  // nothing: under way
    std::uint64_t wanted = 0;
    Promise waiting;  // for block `wanted`
  };

  template <class Ask>
  Outcome ask(Ask&& how);
  boost::asio::awaitable<void> connect_and(central::Hello hello);
  void unconnected(const Promise& promise);
  void send(const Request& request, Promise promise);
  std::uint64_t send(const Request& request);
  void want_page(central::Feed feed, const central::Cursor& cursor, std::size_t most,
                 Promise promise);
  void want_block(std::uint64_t block, Promise promise);
  void hand_out(Follow& follow);
  bool hear_page(std::uint64_t number, Answer& answer);
  bool hear_block(std::uint64_t number, Answer& answer);
  void read_ahead(std::uint64_t block);
  void forget_blocks();
  void forget_block(std::uint64_t block);
  void count();
  void fail_all(const central::Unavailable& why);
  Follow& follow(central::Feed feed) { return follows_[static_cast<std::size_t>(feed)]; }

  const HubCentral::Settings settings_;
  const std::string where_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  // Of the thread within.
  std::shared_ptr<Link> link_;
  Promise meeting_;  // while it is being connected
  bool interrupted_ = false;
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, Promise> waiting_;
  std::array<Follow, 2> follows_;
  Ahead ahead_;
  std::map<std::uint64_t, std::uint64_t> block_of_;  // by the number of the request
  std::uint64_t in_before_ = 0, out_before_ = 0;     // of earlier links
  std::atomic<std::uint64_t> in_ = 0, out_ = 0;
  std::atomic<bool> connected_ = false;
  std::thread thread_;
};

}  // namespace pulih::hub
