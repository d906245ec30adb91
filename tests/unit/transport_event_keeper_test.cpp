#include "transport/mqtt/event_keeper.hpp"

#include "tools/stand/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <fstream>

using namespace transport;
using namespace std::chrono_literals;

namespace {

StoreSettings quick(const std::filesystem::path& file)
{
    StoreSettings settings;
    settings.file = file;
    settings.store_after = 0ms;
    settings.sync_interval = 10ms;
    return settings;
}

struct Bench {
    explicit Bench(const StoreSettings& settings)
        : keeper(
              loop, settings,
              {.available = [this] { ++available; },
               .safe = [this](const Event& event) { safe.push_back(event.mark.number); }})
    {
    }

    void add(std::uint64_t number)
    {
        auto event = std::make_shared<Event>();
        event->sink_id = "sink0";
        event->publication = make_publication("topic", std::to_string(number), 1, false);
        event->mark = {1, number};
        keeper.add(std::move(event));
    }

    void run_until(const std::function<bool()>& condition) { REQUIRE(loop.run_until(condition, 20s)); }

    gateway::EventLoop loop;
    std::vector<std::uint64_t> safe;
    int available = 0;
    EventKeeper keeper;
};

} // namespace

TEST_CASE("events that nobody takes are stored, and there after a restart", "[store]")
{
    const gateway::stand::TemporaryDirectory directory;
    const StoreSettings settings = quick(directory.path() / "outbox.sqlite");
    {
        Bench bench(settings);
        for (std::uint64_t number = 1; number <= 3; ++number)
            bench.add(number);
        bench.run_until([&] { return bench.safe.size() == 3; });
        CHECK(bench.safe == std::vector<std::uint64_t>{1, 2, 3});
    }
    Bench bench(settings);
    CHECK(bench.keeper.queue().count() == 3);
    REQUIRE(bench.keeper.stored_streams().size() == 1);
    CHECK(bench.keeper.stored_streams()[0].mark.number == 3);
    bench.run_until([&] { return bench.keeper.queue().has_waiting(); });
    CHECK(bench.available > 0);
    const EventPtr first = bench.keeper.queue().take();
    REQUIRE(first);
    CHECK(*first->publication.payload == "1");
}

TEST_CASE("an orderly stop stores what is in memory alone", "[store]")
{
    const gateway::stand::TemporaryDirectory directory;
    StoreSettings settings = quick(directory.path() / "outbox.sqlite");
    settings.store_after = 1h;
    {
        Bench bench(settings);
        bench.add(1);
        std::optional<bool> all;
        bench.keeper.store_all(20s, [&](bool stored) { all = stored; });
        bench.run_until([&] { return all.has_value(); });
        CHECK(*all);
    }
    CHECK(Bench(settings).keeper.queue().count() == 1);
}

TEST_CASE("storage that fails degrades to memory, loudly, and is used again when it works", "[store]")
{
    const gateway::stand::TemporaryDirectory directory;
    const auto obstacle = directory.path() / "state";
    std::ofstream(obstacle) << "not a directory";
    Bench bench(quick(obstacle / "outbox.sqlite"));
    CHECK_FALSE(bench.keeper.trouble().empty());
    bench.add(1);
    CHECK(bench.keeper.queue().has_waiting());
    CHECK(bench.safe.empty()); // the sink service keeps it

    std::optional<bool> all;
    bench.keeper.store_all(20s, [&](bool stored) { all = stored; });
    bench.run_until([&] { return all.has_value(); });
    CHECK_FALSE(*all);

    std::filesystem::remove(obstacle);
    bench.run_until([&] { return bench.safe.size() == 1; });
    CHECK(bench.keeper.trouble().empty());
}

TEST_CASE("without a file events live in memory", "[store]")
{
    Bench bench(quick({}));
    bench.add(1);
    CHECK(bench.keeper.queue().has_waiting());
    CHECK(bench.keeper.trouble().empty());
}

TEST_CASE("storage that fails for long holds no sink back", "[store]")
{
    StoreSettings settings = quick({});
    SECTION("none is set") {}
    SECTION("it does not work")
    {
        settings.file = "/proc/outbox.sqlite";
    }
    settings.full_wait = 0s;
    Bench bench(settings);
    bench.add(1);
    bench.run_until([&] { return bench.safe.size() == 1; });
    CHECK(bench.keeper.queue().memory_only());
}
