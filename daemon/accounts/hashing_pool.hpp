// argon2id away from the engine: each job is hashed or verified by one of a few threads, and its
// result handed to a callback on that thread. The queue is bounded, and whatever is still in it
// when the pool goes is wiped unseen.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "daemon/accounts/password.hpp"
#include "daemon/accounts/sealed_password.hpp"

namespace pulih::accounts {

struct HashingJob {
  std::uint64_t ticket = 0;  // told again with the result
  Secret password;
  std::optional<Verifier> against;  // compare with this one; nothing: make a verifier
  // For which change and account it is sealed too, where a key for that is set.
  Operation operation{};
  std::string account_id = {};
};

struct HashingResult {
  std::uint64_t ticket = 0;
  Secret password;
  Verifier verifier;     // of `password`; empty after a comparison
  bool matches = false;  // after a comparison
  Blob sealed;           // seal_password of it; empty without a key, and after one that differed
};

class HashingPool {
 public:
  struct Settings {
    HashCost cost;
    std::size_t threads = 1;
    std::size_t most_waiting = 64;
    std::optional<SealingKey> seal_to = {};
  };
  // Called on a worker thread; it must not throw.
  using Done = std::function<void(HashingResult)>;

  HashingPool(const Settings&, Done);
  HashingPool(const HashingPool&) = delete;
  HashingPool& operator=(const HashingPool&) = delete;
  // Stops, and waits for the jobs that threads are at; `Done` is not called after it.
  ~HashingPool();

  // False: the queue is full or the pool has stopped, and the job is gone.
  bool offer(HashingJob);
  // No job is begun from now on; those that wait are wiped.
  void stop();

 private:
  void work();
  HashingResult hash_or_compare(HashingJob) const;

  const Settings settings_;
  const Done done_;
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<HashingJob> waiting_;
  std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace pulih::accounts
