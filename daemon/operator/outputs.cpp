// See outputs.hpp. Both run on the journal's own thread, so they may wait for whoever reads them.
#include "daemon/operator/outputs.hpp"

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <string>
#include <vector>

#include "daemon/operator/entry.hpp"

namespace pulih::operators {
namespace {

void write_line(int descriptor, const spdlog::details::log_msg& entry) {
  const auto line = readable_line({entry.payload.data(), entry.payload.size()}, entry.time);
  // A journal that cannot be written has nobody to tell.
  [[maybe_unused]] const auto written = ::write(descriptor, line.data(), line.size());
}

class LineOutput : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit LineOutput(int descriptor) : descriptor_(descriptor) {}

 private:
  void sink_it_(const spdlog::details::log_msg& entry) override { write_line(descriptor_, entry); }
  void flush_() override {}

  const int descriptor_;
};

class JournaldOutput : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
  void sink_it_(const spdlog::details::log_msg& entry) override {
    std::vector<iovec> fields;
    for (const auto field : fields_of({entry.payload.data(), entry.payload.size()}))
      fields.push_back({const_cast<char*>(field.data()), field.size()});
    if (sd_journal_sendv(fields.data(), static_cast<int>(fields.size())) < 0)
      write_line(STDERR_FILENO, entry);
  }
  void flush_() override {}
};

}  // namespace

bool is_journal_stream(const char* journal_stream, int descriptor) {
  if (journal_stream == nullptr) return false;
  const char* const end = journal_stream + std::strlen(journal_stream);
  dev_t device = 0;
  ino_t inode = 0;
  const auto first = std::from_chars(journal_stream, end, device);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ':') return false;
  const auto second = std::from_chars(first.ptr + 1, end, inode);
  struct stat stream {};
  return second.ec == std::errc{} && second.ptr == end && ::fstat(descriptor, &stream) == 0 &&
         stream.st_dev == device && stream.st_ino == inode;
}

std::shared_ptr<spdlog::sinks::sink> journald_output() {
  return std::make_shared<JournaldOutput>();
}

std::shared_ptr<spdlog::sinks::sink> line_output(int descriptor) {
  return std::make_shared<LineOutput>(descriptor);
}

}  // namespace pulih::operators
