// What a first copy asks for next, read by a thread of its own while what was read before is
// stored: the blocks that the last fingerprints told of, then the next fingerprints, then their
// blocks. It reads a few blocks more than were taken, and never beyond.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <variant>

#include "daemon/central/central.hpp"

namespace pulih::central {

class PostgresqlAhead {
 public:
  using Fingerprints = tl::expected<std::vector<Fingerprint>, Unavailable>;
  using Rows = tl::expected<std::vector<Row>, Unavailable>;
  struct Fetch {
    std::function<Rows(std::uint64_t block)> rows;
    std::function<Fingerprints(std::uint64_t block, std::size_t most)> fingerprints;
  };

  // After `block`, of those that fingerprints told when they were asked for at most `most`. Until
  // it goes, nobody else may fetch.
  PostgresqlAhead(Fetch fetch, std::vector<std::uint64_t> told, std::size_t most,
                  std::uint64_t block);
  ~PostgresqlAhead();  // waits for what is on its way

  // Waits for what was read next. Nothing: it was something else.
  std::optional<Rows> rows(std::uint64_t block);
  std::optional<Fingerprints> fingerprints(std::uint64_t block, std::size_t most);

 private:
  struct Read {
    std::uint64_t block;
    std::variant<Rows, Fingerprints> answer;
  };
  template <class Answer>
  std::optional<Answer> take(std::uint64_t block);
  void run();
  bool put(std::uint64_t block, std::variant<Rows, Fingerprints> answer);

  const Fetch fetch_;
  const std::size_t most_;
  std::vector<std::uint64_t> told_;  // the thread's own, as is next_
  std::vector<std::uint64_t>::const_iterator next_;
  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::deque<Read> read_;
  bool wanted_ = true, ended_ = false;
  std::thread thread_;
};

}  // namespace pulih::central
