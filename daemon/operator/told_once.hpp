// A fault that is come upon every few seconds is told once in a while: when its text is another
// one, or when ten minutes have gone by. For any thread.
#pragma once
#include <chrono>
#include <mutex>
#include <string>

namespace pulih::operators {

class ToldOnce {
 public:
  bool anew(const std::string& why) {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    if (why == told_ && now - at_ < std::chrono::minutes{10}) return false;
    told_ = why;
    at_ = now;
    return true;
  }

 private:
  std::mutex mutex_;
  std::string told_;
  std::chrono::steady_clock::time_point at_;
};

}  // namespace pulih::operators
