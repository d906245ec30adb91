/// What a healthy sink does for us, over a real pty.
#include "tests/unit/sink/simulated_port.hpp"
#include "tests/unit/sink/sink_under_test.hpp"

#include "sink-service/dual_mcu/attribute_access.hpp"

#include <fstream>

using namespace dual_mcu;
using gateway::ApplicationCode;
using test::SimulatedPort;
using test::SinkUnderTest;

namespace {

gateway::Bytes fixture(const std::string& name)
{
    std::ifstream file(std::string(FIXTURES) + "/scratchpads/" + name, std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

simulator::UplinkPacket packet_of(std::size_t size, std::uint8_t first)
{
    simulator::UplinkPacket packet;
    packet.source = 77;
    packet.source_endpoint = 10;
    packet.destination_endpoint = 20;
    packet.qos = 1;
    packet.hop_count = 3;
    packet.payload.resize(size);
    for (std::size_t i = 0; i < size; ++i)
        packet.payload[i] = static_cast<std::uint8_t>(first + i);
    return packet;
}

const auto start = [](Sink& sink) { return sink.start_stack(); };
const auto stop = [](Sink& sink) { return sink.stop_stack(); };

} // namespace

TEST_CASE("the sink comes online with its attributes", "[sink]")
{
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    const auto state = sink.events().state;
    CHECK(state.fixed.mesh_api_version == 21);
    CHECK(state.fixed.mtu == 102);
    CHECK(*state.live.node_address == 0x1234);
    CHECK(*state.live.network_address == 0x0CBBAA);
    CHECK(*state.live.network_channel == 5);
    CHECK(*state.live.node_role == 0x11);
    CHECK_FALSE(state.stack_runs());
    CHECK(state.live.channel_map.error() == ApplicationCode::attribute_not_set);
    CHECK(state.live.access_cycle_range.error() == ApplicationCode::attribute_not_set);
    CHECK(state.scratchpad->stored_size == 0);
}

TEST_CASE("the bit rate is found", "[sink]")
{
    const auto rate = GENERATE(125000U, 115200U, 1000000U);
    SimulatedPort port;
    port.hear_only(rate);
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    CHECK(sink.link_status().bits_per_second == rate);
}

TEST_CASE("starting and stopping raise one event each", "[sink]")
{
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());

    REQUIRE(sink.run(start));
    CHECK(sink.events().state.stack_runs());
    CHECK(port.with([](simulator::Device& device) { return device.sink().state().persistent.autostart; }));
    REQUIRE(sink.run(start)); // runs already: only auto-start is written
    REQUIRE(sink.run(stop));
    CHECK_FALSE(sink.events().state.stack_runs());
    REQUIRE(sink.run(stop)); // reboots all the same
    REQUIRE(sink.run(start));
    CHECK(sink.events().started == 2);
    CHECK(sink.events().stopped == 2);
}

TEST_CASE("the sink cost survives the reboot of a stop", "[sink]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    CHECK(
        sink.run([](Sink& s) { return s.write_sink_cost(255); }).error().code ==
        ApplicationCode::invalid_value);
    REQUIRE(sink.run([](Sink& s) { return s.write_sink_cost(99); }));
    REQUIRE(sink.run(stop));
    CHECK(*sink.events().state.live.sink_cost == 99);
    CHECK(port.with([](simulator::Device& device) { return device.sink().state().live.sink_cost; }) == 99);
}

TEST_CASE("a start names what is missing", "[sink]")
{
    const auto [missing, code] = GENERATE(table<int, ApplicationCode>(
        {{0, ApplicationCode::network_address_not_set},
         {1, ApplicationCode::node_address_not_set},
         {2, ApplicationCode::network_channel_not_set},
         {3, ApplicationCode::role_not_set}}));
    simulator::Persistent persistent = test::configured_sink();
    if (missing == 0)
        persistent.network_address.reset();
    if (missing == 1)
        persistent.node_address.reset();
    if (missing == 2)
        persistent.channel.reset();
    if (missing == 3)
        persistent.role.reset();
    SimulatedPort port(persistent);
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    const auto started = sink.run(start);
    REQUIRE_FALSE(started);
    CHECK(started.error().code == code);
    CHECK(sink.events().started == 0);
}

TEST_CASE("a written attribute is read back", "[sink]")
{
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    REQUIRE(sink.run([](Sink& s) {
        return s.write_attribute(AccessPoint::csap, csap::node_address, from_integer(4711, 4));
    }));
    CHECK(*sink.events().state.live.node_address == 4711);
    REQUIRE(sink.run([](Sink& s) { return s.write_sink_cost(33); }));
    CHECK(*sink.events().state.live.sink_cost == 33);

    SECTION("and refused while the stack runs")
    {
        REQUIRE(sink.run(start));
        const auto refused = sink.run([](Sink& s) {
            return s.write_attribute(AccessPoint::csap, csap::node_address, from_integer(4712, 4));
        });
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ApplicationCode::stack_not_stopped);
        CHECK(*sink.events().state.live.node_address == 4711);
    }
}

TEST_CASE("application configuration is padded, stored and read", "[sink]")
{
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    const auto never_set = sink.run([](Sink& s) { return s.read_app_config(); });
    REQUIRE_FALSE(never_set);
    CHECK(never_set.error().code == ApplicationCode::no_config);

    REQUIRE(sink.run([](Sink& s) { return s.write_app_config(7, 60, {1, 2, 3}); }));
    const auto read = sink.run([](Sink& s) { return s.read_app_config(); });
    REQUIRE(read);
    CHECK(read->diagnostics_interval == 60);
    CHECK(read->octets.size() == 80);
    CHECK(read->octets.view()[2] == 3);
    CHECK(read->octets.view()[3] == 0);

    const auto too_long = sink.run([](Sink& s) { return s.write_app_config(7, 60, gateway::Bytes(81)); });
    REQUIRE_FALSE(too_long);
    CHECK(too_long.error().code == ApplicationCode::invalid_value);
    const auto odd_interval = sink.run([](Sink& s) { return s.write_app_config(7, 61, {1}); });
    REQUIRE_FALSE(odd_interval);
    CHECK(odd_interval.error().code == ApplicationCode::invalid_diagnostics_interval);
}

TEST_CASE("configuration data items are set, listed and removed", "[sink]")
{
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    REQUIRE(sink.run([](Sink& s) { return s.set_config_data_item(0x4156, {1, 2}); }));
    const auto content = sink.run([](Sink& s) { return s.get_config_data_content(); });
    REQUIRE(content);
    REQUIRE(content->size() == 1);
    CHECK(content->front() == std::pair<std::uint16_t, gateway::Bytes>(0x4156, {1, 2}));
    REQUIRE(sink.run([](Sink& s) { return s.set_config_data_item(0x4156, {}); }));
    const auto gone = sink.run([](Sink& s) { return s.get_config_data_item(0x4156); });
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == ApplicationCode::invalid_value);
    const auto too_long = sink.run([](Sink& s) { return s.set_config_data_item(1, gateway::Bytes(81)); });
    CHECK(too_long.error().code == ApplicationCode::invalid_value);
}

TEST_CASE("packets come up whole and in order", "[sink]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    const std::vector<std::size_t> sizes = {1, 102, 103, 204, 1500, 20};
    for (const std::size_t size : sizes)
        port.inject(packet_of(size, static_cast<std::uint8_t>(size)));
    REQUIRE(sink.wait_until([&](const auto& events) { return events.packets.size() == sizes.size(); }));
    const auto packets = sink.events().packets;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        CHECK(packets[i].payload == packet_of(sizes[i], static_cast<std::uint8_t>(sizes[i])).payload);
        CHECK(packets[i].source == 77);
        CHECK(packets[i].source_endpoint == 10);
        CHECK(packets[i].destination_endpoint == 20);
        CHECK(packets[i].qos == 1);
        CHECK(packets[i].hop_count == 3);
        CHECK(packets[i].received_ms > 1577836800000U);
    }
}

TEST_CASE("packets go down whole and in order", "[sink]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    for (const std::size_t size : {std::size_t{1}, std::size_t{102}, std::size_t{103}, std::size_t{1500}}) {
        DownlinkPacket packet;
        packet.destination = 0xFFFFFFFF;
        packet.source_endpoint = 1;
        packet.destination_endpoint = 2;
        packet.hop_limit = 5;
        packet.payload.assign(size, static_cast<std::uint8_t>(size));
        REQUIRE(sink.run([packet](Sink& s) { return s.send(packet); }));
    }
    std::vector<std::size_t> sizes;
    const auto deadline = std::chrono::steady_clock::now() + test::patience;
    while (sizes.size() < 4 && std::chrono::steady_clock::now() < deadline) {
        for (const auto& out :
             port.with([](simulator::Device& device) { return device.sink().take_for_mesh(); }))
            if (const auto* packet = std::get_if<simulator::DownlinkPacket>(&out)) {
                sizes.push_back(packet->payload.size());
                CHECK(packet->header.options.hop_limit == 5);
            }
        std::this_thread::yield();
    }
    CHECK(sizes == std::vector<std::size_t>{1, 102, 103, 1500});
}

TEST_CASE("impossible packets are refused before the sink sees them", "[sink]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    DownlinkPacket packet;
    packet.destination = 1;
    packet.payload = {1};
    const auto code_of = [&](const DownlinkPacket& tried) {
        const auto sent = sink.run([tried](Sink& s) { return s.send(tried); });
        return sent ? ApplicationCode::ok : sent.error().code;
    };
    CHECK(code_of(packet) == ApplicationCode::ok);
    DownlinkPacket bad = packet;
    bad.payload.clear();
    CHECK(code_of(bad) == ApplicationCode::invalid_value);
    bad.payload.resize(1501);
    CHECK(code_of(bad) == ApplicationCode::invalid_value);
    bad = packet;
    bad.qos = 2;
    CHECK(code_of(bad) == ApplicationCode::invalid_value);
    bad = packet;
    bad.hop_limit = 16;
    CHECK(code_of(bad) == ApplicationCode::invalid_value);
    REQUIRE(sink.run(stop));
    CHECK(code_of(packet) == ApplicationCode::stack_is_stopped);
}

TEST_CASE("a scratchpad is uploaded, verified, processed and cleared", "[sink]")
{
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    const gateway::Bytes file = fixture("app-8k.otap");
    std::vector<std::size_t> progress;
    REQUIRE(sink.run([&](Sink& s) {
        return s.upload_scratchpad(55, file, [&](std::size_t octets) { progress.push_back(octets); });
    }));
    CHECK(progress.size() == 73);
    CHECK(progress.back() == file.size());
    CHECK(sink.events().state.scratchpad->stored_sequence == 55);
    CHECK(
        port.with([](simulator::Device& device) { return *device.sink().state().persistent.stored.image; })
            .size() == file.size());

    REQUIRE(sink.run([](Sink& s) { return s.process_scratchpad(); }));
    CHECK(sink.events().state.scratchpad->processed_sequence == 55);
    CHECK(sink.events().state.scratchpad->stored_status == scratchpad_status::success);
    REQUIRE(sink.run([](Sink& s) { return s.clear_scratchpad(); }));
    CHECK(sink.events().state.scratchpad->stored_size == 0);
    const auto nothing = sink.run([](Sink& s) { return s.process_scratchpad(); });
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().code == ApplicationCode::no_valid_scratchpad);
}

TEST_CASE("scratchpad operations need a stopped stack, but a bad file is refused first", "[sink]")
{
    SimulatedPort port(test::configured_sink(true));
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    const auto code_of = [&](const std::string& name) {
        const gateway::Bytes file = fixture(name);
        return sink.run([&](Sink& s) { return s.upload_scratchpad(1, file, nullptr); }).error().code;
    };
    CHECK(code_of("app-8k.otap") == ApplicationCode::stack_not_stopped);
    CHECK(code_of("bad-truncated-odd.otap") == ApplicationCode::invalid_value);
    CHECK(code_of("bad-tag.otap") == ApplicationCode::invalid_scratchpad);
    CHECK(code_of("bad-crc.otap") == ApplicationCode::data_error);
    CHECK(
        sink.run([](Sink& s) { return s.clear_scratchpad(); }).error().code ==
        ApplicationCode::stack_not_stopped);
    CHECK(
        sink.run([](Sink& s) { return s.process_scratchpad(); }).error().code ==
        ApplicationCode::stack_not_stopped);
}

TEST_CASE("the target is written, read and repeated", "[sink]")
{
    SimulatedPort port;
    SinkUnderTest sink(port.path());
    REQUIRE(sink.wait_online());
    const gateway::TargetAndAction target{53, 0xABCD, 3, 0x4A};
    const auto set = [&](const gateway::TargetAndAction& wanted) {
        return sink.run([wanted](Sink& s) { return s.set_target(wanted); });
    };
    REQUIRE(set(target));
    CHECK(*sink.run([](Sink& s) { return s.get_target(); }) == target);
    CHECK(set(target)); // the sink refuses an unchanged delay: reading back tells that it is there
    CHECK(set({0, 0, 1, 0}).error().code == ApplicationCode::invalid_value);
    CHECK(set({1, 0, 3, 0}).error().code == ApplicationCode::invalid_value);
    CHECK(set({1, 0, 5, 0}).error().code == ApplicationCode::invalid_value);
    CHECK(set({1, 0, 4, 0}).error().code == ApplicationCode::invalid_value);
    CHECK(set({9, 9, 0, 9}));
    CHECK(*sink.run([](Sink& s) { return s.get_target(); }) == gateway::TargetAndAction{});
}
