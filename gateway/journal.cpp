#include "gateway/journal.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fmt/format.h>
#include <mutex>
#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#define SD_JOURNAL_SUPPRESS_LOCATION // the place would be this file, for every line
#include <systemd/sd-journal.h>

namespace gateway {
namespace {

/// Takes `word`, digits, and `end` from the front of `line`; gives the digits, or nothing and leaves
/// the line as it is.
std::string_view take_number(std::string_view& line, std::string_view word, std::string_view end)
{
    if (!line.starts_with(word))
        return {};
    const std::string_view rest = line.substr(word.size());
    const auto last = std::ranges::find_if_not(rest, [](unsigned char c) { return std::isdigit(c) != 0; });
    const std::string_view digits = rest.substr(0, static_cast<std::size_t>(last - rest.begin()));
    if (digits.empty() || !rest.substr(digits.size()).starts_with(end))
        return {};
    line.remove_prefix(word.size() + digits.size() + end.size());
    return digits;
}

int priority_of(spdlog::level::level_enum level)
{
    switch (level) {
    case spdlog::level::critical:
        return LOG_CRIT;
    case spdlog::level::err:
        return LOG_ERR;
    case spdlog::level::warn:
        return LOG_WARNING;
    case spdlog::level::info:
        return LOG_INFO;
    default:
        return LOG_DEBUG;
    }
}

class JournalSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    JournalSink(std::string identifier, std::vector<std::string> fixed)
        : identifier_(std::move(identifier)), fixed_(std::move(fixed))
    {
    }

private:
    void sink_it_(const spdlog::details::log_msg& message) override
    {
        const std::string_view line(message.payload.data(), message.payload.size());
        std::vector<std::string> entry = journal_entry(priority_of(message.level), identifier_, line, fixed_);
        if (!message.source.empty()) {
            entry.push_back(fmt::format("CODE_FILE={}", message.source.filename));
            entry.push_back(fmt::format("CODE_LINE={}", message.source.line));
            entry.push_back(fmt::format("CODE_FUNC={}", message.source.funcname));
        }
        std::vector<iovec> parts;
        parts.reserve(entry.size());
        for (std::string& field : entry)
            parts.push_back({field.data(), field.size()});
        if (sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) < 0)
            fmt::print(stderr, "{}\n", line);
    }
    void flush_() override {}

    std::string identifier_;
    std::vector<std::string> fixed_;
};

} // namespace

LineSubject subject_of(std::string_view line)
{
    constexpr std::string_view sink = "sink";
    const std::string_view whole = line;
    LineSubject subject;
    if (const auto number = take_number(line, sink, ": "); !number.empty())
        subject.sink_id = whole.substr(0, sink.size() + number.size());
    subject.request_id = take_number(line, "request ", " ");
    return subject;
}

bool is_journal_stream(int fd, const char* journal_stream)
{
    struct stat status {};
    return journal_stream != nullptr && fstat(fd, &status) == 0 &&
           fmt::format("{}:{}", status.st_dev, status.st_ino) == journal_stream;
}

std::vector<std::string> journal_entry(
    int priority, std::string_view identifier, std::string_view line, const std::vector<std::string>& fixed)
{
    std::vector<std::string> entry{
        fmt::format("MESSAGE={}", line), fmt::format("PRIORITY={}", priority),
        fmt::format("SYSLOG_IDENTIFIER={}", identifier)};
    const LineSubject subject = subject_of(line);
    if (!subject.sink_id.empty())
        entry.push_back(fmt::format("SINK_ID={}", subject.sink_id));
    if (!subject.request_id.empty())
        entry.push_back(fmt::format("REQUEST_ID={}", subject.request_id));
    for (const std::string& field : fixed) {
        const std::string name_and_equals = field.substr(0, field.find('=') + 1);
        const bool named = std::ranges::any_of(
            entry, [&](const std::string& present) { return present.starts_with(name_and_equals); });
        if (!named)
            entry.push_back(field);
    }
    return entry;
}

std::shared_ptr<spdlog::sinks::sink> make_journal_sink(std::string identifier, std::vector<std::string> fixed)
{
    return std::make_shared<JournalSink>(std::move(identifier), std::move(fixed));
}

} // namespace gateway
