/// Time as it travels in messages: never a time of 1970 (docs/spec/gateway-backend-api.md, 7.1). For
/// the loop's thread.
#pragma once

#include "gateway/event_loop.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

namespace transport {

/// UTC, milliseconds since 1970-01-01, for everything that this service says. While the machine's
/// clock is not set it is an estimate (see ClockCorrection).
std::uint64_t now_ms();

/// A time that the machine's clock gave to somebody else, the time of reception of a packet, as it
/// has to be told.
std::uint64_t corrected_ms(std::uint64_t machine_ms);

/// True while the clock is not set and may yet be soon: packets wait then, with the times that they
/// came with, and are corrected when they leave.
bool clock_holds_packets();

/// What to add to a clock that is not set: when it is set meanwhile, its jump; else the difference
/// to the time that an earlier run of the service has kept. Pure.
class ClockCorrection {
public:
    /// 2020-01-01: a clock before it was never set, one from then on is taken as it is.
    static constexpr std::uint64_t earliest_ms = 1'577'836'800'000;
    static constexpr std::chrono::seconds longest_hold{60};

    struct Reading {
        std::uint64_t machine_ms = 0;           ///< since 1970, by the machine's clock
        std::chrono::milliseconds monotonic{0}; ///< since some moment, not moved by settings of the clock
    };

    /// `kept_ms`: the last time known to an earlier run; nothing: `earliest_ms`.
    ClockCorrection(Reading start, std::optional<std::uint64_t> kept_ms);

    /// To be told the time now and then; before the other functions, at the latest.
    void observe(Reading now);

    [[nodiscard]] bool is_set() const { return set_; }
    [[nodiscard]] bool holds_packets() const { return !set_ && waited_ < longest_hold; }
    [[nodiscard]] std::uint64_t corrected(std::uint64_t machine_ms) const;

private:
    Reading start_;
    std::uint64_t not_before_;
    std::uint64_t last_ms_;
    std::int64_t offset_ = 0; ///< for times before `earliest_ms`
    std::chrono::milliseconds waited_{0};
    bool set_ = false;
};

/// Watches the machine's clock and keeps its time in the state directory, for the next run.
class ClockKeeper {
public:
    /// From now on the three functions above know of the time kept. `settled` is called once packets
    /// need not wait (any more), from the loop.
    ClockKeeper(
        gateway::EventLoop& loop, const std::filesystem::path& state_directory,
        std::function<void()> settled);
    ClockKeeper(const ClockKeeper&) = delete;
    ClockKeeper& operator=(const ClockKeeper&) = delete;
    ~ClockKeeper() = default;

private:
    void watch();
    void keep();

    gateway::EventLoop& loop_;
    std::filesystem::path file_;
    std::function<void()> settled_;
    gateway::EventLoop::Handle watching_;
    gateway::EventLoop::Handle keeping_;
};

} // namespace transport
