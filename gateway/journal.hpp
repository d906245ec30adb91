/// Log lines as entries of systemd's journal, with fields that `journalctl SINK_ID=sink0` selects by.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spdlog::sinks {
class sink;
}

namespace gateway {

/// What a line is about, from the two beginnings that lines of both services have: "sink<N>: " and
/// "request <id> ", in this order. Empty: not named.
struct LineSubject {
    std::string_view sink_id;
    std::string_view request_id;
};
LineSubject subject_of(std::string_view line);

/// True when `fd` is the stream that `journal_stream` ("device:inode", systemd.exec(5)) names: what
/// the service manager sets, so that a redirected standard error is told apart. Null: false.
bool is_journal_stream(int fd, const char* journal_stream);

/// An entry as "NAME=value" texts: MESSAGE, PRIORITY (syslog's 0 to 7), SYSLOG_IDENTIFIER, then
/// SINK_ID and REQUEST_ID where the line names them, then `fixed`, less what the line names itself.
std::vector<std::string> journal_entry(
    int priority, std::string_view identifier, std::string_view line, const std::vector<std::string>& fixed);

/// Writes entries over the journal's own protocol. `fixed` ("NAME=value") goes with each. A line that
/// the journal does not take goes to standard error. Any thread.
std::shared_ptr<spdlog::sinks::sink> make_journal_sink(
    std::string identifier, std::vector<std::string> fixed);

} // namespace gateway
