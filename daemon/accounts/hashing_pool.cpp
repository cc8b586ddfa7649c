// One queue under one mutex; a thread sleeps until there is a job or the pool stops. The hashing
// itself holds no lock.
#include "daemon/accounts/hashing_pool.hpp"

#include <utility>

#include "daemon/accounts/registers.hpp"

namespace pulih::accounts {

HashingPool::HashingPool(const Settings& settings, Done done)
    : settings_(settings), done_(std::move(done)) {
  for (std::size_t i = 0; i < settings_.threads; ++i) threads_.emplace_back([this] { work(); });
}

HashingPool::~HashingPool() {
  stop();
  threads_.clear();  // joins
}

void HashingPool::stop() {
  stop_.request_stop();
  const std::lock_guard lock(mutex_);
  waiting_.clear();
}

bool HashingPool::offer(HashingJob job) {
  {
    const std::lock_guard lock(mutex_);
    if (stop_.stop_requested() || waiting_.size() >= settings_.most_waiting) return false;
    waiting_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void HashingPool::work() {
  while (true) {
    HashingJob job;
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, stop_.get_token(), [this] { return !waiting_.empty(); })) return;
      if (stop_.stop_requested()) return;
      job = std::move(waiting_.front());
      waiting_.pop_front();
    }
    done_(hash_or_compare(std::move(job)));
    clear_vector_registers();
  }
}

HashingResult HashingPool::hash_or_compare(HashingJob job) const {
  HashingResult result{job.ticket, std::move(job.password), {}, false, {}};
  if (job.against)
    result.matches = verify(result.password, *job.against);
  else
    result.verifier = hash(result.password, settings_.cost);
  if (settings_.seal_to && (result.matches || !job.against))
    result.sealed =
        seal_password(result.password, job.operation, job.account_id, *settings_.seal_to);
  return result;
}

}  // namespace pulih::accounts
