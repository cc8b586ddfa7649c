// See journal.hpp. spdlog brings the bounded queue, its thread and the count of what was overrun;
// what passes through it are packed entries (entry.hpp), which an output takes apart again.
#include "daemon/operator/journal.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <cstdlib>

#include "daemon/operator/entry.hpp"
#include "daemon/operator/outputs.hpp"

namespace pulih::operators {
namespace {

std::shared_ptr<spdlog::sinks::sink> usual_output() {
  return is_journal_stream(std::getenv("JOURNAL_STREAM"), STDERR_FILENO)
             ? journald_output()
             : line_output(STDERR_FILENO);
}

// Before the next entry tells how many were dropped since the last one.
class DropTeller : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  DropTeller(std::string site, std::shared_ptr<spdlog::sinks::sink> output,
             spdlog::details::thread_pool& queue)
      : site_(std::move(site)), output_(std::move(output)), queue_(queue) {}

 private:
  void sink_it_(const spdlog::details::log_msg& entry) override {
    const auto dropped = queue_.overrun_counter();
    if (dropped != told_) {
      const auto lost = dropped - told_;
      told_ = dropped;
      const auto told =
          packed_entry(event::lines_dropped, std::to_string(lost) + " journal lines were dropped",
                       site_, {{"LINES", lost}});
      output_->log({entry.time, {}, entry.logger_name, spdlog::level::warn, told});
    }
    output_->log(entry);
  }
  void flush_() override { output_->flush(); }

  const std::string site_;
  const std::shared_ptr<spdlog::sinks::sink> output_;
  spdlog::details::thread_pool& queue_;
  std::size_t told_ = 0;
};

}  // namespace

Journal::Journal(std::string site, std::size_t most_lines)
    : Journal(std::move(site), most_lines, usual_output()) {}

Journal::Journal(std::string site, std::size_t most_lines,
                 std::shared_ptr<spdlog::sinks::sink> output)
    : site_(std::move(site)),
      queue_(std::make_shared<spdlog::details::thread_pool>(most_lines, 1)),
      logger_(std::make_shared<spdlog::async_logger>(
          "", std::make_shared<DropTeller>(site_, std::move(output), *queue_), queue_,
          spdlog::async_overflow_policy::overrun_oldest)) {
  logger_->set_level(spdlog::level::trace);
}

Journal::~Journal() {
  logger_.reset();
  queue_.reset();  // its thread ends when the queue is empty
}

void Journal::event(const Event& what, std::string_view message,
                    std::initializer_list<Field> fields) {
  logger_->log(spdlog::level::info, packed_entry(what, message, site_, fields));
}

std::uint64_t Journal::dropped() const { return queue_->overrun_counter(); }

}  // namespace pulih::operators
