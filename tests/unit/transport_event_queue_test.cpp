#include "transport/mqtt/event_queue.hpp"

#include <catch2/catch.hpp>
#include <map>

using namespace transport;
using namespace std::chrono_literals;

namespace {

using Names = std::vector<std::string>;
const EventQueue::Clock::time_point start = EventQueue::Clock::time_point{} + 1h;

/// A queue with a store that works at once, or is told to fail.
struct Bench {
    explicit Bench(const EventQueue::Limits& limits = {}, bool store = true)
        : queue(limits, [this](const Event& event) { safe.push_back(*event.publication.payload); })
    {
        queue.set_store_usable(store);
    }

    void add(
        const std::string& sink, const std::string& name, EventQueue::Clock::time_point now = start,
        bool numbered = true)
    {
        auto event = std::make_shared<Event>();
        event->sink_id = sink;
        event->publication = make_publication("", name, 1, false);
        event->made_ms = static_cast<std::uint64_t>(++made);
        event->mark = {1, numbered ? static_cast<std::uint64_t>(made) : 0};
        queue.add(std::move(event), now);
    }

    Names store_due(EventQueue::Clock::time_point now, bool works = true)
    {
        const std::vector<EventPtr> batch = queue.take_for_store(now);
        Names names;
        for (const EventPtr& event : batch) {
            names.push_back(*event->publication.payload);
            if (works)
                stored[event->order] = {event->sink_id, *event->publication.payload};
        }
        queue.written(batch, works);
        for (const std::uint64_t order : queue.take_removals())
            stored.erase(order);
        return names;
    }

    void load()
    {
        while (const auto load = queue.next_load()) {
            std::vector<EventPtr> events;
            for (const auto& [order, row] : stored) {
                if (row.first != load->sink_id || order <= load->after || events.size() >= load->limit)
                    continue;
                auto event = std::make_shared<Event>();
                event->sink_id = row.first;
                event->order = order;
                event->publication = make_publication("", row.second, 1, false);
                events.push_back(std::move(event));
            }
            queue.loaded(load->sink_id, std::move(events), true);
        }
    }

    Names publish_all()
    {
        Names names;
        while (true) {
            load();
            const EventPtr event = queue.take();
            if (event == nullptr)
                break;
            names.push_back(*event->publication.payload);
            queue.finished(*event);
        }
        return names;
    }

    int made = 0;
    Names safe;
    std::map<std::uint64_t, std::pair<std::string, std::string>> stored;
    EventQueue queue;
};

Names numbered(int first, int last)
{
    Names names;
    for (int i = first; i <= last; ++i)
        names.push_back(std::to_string(i));
    return names;
}

} // namespace

TEST_CASE("an event that the broker takes soon never sees the store", "[outbox]")
{
    Bench bench;
    bench.add("a", "1");
    CHECK(bench.store_due(start + 999ms).empty());
    CHECK(bench.safe.empty());
    CHECK(bench.publish_all() == Names{"1"});
    CHECK(bench.safe == Names{"1"});
    CHECK(bench.store_due(start + 1h).empty());
    CHECK(bench.queue.to_store() == 0);
    CHECK_FALSE(bench.queue.has_removals());
}

TEST_CASE("what waits too long is stored, then safe, and leaves the store when the broker has it", "[outbox]")
{
    Bench bench;
    bench.add("a", "1");
    const EventPtr in_flight = bench.queue.take();
    bench.add("a", "2", start + 500ms);
    CHECK(bench.store_due(start + 1s) == Names{"1"}); // in flight, too
    CHECK(bench.safe == Names{"1"});
    CHECK(bench.store_due(start + 1500ms) == Names{"2"});
    bench.queue.finished(*in_flight);
    CHECK(bench.publish_all() == Names{"2"});
    CHECK(bench.safe == Names{"1", "2"}); // each once
    bench.store_due(start + 2s);
    CHECK(bench.stored.empty());
    CHECK(bench.queue.empty());
}

TEST_CASE("a failed write is tried again, in the old order", "[outbox]")
{
    Bench bench;
    bench.add("a", "1");
    bench.add("a", "2");
    CHECK(bench.store_due(start + 1s, false) == Names{"1", "2"});
    CHECK(bench.safe.empty());
    bench.add("a", "3");
    CHECK(bench.store_due(start + 2s) == Names{"1", "2", "3"});
    CHECK(bench.safe == Names{"1", "2", "3"});
}

TEST_CASE("a long backlog stays in the store, in order, behind what is in memory", "[outbox]")
{
    Bench bench({.read_ahead = 10});
    for (int i = 1; i <= 100; ++i) {
        bench.add("a", std::to_string(i));
        if (i % 7 == 0)
            bench.store_due(start + 2s);
    }
    bench.store_due(start + 2s);
    CHECK(bench.queue.count() == 100);
    CHECK(bench.stored.size() == 100);
    CHECK(bench.safe.size() == 100);

    bench.add("b", "other");
    for (int i = 101; i <= 110; ++i)
        bench.add("a", std::to_string(i));
    CHECK(bench.publish_all().size() == 111);
    bench.store_due(start + 3s);
    CHECK(bench.stored.empty());
    CHECK(bench.queue.empty());
    CHECK(bench.queue.octets() == 0);
    CHECK(bench.queue.stored() == 0);
}

TEST_CASE("order of a sink holds through backlog, loads, losses of the connection", "[outbox]")
{
    Bench bench({.read_ahead = 5});
    int made = 0;
    Names published;
    for (int round = 0; round < 50; ++round) {
        for (int i = 0; i < 7; ++i)
            bench.add("a", std::to_string(++made));
        bench.store_due(start + 2s, round % 5 != 0);
        bench.load();
        std::vector<EventPtr> in_flight;
        for (int i = 0; i < round % 11; ++i)
            if (EventPtr event = bench.queue.take())
                in_flight.push_back(std::move(event));
        for (std::size_t i = 0; i < in_flight.size() / 2; ++i) {
            published.push_back(*in_flight[i]->publication.payload);
            bench.queue.finished(*in_flight[i]);
        }
        for (std::size_t i = in_flight.size(); i > in_flight.size() / 2; --i)
            bench.queue.put_back(in_flight[i - 1]);
    }
    const Names rest = bench.publish_all();
    published.insert(published.end(), rest.begin(), rest.end());
    CHECK(published == numbered(1, made));
    CHECK(bench.queue.empty());
}

TEST_CASE("the backlog of an earlier run goes first", "[outbox]")
{
    Bench bench;
    bench.stored = {{5, {"a", "old 1"}}, {9, {"a", "old 2"}}};
    const std::vector<EventQueue::Backlog> backlogs = {{"a", 2, 10}};
    bench.queue.restore(backlogs, 9);
    bench.add("a", "new");
    CHECK(bench.queue.count() == 3);
    CHECK(bench.publish_all() == Names{"old 1", "old 2", "new"});
    CHECK(bench.queue.octets() == 0);
}

TEST_CASE("a full store holds the sinks back, and only then loses the oldest", "[outbox]")
{
    Bench bench({.events = 3, .store_after = 0ms, .full_wait = 60s});
    for (int i = 1; i <= 5; ++i)
        bench.add("a", std::to_string(i));
    CHECK(bench.store_due(start) == numbered(1, 3));
    CHECK(bench.safe == numbered(1, 3)); // 4 and 5 are not acknowledged
    CHECK(bench.queue.full());
    bench.queue.make_room(start + 59s);
    CHECK_FALSE(bench.queue.take_losses());

    bench.queue.make_room(start + 60s);
    const auto losses = bench.queue.take_losses();
    REQUIRE(losses);
    CHECK(losses->events == 2);
    CHECK(losses->first_ms == 1);
    CHECK(losses->last_ms == 2);
    CHECK_FALSE(bench.queue.take_losses());
    bench.store_due(start + 60s);
    CHECK(bench.safe == numbered(1, 5));
    CHECK(bench.publish_all() == numbered(3, 5));
    CHECK_FALSE(bench.queue.full());
}

TEST_CASE("packets that came by signal cannot wait: the oldest go at once", "[outbox]")
{
    Bench bench({.events = 3});
    for (int i = 1; i <= 5; ++i)
        bench.add("a", std::to_string(i), start, false);
    CHECK(bench.queue.take_losses()->events == 2);
    CHECK(bench.publish_all() == numbered(3, 5));
    CHECK(bench.safe.empty()); // nobody waits to hear of them
}

TEST_CASE("without a store the smaller limits hold", "[outbox]")
{
    Bench bench({.memory_events = 3, .memory_octets = 1000}, false);
    for (int i = 1; i <= 3; ++i)
        bench.add("a", std::to_string(i), start, false);
    bench.add("a", std::string(1001, 'x'), start, false);
    CHECK(bench.queue.take_losses()->events == 4);
    CHECK(bench.queue.empty());
}

TEST_CASE("without a store sinks are held back for a time, then memory has to do", "[outbox]")
{
    Bench bench({.memory_events = 3, .full_wait = 60s}, false);
    bench.add("a", "1");
    bench.add("b", "2", start + 10s);
    bench.queue.make_room(start + 59s);
    CHECK(bench.safe.empty());
    CHECK_FALSE(bench.queue.memory_only());

    bench.queue.make_room(start + 60s);
    CHECK(bench.queue.memory_only());
    CHECK(bench.safe == numbered(1, 2));
    CHECK(bench.queue.unsafe() == 2);
    for (int i = 3; i <= 5; ++i) // the oldest go at once: nobody is held back
        bench.add("a", std::to_string(i), start + 61s);
    CHECK(bench.safe == numbered(1, 5));
    CHECK(bench.queue.take_losses()->events == 2);

    SECTION("until the broker has taken all")
    {
        CHECK(bench.publish_all() == numbered(3, 5));
        CHECK_FALSE(bench.queue.memory_only());
        bench.add("a", "6", start + 70s);
        CHECK(bench.safe == numbered(1, 5));
    }
    SECTION("until the store works: what waits is stored then")
    {
        bench.queue.set_store_usable(true);
        CHECK_FALSE(bench.queue.memory_only());
        CHECK(bench.store_due(start + 70s) == numbered(3, 5));
        CHECK(bench.safe == numbered(1, 5)); // each once
        bench.queue.store_was_emptied();
        CHECK(bench.store_due(start + 70s) == numbered(3, 5));
        CHECK(bench.queue.to_store() == 0);
    }
}

TEST_CASE("a store that was emptied is filled anew, and what it had alone is counted", "[outbox]")
{
    Bench bench({.read_ahead = 2});
    for (int i = 1; i <= 10; ++i)
        bench.add("a", std::to_string(i));
    bench.store_due(start + 1s);
    const EventPtr in_flight = bench.queue.take();
    bench.stored.clear();
    bench.queue.store_was_emptied();
    const auto losses = bench.queue.take_losses();
    REQUIRE(losses);
    const Names again = bench.store_due(start + 1s);
    CHECK(again.size() + losses->events + 1 == 10);
    bench.queue.finished(*in_flight);
    const Names left = bench.publish_all();
    CHECK(left == again);
    CHECK(left.front() == "2");
    CHECK(bench.queue.empty());
    CHECK(bench.queue.stored() == 0);
}
