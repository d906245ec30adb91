#include "transport/mqtt/event_store.hpp"

#include "tools/stand/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <numeric>

using namespace transport;
using namespace std::chrono_literals;

namespace {

EventPtr event(std::uint64_t order, const std::string& sink, const std::string& payload)
{
    auto made = std::make_shared<Event>();
    made->order = order;
    made->sink_id = sink;
    made->mark = {0xFFFFFFFFFFFFFFF0, order};
    made->made_ms = 1608644981498;
    made->publication = make_publication("gw-event/received_data/" + sink, payload, 1, false);
    return made;
}

/// A store and the loop on which it answers.
struct Bench {
    explicit Bench(std::filesystem::path path) : file(std::move(path)), store(loop, file) {}

    EventStore::WriteResult write(std::vector<EventPtr> events, std::vector<std::uint64_t> removals = {})
    {
        std::optional<EventStore::WriteResult> result;
        store.write(std::move(events), std::move(removals), [&](EventStore::WriteResult answer) {
            result = std::move(answer);
        });
        REQUIRE(loop.run_until([&] { return result.has_value(); }, 20s));
        return *result;
    }

    std::vector<EventPtr> load(const std::string& sink, std::uint64_t after, std::size_t limit)
    {
        std::optional<gateway::Result<std::vector<EventPtr>>> result;
        store.load({sink, after, limit}, [&](gateway::Result<std::vector<EventPtr>> answer) {
            result = std::move(answer);
        });
        REQUIRE(loop.run_until([&] { return result.has_value(); }, 20s));
        REQUIRE(*result);
        return std::move(**result);
    }

    std::filesystem::path file;
    gateway::EventLoop loop;
    EventStore store;
};

} // namespace

TEST_CASE("events come back as they were, after a restart", "[store]")
{
    const gateway::stand::TemporaryDirectory directory;
    const auto file = directory.path() / "state" / "outbox.sqlite";
    const std::string payload("\0\xFF quoted ' \" \n", 14);
    {
        Bench bench(file);
        const auto contents = bench.store.open();
        REQUIRE(contents);
        CHECK(contents->backlogs.empty());
        REQUIRE(
            bench.write({event(1, "sink0", payload), event(2, "sink1", ""), event(3, "sink0", "x")}).result);
        REQUIRE(bench.write({event(4, "sink0", "y")}, {3}).result);
    }
    Bench bench(file);
    const auto contents = bench.store.open();
    REQUIRE(contents);
    REQUIRE(contents->backlogs.size() == 2);
    CHECK(contents->backlogs[0].sink_id == "sink0");
    CHECK(contents->backlogs[0].events == 2);
    CHECK(
        contents->backlogs[0].octets ==
        event(1, "sink0", payload)->publication.octets() + event(4, "sink0", "y")->publication.octets());
    CHECK(contents->last_order == 4);
    REQUIRE(contents->streams.size() == 2);
    CHECK(contents->streams[0].mark.stream == 0xFFFFFFFFFFFFFFF0);
    CHECK(contents->streams[0].mark.number == 4);

    const auto events = bench.load("sink0", 0, 10);
    REQUIRE(events.size() == 2);
    CHECK(*events[0]->publication.payload == payload);
    CHECK(*events[0]->publication.topic == "gw-event/received_data/sink0");
    CHECK(events[0]->order == 1);
    CHECK(events[0]->mark.number == 1);
    CHECK(events[0]->made_ms == 1608644981498);
    CHECK(events[1]->order == 4);
    CHECK(bench.load("sink0", 1, 10).size() == 1);
    CHECK(bench.load("sink0", 0, 1).size() == 1);
}

TEST_CASE("the file of a long outage shrinks again", "[store]")
{
    const gateway::stand::TemporaryDirectory directory;
    const auto file = directory.path() / "outbox.sqlite";
    constexpr std::uint64_t events = 4000;
    {
        Bench bench(file);
        REQUIRE(bench.store.open());
        std::vector<EventPtr> many;
        for (std::uint64_t order = 1; order <= events; ++order)
            many.push_back(event(order, "sink0", std::string(500, 'x')));
        REQUIRE(bench.write(std::move(many)).result);
    }
    const auto full = std::filesystem::file_size(file);
    {
        Bench bench(file);
        REQUIRE(bench.store.open());
        for (std::uint64_t first = 1; first <= events; first += 500) {
            std::vector<std::uint64_t> removals(500);
            std::iota(removals.begin(), removals.end(), first);
            REQUIRE(bench.write({}, removals).result);
        }
    }
    CHECK(std::filesystem::file_size(file) < full / 4);
}

TEST_CASE("a damaged file is kept aside and replaced", "[store]")
{
    const gateway::stand::TemporaryDirectory directory;
    const auto file = directory.path() / "outbox.sqlite";
    std::ofstream(file) << std::string(8192, 'z');
    Bench bench(file);
    REQUIRE(bench.store.open());
    CHECK(std::filesystem::exists(file.string() + ".damaged"));
    CHECK(bench.write({event(1, "sink0", "a")}).result);
    CHECK(bench.load("sink0", 0, 10).size() == 1);
}

TEST_CASE("damage that is found later is told with the next write", "[store]")
{
    const gateway::stand::TemporaryDirectory directory;
    const auto file = directory.path() / "outbox.sqlite";
    Bench bench(file);
    REQUIRE(bench.store.open());
    std::vector<EventPtr> many;
    for (std::uint64_t order = 1; order <= 2000; ++order)
        many.push_back(event(order, "sink0", std::string(500, 'x')));
    REQUIRE(bench.write(std::move(many)).result);
    {
        std::fstream damage(file, std::ios::in | std::ios::out | std::ios::binary);
        damage.write(
            std::string(std::filesystem::file_size(file), '\x55').c_str(),
            static_cast<std::streamsize>(std::filesystem::file_size(file)));
        std::ofstream(file.string() + "-wal", std::ios::trunc);
    }
    bool replaced = false;
    for (std::uint64_t order = 3000; order < 3010 && !replaced; ++order) {
        std::vector<std::uint64_t> removals;
        for (std::uint64_t old = 1; old <= 2000; ++old)
            removals.push_back(old);
        replaced = bench.write({event(order, "sink0", "after")}, removals).replaced;
    }
    CHECK(replaced);
    CHECK(bench.write({event(4000, "sink0", "works again")}).result);
}

TEST_CASE("a place that cannot be written gives an error that says what to do, and works later", "[store]")
{
    const gateway::stand::TemporaryDirectory directory;
    const auto obstacle = directory.path() / "state";
    std::ofstream(obstacle) << "a file where a directory should be";
    Bench bench(obstacle / "outbox.sqlite");
    const auto contents = bench.store.open();
    REQUIRE_FALSE(contents);
    CHECK_THAT(
        contents.error().message, Catch::Contains("outbox.sqlite") && Catch::Contains("state_directory"));
    CHECK_FALSE(bench.write({event(1, "sink0", "a")}).result);
    std::filesystem::remove(obstacle);
    CHECK(bench.write({event(1, "sink0", "a")}).result);
}

TEST_CASE("two services cannot share one file", "[store]")
{
    const gateway::stand::TemporaryDirectory directory;
    Bench first(directory.path() / "outbox.sqlite");
    REQUIRE(first.store.open());
    REQUIRE(first.write({event(1, "sink0", "a")}).result);
    Bench second(first.file);
    const auto contents = second.store.open();
    REQUIRE_FALSE(contents);
    CHECK_THAT(contents.error().message, Catch::Contains("another process"));
}
