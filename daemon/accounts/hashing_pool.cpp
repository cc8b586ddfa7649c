// One queue under one mutex; a thread sleeps until there is a job or the pool stops. The hashing
// itself holds no lock.
#include "daemon/accounts/hashing_pool.hpp"

#include <utility>

namespace pulih::accounts {

HashingPool::HashingPool(const Settings& settings, Done done)
    : settings_(settings), done_(std::move(done)) {
  for (std::size_t i = 0; i < settings_.threads; ++i)
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
}

HashingPool::~HashingPool() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();  // joins
}

bool HashingPool::offer(HashingJob job) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= settings_.most_waiting) return false;
    waiting_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void HashingPool::work(const std::stop_token& stop) {
  while (true) {
    HashingJob job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, stop, [this] { return !waiting_.empty(); });
      if (stop.stop_requested()) return;
      job = std::move(waiting_.front());
      waiting_.pop_front();
    }
    done_(hash_or_compare(std::move(job)));
  }
}

HashingResult HashingPool::hash_or_compare(HashingJob job) const {
  HashingResult result{job.ticket, std::move(job.password), {}, false};
  if (job.against)
    result.matches = verify(result.password, *job.against);
  else
    result.verifier = hash(result.password, settings_.cost);
  return result;
}

}  // namespace pulih::accounts
