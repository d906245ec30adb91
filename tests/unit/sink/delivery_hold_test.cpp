#include "sink-service/service/delivery_hold.hpp"

#include <catch2/catch.hpp>

using namespace sink_service;

namespace {

const auto start = DeliveryHold::TimePoint{} + std::chrono::hours(1);

dual_mcu::UplinkPacket packet(std::size_t size = 1)
{
    dual_mcu::UplinkPacket made;
    made.payload.resize(size);
    return made;
}

std::vector<std::uint64_t> numbers(const std::optional<DeliveryHold::Batch>& batch)
{
    std::vector<std::uint64_t> made;
    if (batch)
        for (const auto& held : batch->packets)
            made.push_back(held->number);
    return made;
}

using Numbers = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("without a consumer nothing is held", "[delivery]")
{
    DeliveryHold hold({}, 7);
    for (int i = 0; i < 10; ++i)
        hold.push(packet());
    CHECK(hold.packets() == 0);
    CHECK(hold.octets() == 0);
    CHECK(hold.attach("a", ":1.1") == 11);
}

TEST_CASE("a packet is held until every consumer has it", "[delivery]")
{
    DeliveryHold hold({}, 7);
    CHECK(hold.attach("a", ":1.1") == 1);
    CHECK(hold.attach("b", ":1.2") == 1);
    hold.push(packet());
    hold.push(packet());
    CHECK(numbers(hold.next_batch(10)) == Numbers{1, 2});
    CHECK(numbers(hold.next_batch(10)) == Numbers{1, 2});
    CHECK_FALSE(hold.next_batch(10));
    CHECK(hold.acknowledge("a", 2));
    CHECK(hold.packets() == 2);
    CHECK(hold.acknowledge("b", 1));
    CHECK(hold.packets() == 1);
    CHECK(hold.detach("b"));
    CHECK(hold.packets() == 0);
    CHECK_FALSE(hold.acknowledge("b", 2));
}

TEST_CASE("what was not acknowledged comes again after the next attach, in batches", "[delivery]")
{
    DeliveryHold hold({}, 7);
    hold.attach("a", ":1.1");
    for (int i = 0; i < 5; ++i)
        hold.push(packet());
    CHECK(numbers(hold.next_batch(3)) == Numbers{1, 2, 3});
    CHECK(numbers(hold.next_batch(3)) == Numbers{4, 5});
    hold.acknowledge("a", 2);
    hold.left(":1.1", start);
    hold.push(packet());
    CHECK_FALSE(hold.next_batch(10)); // nobody to send to
    CHECK(hold.attach("a", ":1.9") == 3);
    const auto batch = hold.next_batch(10);
    CHECK(numbers(batch) == Numbers{3, 4, 5, 6});
    CHECK(batch->owner == ":1.9");
}

TEST_CASE("an acknowledgement of what was never sent counts for nothing", "[delivery]")
{
    DeliveryHold hold({}, 7);
    hold.attach("a", ":1.1");
    hold.push(packet());
    hold.push(packet());
    hold.next_batch(1);
    hold.acknowledge("a", 1000);
    CHECK(hold.packets() == 1);
    CHECK(numbers(hold.next_batch(10)) == Numbers{2});
}

TEST_CASE("the hold is full at its bound and takes again at half", "[delivery]")
{
    HoldSettings settings;
    SECTION("in packets")
    {
        settings.max_packets = 10;
    }
    SECTION("in octets")
    {
        settings.max_octets = 10 * (1000 + sizeof(HeldPacket));
    }
    DeliveryHold hold(settings, 7);
    hold.attach("a", ":1.1");
    for (int i = 0; i < 9; ++i)
        hold.push(packet(1000));
    CHECK_FALSE(hold.full());
    hold.push(packet(1000));
    CHECK(hold.full());
    hold.next_batch(100);
    hold.acknowledge("a", 5);
    CHECK(hold.full());
    hold.acknowledge("a", 6);
    CHECK_FALSE(hold.full());
    hold.push(packet(1000));
    CHECK_FALSE(hold.full());
}

TEST_CASE("a consumer that stays away is forgotten after its time", "[delivery]")
{
    DeliveryHold hold({}, 7);
    hold.attach("a", ":1.1");
    hold.push(packet());
    hold.left(":1.1", start);
    hold.expire(start + std::chrono::seconds(600));
    CHECK(hold.packets() == 1);
    hold.expire(start + std::chrono::seconds(601));
    CHECK(hold.packets() == 0);
    CHECK_FALSE(hold.acknowledge("a", 1));
    CHECK(hold.attach("a", ":1.2") == 2);
}

TEST_CASE("the number of consumers is bounded", "[delivery]")
{
    HoldSettings settings;
    settings.max_consumers = 2;
    DeliveryHold hold(settings, 7);
    CHECK(hold.attach("a", ":1.1"));
    CHECK(hold.attach("b", ":1.1"));
    CHECK_FALSE(hold.attach("c", ":1.1"));
    CHECK(hold.attach("b", ":1.2"));
}

TEST_CASE("a consumer that attaches soon after the start gets everything from the start on", "[delivery]")
{
    DeliveryHold hold({}, 7);
    hold.keep_first(start);
    for (int i = 0; i < 3; ++i)
        hold.push(packet());
    CHECK(hold.attach("soon", ":1.1") == 1U);
    CHECK(hold.next_batch(100)->packets.size() == 3);
    hold.acknowledge("soon", 3);
    CHECK(hold.packets() == 3); // another may come

    hold.expire(start + std::chrono::seconds(10));
    CHECK(hold.packets() == 0);
    CHECK(hold.attach("late", ":1.2") == 4U);
}

TEST_CASE("packets that nobody ever asks for do not stop the link", "[delivery]")
{
    HoldSettings settings;
    settings.max_packets = 10;
    DeliveryHold hold(settings, 7);
    hold.keep_first({});
    for (int i = 0; i < 30; ++i)
        hold.push(packet());
    CHECK_FALSE(hold.full());
    CHECK(hold.packets() == 0);
    CHECK(hold.attach("late", ":1.1") == 31U);
}

TEST_CASE("the hold is behind when the fastest consumer has a window to acknowledge", "[delivery]")
{
    HoldSettings settings;
    settings.window = 4;
    DeliveryHold hold(settings, 7);
    CHECK(hold.attach("fast", ":1.1") == 1);
    CHECK(hold.attach("slow", ":1.2") == 1);
    for (int i = 0; i < 3; ++i)
        hold.push(packet());
    CHECK_FALSE(hold.behind());
    hold.push(packet());
    CHECK(hold.behind());
    while (hold.next_batch(10)) {
    }
    hold.acknowledge("fast", 2);
    CHECK(hold.behind()); // until half
    hold.acknowledge("fast", 3);
    CHECK_FALSE(hold.behind());
    for (int i = 0; i < 2; ++i)
        hold.push(packet());
    CHECK_FALSE(hold.behind());
    hold.left(":1.1", start);
    CHECK(hold.behind());
    hold.left(":1.2", start);
    CHECK_FALSE(hold.behind()); // nobody is there: held up to the bounds
    CHECK(hold.attach("fast", ":1.3") == 4);
    hold.push(packet());
    CHECK(hold.behind());
    hold.all_left(start);
    CHECK_FALSE(hold.behind());
    CHECK_FALSE(hold.has_attached_consumer());
}
