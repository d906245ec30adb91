#include "gateway_under_test.hpp"

#include <catch2/catch.hpp>

using namespace integration;

namespace {

/// The simulator's packets begin with a running number.
std::uint32_t running_number(const api::PacketReceivedEvent& packet)
{
    const gateway::Bytes octets(packet.payload().begin(), packet.payload().end());
    return gateway::Reader(octets).u32();
}

api::SendPacketReq packet_to(std::uint32_t destination, const std::string& payload)
{
    api::SendPacketReq packet;
    packet.set_destination_address(destination);
    packet.set_source_endpoint(10);
    packet.set_destination_endpoint(20);
    packet.set_qos(0);
    packet.set_payload(payload);
    return packet;
}

std::string hexadecimal(const std::string& payload)
{
    return gateway::to_hex(gateway::Bytes(payload.begin(), payload.end()));
}

/// Packets reach the mesh a little after they were accepted.
std::vector<nlohmann::json> wait_for_downlink(GatewayUnderTest& gateway, std::size_t count)
{
    std::vector<nlohmann::json> packets;
    gateway::stand::wait_until(
        [&] {
            const auto state = gateway.simulator_state(); // tells each packet once
            for (const auto& packet : state.at("downlink"))
                packets.push_back(packet);
            return packets.size() >= count;
        },
        gateway::stand::Deadline(patience));
    return packets;
}

} // namespace

TEST_CASE("uplink packets arrive complete and in order", "[data]")
{
    constexpr std::uint32_t count = 500;
    GatewayUnderTest gateway({.simulator = {"--uplink-count", std::to_string(count)}, .uplink_rate = 250});
    api::SinkNewConfig start; // nothing is sent before somebody listens
    start.set_sink_id(sink0);
    start.set_sink_state(api::ON);
    REQUIRE(result_of(set_config(gateway.backend(), start).header()) == "OK");

    const auto packets = gateway.packets().wait(count);
    REQUIRE(packets.size() == count);
    for (std::uint32_t number = 0; number < count; ++number)
        REQUIRE(running_number(packets[number]) == number);
}

TEST_CASE("an uplink packet arrives with all that the mesh tells about it", "[data]")
{
    GatewayUnderTest gateway({.simulator = {"--start", "--network-address", "834474"}});
    gateway.simulator(
        {{"command", "uplink"},
         {"source", 1234},
         {"source_endpoint", 10},
         {"destination_endpoint", 20},
         {"qos", 1},
         {"hop_count", 2},
         {"travel_time", 1500},
         {"payload", "0102ABCD"}});

    const auto packets = gateway.packets().wait(1);
    REQUIRE(packets.size() == 1);
    const api::PacketReceivedEvent& packet = packets.front();
    CHECK(packet.header().gw_id() == gateway_id);
    CHECK(packet.header().sink_id() == sink0);
    CHECK(packet.source_address() == 1234);
    CHECK(packet.source_endpoint() == 10);
    CHECK(packet.destination_endpoint() == 20);
    CHECK(packet.qos() == 1);
    CHECK(packet.hop_count() == 2);
    CHECK(packet.travel_time_ms() >= 1500 - 8); // in steps of 1/128 s
    CHECK(packet.network_address() == 834474);
    CHECK(packet.payload() == std::string("\x01\x02\xAB\xCD"));
}

TEST_CASE("an uplink packet larger than the MTU arrives in one piece", "[data]")
{
    GatewayUnderTest gateway;
    std::string payload(1500, '\0');
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(i * 7);
    gateway.simulator({{"command", "uplink"}, {"payload", hexadecimal(payload)}});

    const auto packets = gateway.packets().wait(1);
    REQUIRE(packets.size() == 1);
    CHECK(packets.front().payload() == payload);
}

TEST_CASE("a downlink packet reaches the mesh as it was sent", "[data]")
{
    GatewayUnderTest gateway;
    api::SendPacketReq packet = packet_to(1001, "hello");
    packet.set_qos(1);
    packet.set_hop_limit(3);
    REQUIRE(result_of(send_data(gateway.backend(), sink0, packet).header()) == "OK");

    const auto arrived = wait_for_downlink(gateway, 1);
    REQUIRE(arrived.size() == 1);
    CHECK(arrived[0].at("destination") == 1001);
    CHECK(arrived[0].at("source_endpoint") == 10);
    CHECK(arrived[0].at("destination_endpoint") == 20);
    CHECK(arrived[0].at("qos") == 1);
    CHECK(arrived[0].at("hop_limit") == 3);
    CHECK(arrived[0].at("payload") == hexadecimal("hello"));
}

TEST_CASE("downlink packets reach the mesh in the order of their requests", "[data]")
{
    constexpr int count = 40;
    GatewayUnderTest gateway;
    std::vector<std::uint64_t> requests;
    for (int i = 0; i < count; ++i) {
        api::WirepasMessage message;
        *message.mutable_send_packet_req() = packet_to(1001, "number " + std::to_string(i));
        requests.push_back(gateway.backend().post(std::move(message), sink0));
    }
    for (const std::uint64_t request : requests) {
        const auto response = gateway.backend().wait_for_response(request, patience);
        CHECK(result_of(response.send_packet_resp().header()) == "OK");
    }

    const auto arrived = wait_for_downlink(gateway, count);
    REQUIRE(arrived.size() == count);
    for (int i = 0; i < count; ++i)
        CHECK(
            arrived[static_cast<std::size_t>(i)].at("payload") == hexadecimal("number " + std::to_string(i)));
}

TEST_CASE("a downlink packet larger than the MTU reaches the mesh whole", "[data]")
{
    GatewayUnderTest gateway;
    const std::string payload(1000, 'x');
    REQUIRE(result_of(send_data(gateway.backend(), sink0, packet_to(1001, payload)).header()) == "OK");

    const auto arrived = wait_for_downlink(gateway, 1);
    REQUIRE(arrived.size() == 1);
    CHECK(arrived[0].at("payload") == hexadecimal(payload));
}

TEST_CASE("a downlink packet that cannot be sent is answered with the reason", "[data]")
{
    GatewayUnderTest gateway;
    const auto result = [&](const std::function<void(api::SendPacketReq&)>& spoil) {
        api::SendPacketReq packet = packet_to(1001, "hello");
        spoil(packet);
        return result_of(send_data(gateway.backend(), sink0, packet).header());
    };
    CHECK(result([](auto& packet) { packet.set_hop_limit(16); }) == "INVALID_MAX_HOP_COUNT");
    CHECK(result([](auto& packet) { packet.set_source_endpoint(256); }) == "INVALID_SRC_ENDPOINT");
    CHECK(result([](auto& packet) { packet.set_destination_endpoint(256); }) == "INVALID_DEST_ENDPOINT");
    CHECK(result([](auto& packet) { packet.set_qos(2); }) == "INVALID_QOS");
    CHECK(result([](auto& packet) { packet.set_payload(""); }) == "INVALID_DATA_PAYLOAD");
    CHECK(result([](auto& packet) { packet.set_payload(std::string(1501, 'x')); }) == "INVALID_DATA_PAYLOAD");

    api::SinkNewConfig stop;
    stop.set_sink_id(sink0);
    stop.set_sink_state(api::OFF);
    REQUIRE(result_of(set_config(gateway.backend(), stop).header()) == "OK");
    CHECK(result([](auto&) {}) == "INVALID_SINK_STATE");
}
