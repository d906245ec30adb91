/// The queue towards the mesh when the sink has no room (spec/sink-dbus-api.md, 4).
#include "tests/unit/sink/simulated_port.hpp"
#include "tests/unit/sink/sink_under_test.hpp"

#include "sink-service/dual_mcu/tracking.hpp"

using namespace dual_mcu;
using gateway::ApplicationCode;
using test::SimulatedPort;
using test::SinkUnderTest;

namespace {

DownlinkPacket packet_of(std::size_t size, std::uint8_t octet)
{
    DownlinkPacket packet;
    packet.destination = 5;
    packet.payload.assign(size, octet);
    return packet;
}

simulator::Profile small_sink(std::chrono::milliseconds transmit_time)
{
    simulator::Profile profile = test::quick_sink();
    profile.packet_buffers = 2;
    profile.transmit_time = transmit_time;
    return profile;
}

std::vector<int> first_octets_sent(SimulatedPort& port, std::size_t count)
{
    std::vector<int> octets;
    const auto deadline = std::chrono::steady_clock::now() + test::patience;
    while (octets.size() < count && std::chrono::steady_clock::now() < deadline) {
        for (const auto& out :
             port.with([](simulator::Device& device) { return device.sink().take_for_mesh(); }))
            if (const auto* packet = std::get_if<simulator::DownlinkPacket>(&out))
                octets.push_back(packet->payload.at(0));
        std::this_thread::yield();
    }
    return octets;
}

} // namespace

TEST_CASE("packets wait in order while the sink has no room", "[downlink]")
{
    SimulatedPort port(test::configured_sink(true), small_sink(std::chrono::milliseconds(15)));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    constexpr std::size_t count = 20;
    std::vector<int> expected;
    for (std::size_t i = 0; i < count; ++i) {
        const auto octet = static_cast<std::uint8_t>(i);
        // Fragmented ones in between: their pieces stay together.
        sink.begin([octet](Sink& s) { return s.send(packet_of(octet % 4 == 0 ? 150 : 20, octet)); });
        expected.push_back(octet);
    }
    CHECK(first_octets_sent(port, count) == expected);
}

TEST_CASE("a packet for which no room appears is refused after the time limit", "[downlink]")
{
    SimulatedPort port(test::configured_sink(true), small_sink(std::chrono::milliseconds(600000)));
    SinkSettings settings = test::quick_settings(port.path());
    settings.downlink.time_limit = std::chrono::milliseconds(200);
    settings.downlink.queue_limit = 4;
    SinkUnderTest sink(settings);
    REQUIRE(sink.wait_online());
    CHECK(sink.run([](Sink& s) { return s.send(packet_of(20, 1)); }));
    CHECK(sink.run([](Sink& s) { return s.send(packet_of(20, 2)); }));
    const auto no_room = sink.run([](Sink& s) { return s.send(packet_of(20, 3)); });
    REQUIRE_FALSE(no_room);
    CHECK(no_room.error().code == ApplicationCode::out_of_memory);

    for (int i = 0; i < 4; ++i)
        sink.begin([](Sink& s) { return s.send(packet_of(20, 4)); });
    const auto full = sink.run([](Sink& s) { return s.send(packet_of(20, 5)); });
    REQUIRE_FALSE(full);
    CHECK(full.error().code == ApplicationCode::out_of_memory);
    CHECK(full.error().message.find("wait for the sink already") != std::string::npos);
}

TEST_CASE("the downlink limit refuses at once, and counts down with the sink's reports", "[downlink]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkSettings settings = test::quick_settings(port.path());
    settings.downlink.limit = 3;
    SinkUnderTest sink(settings);
    REQUIRE(sink.wait_online());
    CHECK(
        sink.run([](Sink& s) { return s.send(packet_of(400, 1)); }).error().code ==
        ApplicationCode::out_of_memory);
    // More than the sink could ever track, one after the other.
    for (int i = 0; i < 40; ++i) {
        Result<> sent;
        const auto deadline = std::chrono::steady_clock::now() + test::patience;
        do
            sent = sink.run([](Sink& s) { return s.send(packet_of(250, 2)); });
        while (!sent && sent.error().code == ApplicationCode::out_of_memory &&
               std::chrono::steady_clock::now() < deadline);
        REQUIRE(sent);
    }
}

TEST_CASE("tracking slots are unique, bounded, and expire", "[tracking]")
{
    Tracking tracking;
    const auto now = Tracking::TimePoint{} + std::chrono::hours(1);
    std::vector<std::uint16_t> ids;
    for (std::size_t i = 0; i < Tracking::max_packets; ++i) {
        const auto id = tracking.reserve(2, i % 2 == 0 ? 0 : 1, now);
        REQUIRE(id);
        ids.push_back(*id);
    }
    CHECK(std::set<std::uint16_t>(ids.begin(), ids.end()).size() == Tracking::max_packets);
    CHECK_FALSE(tracking.reserve(1, 0, now));
    CHECK(tracking.weight() == 32);
    CHECK(tracking.release(ids[3]));
    CHECK_FALSE(tracking.release(ids[3]));
    CHECK(tracking.reserve(1, 0, now));
    CHECK(tracking.weight() == 31);
    tracking.expire(now + std::chrono::seconds(361)); // QoS high: 300 s and a minute
    CHECK(tracking.weight() == 17);
    tracking.expire(now + std::chrono::seconds(661));
    CHECK(tracking.weight() == 0);
    for (int i = 0; i < 70000; ++i) { // 65535 is never given
        const auto id = tracking.reserve(1, 0, now);
        REQUIRE(id);
        REQUIRE(*id != 65535);
        tracking.release(*id);
    }
}
