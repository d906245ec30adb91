#include "sink-service/dual_mcu/polling.hpp"

#include <catch2/catch.hpp>

using namespace dual_mcu;
using namespace std::chrono_literals;

TEST_CASE("polls follow at once while indications wait, then often, then rarely", "[polling]")
{
    const PollingSettings settings;
    PollSchedule schedule(settings);
    PollSchedule::TimePoint now = PollSchedule::TimePoint{} + 1h;

    schedule.polled(now, 30, true);
    CHECK(schedule.next() == now);
    schedule.polled(now, 5, false);
    CHECK(schedule.next() == now + 1ms);
    now += 199ms;
    schedule.polled(now, 0, false);
    CHECK(schedule.next() == now + 1ms);

    now += 1ms;
    std::vector<std::chrono::nanoseconds> intervals;
    for (int i = 0; i < 7; ++i) {
        schedule.polled(now, 0, false);
        intervals.push_back(schedule.next() - now);
        now = schedule.next();
    }
    CHECK(intervals == std::vector<std::chrono::nanoseconds>{2ms, 4ms, 8ms, 16ms, 20ms, 20ms, 20ms});

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
