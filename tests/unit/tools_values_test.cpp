/// What people type for the tools, and what they are shown.
#include "tools/local/values.hpp"

#include "gateway/address.hpp"

#include <catch2/catch.hpp>

using namespace gateway::local;

TEST_CASE("addresses are taken in decimal, hexadecimal and by name", "[tools]")
{
    CHECK(parse_address("1001") == 1001);
    CHECK(parse_address("0x3E9") == 1001);
    CHECK(parse_address("0XfF") == 255);
    CHECK(parse_address("broadcast") == 0xFFFFFFFF);
    CHECK(parse_address("anysink") == 0xFFFFFFFE);
    CHECK(parse_address("group:5") == 0x80000005);
    for (const char* wrong : {"", "x", "0x", "-1", "4294967296", "1001 ", "group:0", "group:16777216", "12a"})
        CHECK_FALSE(parse_address(wrong).has_value());
    CHECK(parse_address("nobody").error().find("broadcast") != std::string::npos);
}

TEST_CASE("a node's own address is no group and no broadcast", "[tools]")
{
    CHECK(parse_node_address("0x81000000") == 0x81000000);
    for (const char* wrong : {"0", "0x80000001", "0xFFFFFFFE", "broadcast"})
        CHECK_FALSE(parse_node_address(wrong).has_value());
    CHECK(parse_network_address("0xFFFFFE") == 0xFFFFFE);
    CHECK_FALSE(parse_network_address("0xFFFFFF").has_value());
    CHECK_FALSE(parse_network_address("0").has_value());
}

TEST_CASE("roles are words or the octet itself", "[tools]")
{
    CHECK(parse_role("sink") == 0x01);
    CHECK(parse_role("sink,low-latency") == 0x11);
    CHECK(parse_role("router,low-latency,autorole") == 0x92);
    CHECK(parse_role("0x11") == 0x11);
    for (const char* wrong : {"", "low-latency", "sink,sink", "sink,fast", "256"})
        CHECK_FALSE(parse_role(wrong).has_value());
    CHECK(gateway::role_in_words(0x92) == "router, low-latency, autorole");
    CHECK(gateway::role_in_words(0x07) == "0x07");
}

TEST_CASE("an access cycle is a range or one value", "[tools]")
{
    CHECK(parse_access_cycle("2000-8000") == std::pair<std::uint16_t, std::uint16_t>(2000, 8000));
    CHECK(parse_access_cycle("4000") == std::pair<std::uint16_t, std::uint16_t>(4000, 4000));
    for (const char* wrong : {"", "-", "8000-2000", "2000-", "0-1", "70000"})
        CHECK_FALSE(parse_access_cycle(wrong).has_value());
}

TEST_CASE("a sink is called by its number or its id", "[tools]")
{
    CHECK(sink_id("3") == "sink3");
    CHECK(sink_id("sink3") == "sink3");
    CHECK(sink_id("").empty());
}
