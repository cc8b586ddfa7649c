// The daemon's journal: events with fields, handed over on a thread of its own. Telling an event
// never waits: when journald is stopped or slow, a bounded queue fills, the oldest lines are
// dropped and their number is told as soon as lines flow again.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/operator/events.hpp"
#include "daemon/operator/field.hpp"

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace pulih::operators {

class Journal {
 public:
  // To journald if it reads our standard error, else there as text. `site` stands in each entry.
  Journal(std::string site, std::size_t most_lines);
  Journal(std::string site, std::size_t most_lines, std::shared_ptr<spdlog::sinks::sink> output);
  // Hands over what is queued.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // From any thread. `message` is one sentence for a person; it holds no secret and no full number.
  void event(const Event& what, std::string_view message, std::initializer_list<Field> = {});
  void event(const Event& what, const accounts::Secret& message,
             std::initializer_list<Field> = {}) = delete;

  std::uint64_t dropped() const;

 private:
  const std::string site_;
  std::shared_ptr<spdlog::details::thread_pool> queue_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace pulih::operators
