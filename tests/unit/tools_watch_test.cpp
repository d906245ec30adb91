/// Packets as lines and JSON, which of them are shown, and what is sent.
#include "tools/send/send.hpp"
#include "tools/watch/packet.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace gateway::tools;

namespace {

Packet usual_packet()
{
    Packet packet;
    packet.sink_id = "sink0";
    packet.time_ms = 1'795'273'857'456;
    packet.source = 1001;
    packet.source_endpoint = 10;
    packet.destination_endpoint = 20;
    packet.travel_time_ms = 12'345;
    packet.qos = 1;
    packet.payload = gateway::Bytes(40, 0xAB);
    packet.size = 40;
    return packet;
}

} // namespace

TEST_CASE("a filter passes what meets all of its parts", "[tools]")
{
    const Packet packet = usual_packet();
    CHECK(passes({}, packet));
    CHECK(passes({.sink_id = "sink0", .sources = {7, 1001}, .endpoints = {20}}, packet));
    CHECK(passes({.sink_id = {}, .sources = {}, .endpoints = {10}}, packet));
    CHECK_FALSE(passes({.sink_id = "sink1", .sources = {}, .endpoints = {}}, packet));
    CHECK_FALSE(passes({.sink_id = {}, .sources = {1002}, .endpoints = {}}, packet));
    CHECK_FALSE(passes({.sink_id = {}, .sources = {1001}, .endpoints = {21}}, packet));
}

TEST_CASE("a long payload is cut in lines, unless it is wanted whole", "[tools]")
{
    const Style plain;
    const std::string cut = packet_line(plain, usual_packet(), false);
    CHECK_THAT(cut, Catch::Contains("10>20"));
    CHECK_THAT(cut, Catch::Contains("12.3 s"));
    CHECK_THAT(cut, Catch::Contains("high"));
    CHECK_THAT(cut, Catch::EndsWith("ABAB..."));
    CHECK_THAT(
        packet_line(plain, usual_packet(), true),
        Catch::EndsWith("  " + gateway::local::packed_hex(gateway::Bytes(40, 0xAB))));

    Style terminal;
    terminal.terminal = true;
    terminal.width = 100;
    CHECK(columns(packet_line(terminal, usual_packet(), false)) <= 102);

    Packet kept_back = usual_packet();
    kept_back.payload.reset();
    CHECK_THAT(packet_line(plain, kept_back, true), Catch::EndsWith("kept back by the gateway"));
}

TEST_CASE("a packet in JSON is complete", "[tools]")
{
    const auto json = to_json(usual_packet());
    CHECK(json.at("time") == "2026-11-21T15:10:57.456Z");
    CHECK(json.at("source") == 1001);
    CHECK(json.at("hops").is_null());
    CHECK(json.at("gateway").is_null());
    CHECK(json.at("payload") == gateway::local::packed_hex(gateway::Bytes(40, 0xAB)));
    Packet kept_back = usual_packet();
    kept_back.payload.reset();
    CHECK(to_json(kept_back).at("payload").is_null());
    CHECK(to_json(kept_back).at("size") == 40);
}

TEST_CASE("a payload is hexadecimal, text or a file", "[tools]")
{
    CHECK(parse_payload("01 02fF", false) == gateway::Bytes{1, 2, 0xFF});
    CHECK(parse_payload("hi", true) == gateway::Bytes{'h', 'i'});
    CHECK(parse_payload(std::string("@") + FIXTURES + "/scratchpads/min-96.otap", false)->size() == 96);
    CHECK_FALSE(parse_payload("hi", false).has_value());
    CHECK_FALSE(parse_payload("", true).has_value());
    CHECK_FALSE(parse_payload("@/no/such/file", false).has_value());
    CHECK_FALSE(parse_payload(std::string(1501, 'x'), true).has_value());
}
