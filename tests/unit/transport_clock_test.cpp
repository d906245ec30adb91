// The machine's clock is not set yet (docs/spec/gateway-backend-api.md, 7.1).
#include "tools/stand/temporary_directory.hpp"
#include "transport/clock.hpp"
#include "transport/state_file.hpp"

#include <catch2/catch.hpp>

using namespace transport;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t earliest = ClockCorrection::earliest_ms;
constexpr std::uint64_t today = 1'795'000'000'000;
constexpr std::uint64_t shortly_after_1970 = 5'000;

} // namespace

TEST_CASE("a clock from 2020 on is taken as it is, also when it goes backwards", "[clock]")
{
    ClockCorrection clock({today, 100s}, std::nullopt);
    CHECK(clock.is_set());
    CHECK_FALSE(clock.holds_packets());
    CHECK(clock.corrected(today) == today);
    clock.observe({earliest, 101s});
    CHECK(clock.corrected(earliest) == earliest);
}

TEST_CASE("packets that waited get the jump of the clock when it is set", "[clock]")
{
    ClockCorrection clock({shortly_after_1970, 100s}, std::nullopt);
    CHECK_FALSE(clock.is_set());
    clock.observe({shortly_after_1970 + 10'000, 110s});
    CHECK(clock.holds_packets());

    clock.observe({today, 120s}); // 20 s after the start
    CHECK(clock.is_set());
    CHECK_FALSE(clock.holds_packets());
    CHECK(clock.corrected(shortly_after_1970) == today - 20'000);
    CHECK(clock.corrected(shortly_after_1970 + 20'000) == today);
    CHECK(clock.corrected(today + 1) == today + 1);
}

TEST_CASE("after a minute times are told by what an earlier run has kept", "[clock]")
{
    ClockCorrection clock({shortly_after_1970, 100s}, today);
    clock.observe({shortly_after_1970 + 59'999, 159'999ms});
    CHECK(clock.holds_packets());
    clock.observe({shortly_after_1970 + 60'000, 160s});
    CHECK_FALSE(clock.holds_packets());
    CHECK_FALSE(clock.is_set());
    CHECK(clock.corrected(shortly_after_1970) == today);
    CHECK(clock.corrected(shortly_after_1970 + 60'000) == today + 60'000);

    clock.observe({today + 3'600'000, 200s}); // set at last: the jump is known now
    CHECK(clock.corrected(today + 3'600'000) == today + 3'600'000);
    CHECK(clock.corrected(shortly_after_1970) == today + 3'500'000);
}

TEST_CASE("without a kept time, and with a useless one, time begins in 2020", "[clock]")
{
    for (const std::optional<std::uint64_t> kept :
         {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(17)}) {
        ClockCorrection clock({shortly_after_1970, 0s}, kept);
        clock.observe({shortly_after_1970 + 1'000, 61s});
        CHECK(clock.corrected(shortly_after_1970 + 1'000) == earliest + 1'000);
        CHECK(clock.corrected(0) == earliest); // earlier than the start
    }
}

TEST_CASE("a time of 1970 that came over from before the start is no time of 1970", "[clock]")
{
    ClockCorrection clock({today, 0s}, std::nullopt);
    clock.observe({today + 1'000, 1s});
    CHECK(clock.corrected(shortly_after_1970) == today + 1'000);
}

TEST_CASE("a small file is replaced as a whole, and none is longer than its limit", "[clock]")
{
    const gateway::stand::TemporaryDirectory directory;
    const auto file = directory.path() / "state" / "clock";
    CHECK_FALSE(read_state_file(file));
    for (const Durable durable : {Durable::now, Durable::eventually}) {
        REQUIRE(write_state_file(file, "12345\n", durable));
        REQUIRE(write_state_file(file, "678\n", durable));
        CHECK(read_state_file(file) == "678\n");
    }
    CHECK_FALSE(read_state_file(file, 3));
    CHECK(now_ms() >= earliest);
}
