#include "transport/mqtt/outbox.hpp"

#include <catch2/catch.hpp>

using namespace transport;

namespace {

const Outbox::Clock::time_point start{};

Publication named(const std::string& name)
{
    return make_publication("topic", name, 1, false);
}

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
    Outbox outbox({});
    for (const char* name : {"a1", "a2", "a3", "a4"})
        outbox.add_event("a", named(name), 0);
    outbox.add_event("b", named("b1"), 0);
    outbox.add_event("b", named("b2"), 0);
    const Names left = drain(outbox);
    CHECK(left == Names{"b1", "a1", "b2", "a2", "a3", "a4"});
}

TEST_CASE("status and responses leave before events", "[outbox]")
{
    Outbox outbox({});
    outbox.add_event("a", named("event"), 0);
    outbox.add_response(named("response"));
    outbox.set_latest("status", named("status"));
    CHECK(drain(outbox) == Names{"response", "status", "event"});
}

TEST_CASE("only the latest status waits, in the place of the one before", "[outbox]")
{
    Outbox outbox({});
    outbox.set_latest("status", named("old"));
    outbox.add_response(named("response"));
    outbox.set_latest("status", named("new"));
    CHECK(drain(outbox) == Names{"new", "response"});
}

TEST_CASE("no more than the window is in flight", "[outbox]")
{
    Outbox outbox({.window = 2});
    for (const char* name : {"1", "2", "3"})
        outbox.add_event("a", named(name), 0);
    const auto first = outbox.next(start);
    const auto second = outbox.next(start);
    CHECK_FALSE(outbox.next(start));
    outbox.acknowledged(second->id);
    CHECK(payload_of(outbox.next(start)) == "3");
    outbox.acknowledged(first->id);
    CHECK_FALSE(outbox.empty()); // "3" is in flight
}

TEST_CASE("what was in flight at a loss leaves again first, with the same octets", "[outbox]")
{
    Outbox outbox({});
    outbox.add_response(named("r1"));
    outbox.add_event("a", named("e1"), 0);
    outbox.add_event("a", named("e2"), 0);
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

TEST_CASE("a status in flight at a loss gives way to a newer one", "[outbox]")
{
    Outbox outbox({});
    outbox.set_latest("status", named("old"));
    REQUIRE(outbox.next(start));
    outbox.set_latest("status", named("new"));
    outbox.return_in_flight();
    CHECK(drain(outbox) == Names{"new"});
}

TEST_CASE("while held only the status leaves", "[outbox]")
{
    Outbox outbox({});
    outbox.hold();
    outbox.add_event("a", named("event"), 0);
    outbox.add_response(named("response"));
    CHECK(drain(outbox).empty());
    outbox.set_latest("status", named("status"));
    CHECK(drain(outbox) == Names{"status"});
    outbox.release();
    CHECK(drain(outbox) == Names{"response", "event"});
}

TEST_CASE("a full queue loses the oldest events and says which", "[outbox]")
{
    Outbox outbox({.events = 3});
    outbox.add_event("a", named("a1"), 1000);
    outbox.add_event("b", named("b1"), 2000);
    outbox.add_event("a", named("a2"), 3000);
    CHECK_FALSE(outbox.take_losses());
    outbox.add_event("a", named("a3"), 4000);
    outbox.add_event("b", named("b2"), 5000);
    const auto losses = outbox.take_losses();
    REQUIRE(losses);
    CHECK(losses->events == 2);
    CHECK(losses->first_ms == 1000);
    CHECK(losses->last_ms == 2000);
    CHECK_FALSE(outbox.take_losses());
    CHECK(drain(outbox) == Names{"b2", "a2", "a3"});
}

TEST_CASE("events are bounded in octets, too", "[outbox]")
{
    Outbox outbox({.event_octets = 100});
    for (int i = 0; i < 10; ++i)
        outbox.add_event("a", named(std::string(35, 'x')), 0);
    CHECK(outbox.waiting_events() == 2);
    CHECK(outbox.take_losses()->events == 8);
}

TEST_CASE("responses have a bound of their own and events none of it", "[outbox]")
{
    Outbox outbox({.responses = 2});
    outbox.set_latest("status", named("status"));
    for (const char* name : {"r1", "r2", "r3"})
        outbox.add_response(named(name));
    CHECK(outbox.take_losses()->responses == 1);
    CHECK(drain(outbox) == Names{"status", "r2", "r3"});
}

TEST_CASE("the rate limit counts everything and delays only events", "[outbox]")
{
    Outbox outbox({.events_per_second = 2});
    outbox.add_response(named("r1"));
    for (const char* name : {"e1", "e2"})
        outbox.add_event("a", named(name), 0);
    CHECK(drain(outbox) == Names{"r1", "e1"});
    CHECK(outbox.rate_limited_until() == start + std::chrono::seconds(1));
    outbox.add_response(named("r2"));
    const auto later = start + std::chrono::milliseconds(500);
    CHECK(drain(outbox, later) == Names{"r2"});
    CHECK(drain(outbox, start + std::chrono::milliseconds(999)).empty());
    CHECK(drain(outbox, start + std::chrono::seconds(1)) == Names{"e2"});
}

TEST_CASE("after the end of events only what the service says leaves", "[outbox]")
{
    Outbox outbox({});
    outbox.add_event("a", named("event"), 0);
    outbox.stop_events();
    outbox.set_latest("status", named("offline"));
    CHECK(drain(outbox) == Names{"offline"});
    CHECK(outbox.waiting_events() == 1);
}
