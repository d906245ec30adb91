#include "transport/backpressure/stopped_sinks.hpp"

#include "transport/mqtt/topics.hpp"
#include "transport/state_file.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <sstream>

namespace transport {
namespace {

constexpr const char* black_hole = "black-hole";
constexpr const char* request = "request";

std::optional<StopReason> reason_from(std::string_view word)
{
    if (word == black_hole)
        return StopReason::black_hole;
    if (word == request)
        return StopReason::request;
    return std::nullopt;
}

} // namespace

StoppedSinks::StoppedSinks(const std::filesystem::path& state_directory)
    : file_(state_directory / "stopped-sinks")
{
    std::istringstream lines(read_state_file(file_).value_or(""));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string sink_id;
        std::string word;
        words >> sink_id >> word;
        const auto reason = reason_from(word);
        if (reason && is_topic_level(sink_id))
            sinks_.emplace(sink_id, *reason);
        else
            spdlog::warn("{}: a line that names no stopped sink is ignored", file_.string());
    }
}

std::optional<StopReason> StoppedSinks::find(std::string_view sink_id) const
{
    const auto found = sinks_.find(sink_id);
    return found == sinks_.end() ? std::nullopt : std::optional(found->second);
}

bool StoppedSinks::any(StopReason reason) const
{
    return std::ranges::any_of(sinks_, [&](const auto& entry) { return entry.second == reason; });
}

void StoppedSinks::set(const std::string& sink_id, StopReason reason)
{
    if (find(sink_id) == reason)
        return;
    sinks_[sink_id] = reason;
    save();
}

void StoppedSinks::remove(std::string_view sink_id)
{
    const auto found = sinks_.find(sink_id);
    if (found == sinks_.end())
        return;
    sinks_.erase(found);
    save();
}

void StoppedSinks::save()
{
    std::string contents;
    for (const auto& [sink_id, reason] : sinks_) {
        contents += sink_id;
        contents += ' ';
        contents += reason == StopReason::black_hole ? black_hole : request;
        contents += '\n';
    }
    const auto written = write_state_file(file_, contents);
    if (!written && !std::exchange(complained_, true))
        spdlog::error(
            "{}; a sink that is stopped when this service is killed will stay stopped",
            written.error().message);
    if (written)
        complained_ = false;
}

} // namespace transport
