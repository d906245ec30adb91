// docs/spec/gateway-backend-api.md, 8.4, gateway, rule 1; and the list of rule 3.
#include "tools/stand/temporary_directory.hpp"
#include "transport/backpressure/stopped_sinks.hpp"
#include "transport/backpressure/trip_rule.hpp"
#include "transport/state_file.hpp"

#include <catch2/catch.hpp>

using namespace transport;
using namespace std::chrono_literals;
using Verdict = TripRule::Verdict;

namespace {

const TripRule::Clock::time_point start = TripRule::Clock::time_point() + 1h;

struct Checked {
    explicit Checked(BufferingSettings settings) : rule(settings) {}

    /// The check of the next second.
    Verdict next(std::size_t queued)
    {
        now += 1s;
        backlog.queued = queued;
        return rule.check(backlog, now);
    }
    void acknowledge() { backlog.last_acknowledgement = now; }

    TripRule rule;
    TripRule::Clock::time_point now = start;
    Backlog backlog{0, true, std::nullopt};
};

BufferingSettings packets(std::int64_t limit)
{
    return {.max_buffered_packets = limit};
}

BufferingSettings delay(std::chrono::seconds limit)
{
    return {.max_delay_without_publish = limit};
}

} // namespace

TEST_CASE("without a limit nothing ever trips", "[backpressure]")
{
    for (const std::int64_t unused : {0, -1}) {
        Checked test(BufferingSettings{.max_buffered_packets = unused, .max_delay_without_publish = 0s});
        CHECK_FALSE(test.rule.active());
        for (int i = 0; i < 100; ++i)
            CHECK(test.next(1'000'000) == Verdict::unchanged);
    }
}

TEST_CASE("more packets than the limit trip, exactly the limit does not", "[backpressure]")
{
    Checked test(packets(10));
    CHECK(test.next(10) == Verdict::unchanged);
    CHECK(test.next(11) == Verdict::trip);
    CHECK(test.next(11) == Verdict::unchanged);
    CHECK(test.rule.tripped());
}

TEST_CASE("packets that wait too long for an acknowledgement trip", "[backpressure]")
{
    Checked test(delay(5s));
    test.acknowledge();
    for (int i = 0; i < 100; ++i)
        CHECK(test.next(0) == Verdict::unchanged); // nothing waits
    CHECK(test.next(1) == Verdict::unchanged);
    for (int i = 0; i < 5; ++i)
        CHECK(test.next(1) == Verdict::unchanged);
    CHECK(test.rule.waiting() == 5s);
    CHECK(test.next(1) == Verdict::trip);
}

TEST_CASE("acknowledgements keep a busy queue from tripping by its delay", "[backpressure]")
{
    Checked test(delay(5s));
    for (int i = 0; i < 100; ++i) {
        CHECK(test.next(1000) == Verdict::unchanged);
        test.acknowledge();
    }
}

TEST_CASE("the connection alone neither trips nor recovers", "[backpressure]")
{
    Checked test(packets(10));
    test.backlog.online = false;
    CHECK(test.next(0) == Verdict::unchanged);
    REQUIRE(test.next(11) == Verdict::trip);
    test.backlog.online = true;
    for (int i = 0; i < 10; ++i)
        CHECK(test.next(1) == Verdict::unchanged); // few, but nothing was acknowledged
}

TEST_CASE("an empty queue recovers at once, but only with a connection", "[backpressure]")
{
    Checked test(packets(10));
    REQUIRE(test.next(11) == Verdict::trip);
    test.backlog.online = false;
    CHECK(test.next(0) == Verdict::unchanged);
    test.backlog.online = true;
    CHECK(test.next(0) == Verdict::recover);
    CHECK_FALSE(test.rule.tripped());
}

TEST_CASE("under steady traffic three good checks in a row recover", "[backpressure]")
{
    Checked test({.max_buffered_packets = 10, .max_delay_without_publish = 8s});
    REQUIRE(test.next(11) == Verdict::trip);
    test.acknowledge();
    CHECK(test.next(6) == Verdict::unchanged); // more than half
    CHECK(test.next(5) == Verdict::unchanged);
    CHECK(test.next(5) == Verdict::unchanged);
    CHECK(test.next(6) == Verdict::unchanged); // begins anew
    test.acknowledge();
    CHECK(test.next(5) == Verdict::unchanged);
    CHECK(test.next(5) == Verdict::unchanged);
    CHECK(test.next(5) == Verdict::recover);
    CHECK(test.next(11) == Verdict::trip); // and may trip again
}

TEST_CASE("a lost connection in between begins the good checks anew", "[backpressure]")
{
    Checked test(packets(10));
    REQUIRE(test.next(11) == Verdict::trip);
    test.acknowledge();
    CHECK(test.next(1) == Verdict::unchanged);
    CHECK(test.next(1) == Verdict::unchanged);
    test.backlog.online = false;
    CHECK(test.next(1) == Verdict::unchanged);
    test.backlog.online = true;
    CHECK(test.next(1) == Verdict::unchanged);
    CHECK(test.next(1) == Verdict::unchanged);
    CHECK(test.next(1) == Verdict::recover);
}

TEST_CASE("a run that begins tripped recovers by the same rule", "[backpressure]")
{
    Checked test(packets(10));
    test.rule.begin_tripped(test.now);
    CHECK(test.next(100) == Verdict::unchanged);
    CHECK(test.next(0) == Verdict::recover);
}

TEST_CASE("the list of stopped sinks outlives the service", "[backpressure]")
{
    const gateway::stand::TemporaryDirectory directory;
    const auto state = directory.path() / "not-there-yet";
    {
        StoppedSinks list(state);
        CHECK_FALSE(list.find("sink0"));
        list.set("sink0", StopReason::black_hole);
        list.set("sink1", StopReason::request);
        list.set("sink2", StopReason::request);
        list.remove("sink2");
        list.set("sink1", StopReason::black_hole);
        list.set("sink1", StopReason::request);
    }
    const StoppedSinks list(state);
    CHECK(list.find("sink0") == StopReason::black_hole);
    CHECK(list.find("sink1") == StopReason::request);
    CHECK_FALSE(list.find("sink2"));
    CHECK(list.any(StopReason::black_hole));
}

TEST_CASE("a damaged list costs only its damaged lines", "[backpressure]")
{
    const gateway::stand::TemporaryDirectory directory;
    constexpr char contents[] = "sink0 black-hole\n\xFF\x00 request\nsink1\nsink2 request";
    REQUIRE(write_state_file(
        directory.path() / "stopped-sinks", std::string_view(contents, sizeof contents - 1)));
    const StoppedSinks list(directory.path());
    CHECK(list.find("sink0") == StopReason::black_hole);
    CHECK_FALSE(list.find("sink1"));
    CHECK(list.find("sink2") == StopReason::request);
}

TEST_CASE("a state directory that cannot be written leaves the list in memory", "[backpressure]")
{
    StoppedSinks list("/proc/no-such-directory");
    list.set("sink0", StopReason::black_hole);
    CHECK(list.find("sink0") == StopReason::black_hole);
    list.remove("sink0");
    CHECK_FALSE(list.find("sink0"));
}
