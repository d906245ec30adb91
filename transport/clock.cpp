#include "transport/clock.hpp"

#include "transport/state_file.hpp"

#include <algorithm>
#include <charconv>
#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr std::chrono::seconds watch_period{1};
constexpr std::chrono::minutes keep_period{1};

ClockCorrection::Reading reading_now()
{
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    const auto machine = std::chrono::system_clock::now().time_since_epoch();
    const auto monotonic = std::chrono::steady_clock::now().time_since_epoch();
    return {
        static_cast<std::uint64_t>(std::max<std::int64_t>(duration_cast<milliseconds>(machine).count(), 0)),
        duration_cast<milliseconds>(monotonic)};
}

ClockCorrection& correction()
{
    static ClockCorrection instance(reading_now(), std::nullopt);
    return instance;
}

std::optional<std::uint64_t> kept_time(const std::filesystem::path& file)
{
    const auto contents = read_state_file(file, 64);
    std::uint64_t time = 0;
    if (!contents ||
        std::from_chars(contents->data(), contents->data() + contents->size(), time).ec != std::errc())
        return std::nullopt;
    return time;
}

} // namespace

ClockCorrection::ClockCorrection(Reading start, std::optional<std::uint64_t> kept_ms)
    : start_(start), not_before_(std::max(kept_ms.value_or(0), earliest_ms)), last_ms_(start.machine_ms)
{
    if (start.machine_ms >= earliest_ms) {
        set_ = true;
        not_before_ = earliest_ms;
    } else {
        offset_ = static_cast<std::int64_t>(not_before_ - start.machine_ms);
    }
}

void ClockCorrection::observe(Reading now)
{
    last_ms_ = now.machine_ms;
    waited_ = now.monotonic - start_.monotonic;
    if (set_ || now.machine_ms < earliest_ms)
        return;
    set_ = true;
    offset_ = static_cast<std::int64_t>(now.machine_ms - start_.machine_ms) - waited_.count();
    not_before_ = earliest_ms;
}

std::uint64_t ClockCorrection::corrected(std::uint64_t machine_ms) const
{
    if (machine_ms >= earliest_ms)
        return machine_ms;
    // Without a jump of our own to go by, all that is known is that it was before now.
    if (offset_ == 0)
        return std::max(last_ms_, not_before_);
    const auto moved = static_cast<std::int64_t>(machine_ms) + offset_;
    return std::max(static_cast<std::uint64_t>(std::max<std::int64_t>(moved, 0)), not_before_);
}

std::uint64_t now_ms()
{
    const ClockCorrection::Reading now = reading_now();
    correction().observe(now);
    return correction().corrected(now.machine_ms);
}

std::uint64_t corrected_ms(std::uint64_t machine_ms)
{
    if (machine_ms >= ClockCorrection::earliest_ms)
        return machine_ms;
    correction().observe(reading_now());
    return correction().corrected(machine_ms);
}

bool clock_holds_packets()
{
    return correction().holds_packets();
}

ClockKeeper::ClockKeeper(
    gateway::EventLoop& loop, const std::filesystem::path& state_directory, std::function<void()> settled)
    : loop_(loop), file_(state_directory / "clock"), settled_(std::move(settled))
{
    correction() = ClockCorrection(reading_now(), kept_time(file_));
    if (!correction().is_set()) {
        spdlog::warn(
            "the machine's clock is not set: packets wait up to {} s for it; check time synchronisation",
            ClockCorrection::longest_hold.count());
        watching_ = loop_.every(watch_period, [this] { watch(); });
    }
    keeping_ = loop_.every(keep_period, [this] { keep(); });
}

void ClockKeeper::watch()
{
    const bool held = correction().holds_packets();
    correction().observe(reading_now());
    if (correction().is_set()) {
        spdlog::info("the machine's clock is set now");
        keep();
        watching_.reset();
    } else if (held && !correction().holds_packets()) {
        spdlog::warn("the machine's clock is still not set: packets go out with estimated times");
    }
    if (held && !correction().holds_packets())
        settled_();
}

void ClockKeeper::keep()
{
    const auto now = reading_now();
    if (now.machine_ms < ClockCorrection::earliest_ms)
        return;
    // Where it cannot be written, whatever else is kept there complains.
    if (const auto written =
            write_state_file(file_, std::to_string(now.machine_ms) + '\n', Durable::eventually);
        !written)
        spdlog::debug("{}", written.error().message);
}

} // namespace transport
