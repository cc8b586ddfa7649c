// A journal's output that keeps the entries, each as its fields.
#pragma once
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <future>
#include <string>
#include <vector>

#include "daemon/operator/entry.hpp"

namespace pulih::operators {

using Entry = std::vector<std::string>;

// Keeps what it is given; if `gate` is set, it takes the first entry only when that opens.
class Collected : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  std::vector<Entry> entries;
  std::promise<void> reached;
  std::shared_future<void> gate;

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (entries.empty() && gate.valid()) {
      reached.set_value();
      gate.wait();
    }
    const auto fields = fields_of({message.payload.data(), message.payload.size()});
    entries.emplace_back(fields.begin(), fields.end());
  }
  void flush_() override {}
};

}  // namespace pulih::operators
