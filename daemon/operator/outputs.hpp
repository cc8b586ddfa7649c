// Where journal entries end: in journald with all their fields, or as readable lines in a file.
// Both are sinks of spdlog, which calls them from its one thread.
#pragma once
#include <spdlog/sinks/sink.h>

#include <memory>

namespace pulih::operators {

// systemd.exec(5), $JOURNAL_STREAM: "device:inode" of the stream that journald reads. Only if
// standard error still is that stream does journald hear us: sd_journal_sendv(3) drops everything
// in silence where there is no journald. `journal_stream` may be null.
bool is_journal_stream(const char* journal_stream, int descriptor);

std::shared_ptr<spdlog::sinks::sink> journald_output();
// Writes each line at once with one call, so that lines of two processes do not mix.
std::shared_ptr<spdlog::sinks::sink> line_output(int descriptor);

}  // namespace pulih::operators
