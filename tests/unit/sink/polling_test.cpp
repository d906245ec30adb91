#include "sink-service/dual_mcu/polling.hpp"

#include <catch2/catch.hpp>

using namespace dual_mcu;
using namespace std::chrono_literals;

namespace {

/// The intervals of `count` polls that find nothing; moves `now` to the last of them.
std::vector<std::chrono::nanoseconds> empty_polls(
    PollSchedule& schedule, PollSchedule::TimePoint& now, int count)
{
    std::vector<std::chrono::nanoseconds> intervals;
    for (int i = 0; i < count; ++i) {
        schedule.polled(now, 0, false);
        intervals.push_back(schedule.next() - now);
        now = schedule.next();
    }
    return intervals;
}

} // namespace

TEST_CASE("polls follow at once while indications wait, then often, then rarely", "[polling]")
{
    using Intervals = std::vector<std::chrono::nanoseconds>;
    const PollingSettings settings;
    PollSchedule schedule(settings);
    PollSchedule::TimePoint now = PollSchedule::TimePoint{} + 1h;

    schedule.polled(now, 30, true);
    CHECK(schedule.next() == now);
    schedule.polled(now, 5, false);
    CHECK(schedule.next() == now + 1ms);
    now = schedule.next();
    CHECK(empty_polls(schedule, now, 4) == Intervals{2ms, 4ms, 5ms, 5ms});

    now += 200ms; // no longer busy
    CHECK(empty_polls(schedule, now, 4) == Intervals{10ms, 20ms, 20ms, 20ms});

    schedule.polled(now, 1, false);
    CHECK(schedule.next() == now + 1ms);
    schedule.failed(now);
    CHECK(schedule.next() == now + 20ms);
}

TEST_CASE("polls are rare while a scratchpad uploads, unless something waits", "[polling]")
{
    const PollingSettings settings;
    PollSchedule schedule(settings);
    const PollSchedule::TimePoint now = PollSchedule::TimePoint{} + 1h;
    schedule.uploading(true);
    schedule.polled(now, 0, false);
    CHECK(schedule.next() == now + 100ms);
    schedule.polled(now, 1, true);
    CHECK(schedule.next() == now);
    schedule.uploading(false);
    schedule.polled(now, 1, false);
    CHECK(schedule.next() == now + 1ms);
}
