#include "transport/mqtt/outbox.hpp"

#include <catch2/catch.hpp>

using namespace transport;

namespace {

const Outbox::Clock::time_point start{};

Publication named(const std::string& name)
{
    return make_publication("topic", name, 1, false);
}

EventPtr event_named(const std::string& sink_id, const std::string& name)
{
    auto event = std::make_shared<Event>();
    event->sink_id = sink_id;
    event->publication = named(name);
    return event;
}

/// An outbox and the events it publishes.
struct Bench {
    explicit Bench(const Outbox::Limits& limits = {}) : outbox(limits, events) {}
    void add(const std::string& sink_id, const std::string& name)
    {
        events.add(event_named(sink_id, name), start);
    }
    EventQueue events{{}, [](const Event&) {}};
    Outbox outbox;
};

std::string payload_of(const std::optional<Outbox::Outgoing>& outgoing)
{
    return outgoing ? *outgoing->publication.payload : "";
}

/// Hands out and acknowledges everything that may leave now.
std::vector<std::string> drain(Outbox& outbox, Outbox::Clock::time_point now = start)
{
    std::vector<std::string> left;
    while (const auto outgoing = outbox.next(now)) {
        left.push_back(*outgoing->publication.payload);
        outbox.acknowledged(outgoing->id);
    }
    return left;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("events of a sink leave in their order, sinks take turns", "[outbox]")
{
    Bench bench;
    Outbox& outbox = bench.outbox;
    for (const char* name : {"a1", "a2", "a3", "a4"})
        bench.add("a", name);
    bench.add("b", "b1");
    bench.add("b", "b2");
    const Names left = drain(outbox);
    CHECK(left == Names{"b1", "a1", "b2", "a2", "a3", "a4"});
}

TEST_CASE("status and responses leave before events", "[outbox]")
{
    Bench bench;
    Outbox& outbox = bench.outbox;
    bench.add("a", "event");
    outbox.add_response(named("response"));
    outbox.set_latest("status", named("status"));
    CHECK(drain(outbox) == Names{"response", "status", "event"});
}

TEST_CASE("only the latest status waits, in the place of the one before", "[outbox]")
{
    Bench bench;
    Outbox& outbox = bench.outbox;
    outbox.set_latest("status", named("old"));
    outbox.add_response(named("response"));
    outbox.set_latest("status", named("new"));
    CHECK(drain(outbox) == Names{"new", "response"});
}

TEST_CASE("no more than the window is in flight", "[outbox]")
{
    Bench bench({.window = 2});
    Outbox& outbox = bench.outbox;
    for (const char* name : {"1", "2", "3"})
        bench.add("a", name);
    const auto first = outbox.next(start);
    const auto second = outbox.next(start);
    CHECK_FALSE(outbox.next(start));
    outbox.acknowledged(second->id);
    CHECK(payload_of(outbox.next(start)) == "3");
    outbox.acknowledged(first->id);
    CHECK(bench.events.count() == 1); // "3" is in flight
}

TEST_CASE("what was in flight at a loss leaves again first, with the same octets", "[outbox]")
{
    Bench bench;
    Outbox& outbox = bench.outbox;
    outbox.add_response(named("r1"));
    bench.add("a", "e1");
    bench.add("a", "e2");
    const auto response = outbox.next(start);
    const auto event = outbox.next(start);
    outbox.return_in_flight();
    outbox.add_response(named("r2"));

    const auto again = outbox.next(start);
    CHECK(again->publication.payload == response->publication.payload);
    CHECK(again->id != response->id);
    CHECK(payload_of(outbox.next(start)) == "r2");
    CHECK(outbox.next(start)->publication.payload == event->publication.payload);
    CHECK(payload_of(outbox.next(start)) == "e2");

    // An acknowledgement of the lost connection changes nothing.
    outbox.acknowledged(response->id);
    CHECK(outbox.in_flight() == 4);
}

TEST_CASE("what a session carries over counts as handed out at the new connection", "[outbox]")
{
    Bench bench;
    Outbox& outbox = bench.outbox;
    outbox.add_response(named("response"));
    bench.add("a", "event");
    const auto response = outbox.next(start);
    const auto event = outbox.next(start);
    const auto online_again = start + std::chrono::minutes(5);
    outbox.touch_in_flight(online_again);
    CHECK(outbox.oldest_in_flight() == online_again);
    CHECK(outbox.acknowledged(response->id)->sent == online_again);
    CHECK(outbox.acknowledged(event->id)->sent == online_again);
    CHECK_FALSE(outbox.oldest_in_flight());
}

TEST_CASE("a status in flight at a loss gives way to a newer one", "[outbox]")
{
    Bench bench;
    Outbox& outbox = bench.outbox;
    outbox.set_latest("status", named("old"));
    REQUIRE(outbox.next(start));
    outbox.set_latest("status", named("new"));
    outbox.return_in_flight();
    CHECK(drain(outbox) == Names{"new"});
}

TEST_CASE("while held only the status leaves", "[outbox]")
{
    Bench bench;
    Outbox& outbox = bench.outbox;
    outbox.hold();
    bench.add("a", "event");
    outbox.add_response(named("response"));
    CHECK(drain(outbox).empty());
    outbox.set_latest("status", named("status"));
    CHECK(drain(outbox) == Names{"status"});
    outbox.release();
    CHECK(drain(outbox) == Names{"response", "event"});
}

TEST_CASE("responses have a bound of their own and events none of it", "[outbox]")
{
    Bench bench({.responses = 2});
    Outbox& outbox = bench.outbox;
    outbox.set_latest("status", named("status"));
    for (const char* name : {"r1", "r2", "r3"})
        outbox.add_response(named(name));
    CHECK(outbox.take_lost_responses() == 1);
    CHECK(drain(outbox) == Names{"status", "r2", "r3"});
}

TEST_CASE("the rate limit counts everything and delays only events", "[outbox]")
{
    Bench bench({.events_per_second = 2});
    Outbox& outbox = bench.outbox;
    outbox.add_response(named("r1"));
    for (const char* name : {"e1", "e2"})
        bench.add("a", name);
    CHECK(drain(outbox) == Names{"r1", "e1"});
    CHECK(outbox.ask_again_at() == start + std::chrono::seconds(1));
    outbox.add_response(named("r2"));
    const auto later = start + std::chrono::milliseconds(500);
    CHECK(drain(outbox, later) == Names{"r2"});
    CHECK(drain(outbox, start + std::chrono::milliseconds(999)).empty());
    CHECK(drain(outbox, start + std::chrono::seconds(1)) == Names{"e2"});
}

TEST_CASE("events that come fast leave in groups, alone at once, many at once", "[outbox]")
{
    using namespace std::chrono_literals;
    Bench bench({.window = 100, .group_interval = 1ms, .group = 3});
    Outbox& outbox = bench.outbox;
    bench.add("a", "1");
    CHECK(drain(outbox, start + 1s) == Names{"1"});
    bench.add("a", "2");
    bench.add("a", "3");
    CHECK(drain(outbox, start + 1s + 400us).empty());
    CHECK(outbox.ask_again_at() == start + 1s + 1ms);
    outbox.add_response(named("response"));
    CHECK(drain(outbox, start + 1s + 500us) == Names{"response"});
    CHECK(drain(outbox, start + 1s + 1ms) == Names{"2", "3"});
    for (const char* name : {"4", "5", "6"})
        bench.add("a", name);
    CHECK(drain(outbox, start + 1s + 1100us) == Names{"4", "5", "6"});
    CHECK_FALSE(outbox.ask_again_at());
}

TEST_CASE("an event that cannot be published is a loss, an acknowledged one is none", "[outbox]")
{
    Bench bench;
    Outbox& outbox = bench.outbox;
    bench.add("a", "event");
    bench.add("a", "too large");
    outbox.add_response(named("response"));
    outbox.drop(outbox.next(start)->id); // the response
    outbox.acknowledged(outbox.next(start)->id);
    CHECK(bench.events.losses_total() == 0);
    const auto refused = outbox.next(start);
    outbox.drop(refused->id);
    outbox.drop(refused->id); // it is not in flight any more
    CHECK(bench.events.losses_total() == 1);
    CHECK(bench.events.empty());
    CHECK(outbox.in_flight() == 0);
}

TEST_CASE("after the end of events only what the service says leaves", "[outbox]")
{
    Bench bench;
    Outbox& outbox = bench.outbox;
    bench.add("a", "event");
    outbox.stop_events();
    outbox.set_latest("status", named("offline"));
    CHECK(drain(outbox) == Names{"offline"});
    CHECK(bench.events.count() == 1);
}
