#include "tests/unit/simulator_bench.hpp"

#include "simulator/sink/attribute_table.hpp"

using namespace simulator_test;
using namespace dual_mcu;

TEST_CASE("a fresh device reads as the specification says", "[simulator][attributes]")
{
    Bench bench{Persistent{}};
    const std::pair<std::uint16_t, const char*> csap_values[] = {
        {csap::node_address, "result 4"},
        {csap::network_address, "result 4"},
        {csap::network_channel, "result 4"},
        {csap::node_role, "83"},
        {csap::mtu, "66"},
        {csap::scratchpad_sequence, "00"},
        {csap::mesh_api_version, "15 00"},
        {csap::firmware_major, "05 00"},
        {csap::firmware_minor, "04 00"},
        {csap::firmware_maintenance, "00 00"},
        {csap::firmware_development, "3B 00"},
        {csap::cipher_key, "result 4"},
        {csap::authentication_key, "result 4"},
        {csap::channel_limits, "01 28"},
        {csap::app_config_data_size, "50"},
        {19, "result 1"},
        {csap::offline_scan, "result 2"},
        {csap::channel_map, "result 1"},
        {csap::feature_lock_bits, "FF FF FF FF"},
        {csap::feature_lock_key, "result 4"},
        {24, "result 1"},
        {csap::reserved_channels, "00 00 00 00 00"},
        {csap::network_key_pair, "result 5"},
        {csap::management_key_pair, "result 5"},
        {28, "result 1"},
        {0, "result 1"},
    };
    for (const auto& [id, value] : csap_values) {
        CAPTURE(id);
        CHECK(bench.csap_read(id) == value);
    }
    const std::pair<std::uint16_t, const char*> msap_values[] = {
        {msap::stack_status, "1F"},
        {msap::pdu_buffer_usage, "result 2"},
        {msap::pdu_buffer_capacity, "result 2"},
        {4, "result 1"},
        {5, "result 1"},
        {msap::autostart, "00"},
        {msap::route_count, "result 2"},
        {msap::access_cycle_range, "result 4"},
        {msap::access_cycle_limits, "D0 07 40 1F"},
        {msap::current_access_cycle, "result 2"},
        {msap::scratchpad_block_max, "70"},
        {msap::scratchpad_size, "result 4"},
        {15, "result 1"},
    };
    for (const auto& [id, value] : msap_values) {
        CAPTURE(id);
        CHECK(bench.msap_read(id) == value);
    }
    std::string groups;
    for (int i = 0; i < 10; ++i)
        groups += i == 0 ? "FF FF FF 00" : " FF FF FF 00";
    CHECK(bench.msap_read(msap::multicast_groups) == groups);
}

TEST_CASE("attributes take their ranges and nothing else", "[simulator][attributes]")
{
    struct Case {
        AccessPoint where;
        std::uint16_t id;
        const char* value;
        int result;
    };
    constexpr auto c = AccessPoint::csap;
    constexpr auto m = AccessPoint::msap;
    const Case cases[] = {
        {c, csap::node_address, "01 00 00 00", 0},
        {c, csap::node_address, "00 00 00 00", 4},
        {c, csap::node_address, "00 00 00 80", 4},
        {c, csap::node_address, "FF FF FF 80", 4},
        {c, csap::node_address, "00 00 00 81", 0},
        {c, csap::node_address, "FD FF FF FF", 0},
        {c, csap::node_address, "FE FF FF FF", 4},
        {c, csap::node_address, "FF FF FF FF", 4},
        {c, csap::node_address, "01 00 00", 3},
        {c, csap::node_address, "01 00 00 00 00", 3},
        {c, csap::network_address, "01 00 00", 0},
        {c, csap::network_address, "00 00 00", 4},
        {c, csap::network_address, "FE FF FF", 0},
        {c, csap::network_address, "FF FF FF", 4},
        {c, csap::network_channel, "01", 0},
        {c, csap::network_channel, "28", 0},
        {c, csap::network_channel, "00", 4},
        {c, csap::network_channel, "29", 4},
        {c, csap::node_role, "00", 4},
        {c, csap::node_role, "04", 4},
        {c, csap::node_role, "21", 4},
        {c, csap::node_role, "11", 0},
        {c, csap::mtu, "66", 1},
        {c, 19, "00", 1},
        {c, csap::offline_scan, "13 00", 4},
        {c, csap::offline_scan, "14 00", 0},
        {c, csap::offline_scan, "58 02", 0},
        {c, csap::offline_scan, "59 02", 4},
        {c, csap::channel_map, "01 00 00 00", 1},
        {c, csap::feature_lock_bits, "FE FF FF FF", 0},
        {c, csap::feature_lock_bits, "FD FF FF FF", 4},
        {c, csap::reserved_channels, "01", 0},
        {c, csap::reserved_channels, "00 00 00 00 80", 0},
        {c, csap::reserved_channels, "00 00 00 00 00 01", 4},
        {c, csap::reserved_channels, "", 3},
        {m, msap::autostart, "02", 4},
        {m, msap::autostart, "01", 0},
        {m, msap::stack_status, "00", 1},
        {m, 4, "00", 1},
        {m, msap::access_cycle_range, "D0 07 40 1F", 2}, // the role is low-latency by now
        {m, msap::access_cycle_range, "D1 07 40 1F", 4},
    };
    Bench bench;
    for (const Case& each : cases) {
        CAPTURE(each.id, each.value);
        CHECK(bench.write(each.where, each.id, each.value) == each.result);
    }
}

TEST_CASE("the checks of a write come in the order of the firmware", "[simulator][attributes]")
{
    Persistent settings = running();
    settings.lock_key = simulator::Key{1};
    settings.lock_bits = ~simulator::feature::csap_write;
    Bench locked(settings);
    CHECK(locked.csap_write(csap::mtu, "01") == 1);          // the id before the lock
    CHECK(locked.csap_write(csap::node_address, "01") == 6); // the lock before the length
    Bench runs(running());
    CHECK(runs.csap_write(csap::node_address, "01") == 3);          // the length before the value
    CHECK(runs.csap_write(csap::node_address, "00 00 00 00") == 4); // the value before the state
    CHECK(runs.csap_write(csap::node_address, "01 00 00 00") == 2);
    for (const auto& [id, value] :
         {std::pair{csap::network_address, "01 00 00"},
          {csap::network_channel, "01"},
          {csap::node_role, "01"},
          {csap::reserved_channels, "01"}})
        CHECK(runs.csap_write(id, value) == 2);
    CHECK(runs.msap_write(msap::access_cycle_range, "D0 07 A0 0F") == 0);
    CHECK(runs.msap_read(msap::access_cycle_range) == "D0 07 A0 0F");
    CHECK(runs.msap_read(msap::current_access_cycle) == "D0 07");
    CHECK(runs.msap_write(msap::access_cycle_range, "A0 0F D0 07") == 4);
}

TEST_CASE("automatic roles read back alike", "[simulator][attributes]")
{
    Bench bench;
    for (const auto& [written, read] :
         {std::pair{"82", "83"}, {"83", "83"}, {"92", "93"}, {"93", "93"}, {"02", "02"}, {"13", "13"}}) {
        CHECK(bench.csap_write(csap::node_role, written) == 0);
        CHECK(bench.csap_read(csap::node_role) == read);
    }
}

TEST_CASE("keys never come back, only whether there is one", "[simulator][attributes]")
{
    Bench bench;
    for (const std::uint16_t id : {csap::cipher_key, csap::authentication_key}) {
        CHECK(bench.csap_write(id, "00112233445566778899AABBCCDDEEFF") == 0);
        CHECK(bench.csap_read(id) == "result 5");
        CHECK(bench.csap_write(id, "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF") == 0);
        CHECK(bench.csap_read(id) == "result 4");
        CHECK(bench.csap_write(id, "0011") == 3);
    }
    CHECK(bench.csap_write(csap::feature_lock_key, "00112233445566778899AABBCCDDEEFF") == 0);
    const std::string lock = bench.csap_read(csap::feature_lock_key); // result 0 and nonsense (11, D11)
    CHECK(lock.size() == 47);
    CHECK(lock.find("11 22 33") == std::string::npos);
    CHECK(bench.csap_write(csap::feature_lock_bits, "FE FF FF FF") == 6);
    std::string pair;
    for (int i = 0; i < 32; ++i)
        pair += "AB";
    CHECK(bench.csap_write(csap::network_key_pair, (pair + "01").c_str()) == 0);
    CHECK(bench.csap_write(csap::network_key_pair, (pair + "00").c_str()) == 4);
}

TEST_CASE("attributes that a firmware does not have are unsupported", "[simulator][attributes]")
{
    Bench old(configured(), with_api(14));
    CHECK(old.csap_read(csap::reserved_channels) == "result 1");
    CHECK(old.csap_read(csap::network_key_pair) == "result 1");
    CHECK(old.msap_read(msap::scratchpad_size) == "result 1");
    Profile profile;
    profile.firmware = {3, 5, 0, 1};
    Bench channel_map(configured(), profile);
    CHECK(channel_map.csap_read(csap::channel_map) == "11 11 11 11");
    CHECK(channel_map.csap_write(csap::channel_map, "FF FF FF FF") == 4);
    CHECK(channel_map.csap_write(csap::channel_map, "01 00 00 00") == 0);
}

TEST_CASE("multicast groups are stored with three octets", "[simulator][attributes]")
{
    Bench bench(running());
    std::string groups = "01 00 00 00 FF FF FF 00";
    for (int i = 0; i < 8; ++i)
        groups += " 00 00 00 00";
    CHECK(bench.msap_write(msap::multicast_groups, groups.c_str()) == 0);
    CHECK(bench.msap_read(msap::multicast_groups) == groups);
    groups.replace(0, 11, "01 00 00 80");
    CHECK(bench.msap_write(msap::multicast_groups, groups.c_str()) == 4);
}

TEST_CASE("reserved channels are lost in a reboot", "[simulator][attributes]")
{
    Bench bench;
    CHECK(bench.csap_write(csap::reserved_channels, "05") == 0);
    CHECK(bench.csap_read(csap::reserved_channels) == "05 00 00 00 00");
    bench.stop();
    CHECK(bench.csap_read(csap::reserved_channels) == "00 00 00 00 00");
}

TEST_CASE("system time counts 1/128 seconds since boot", "[simulator][attributes]")
{
    Bench bench;
    bench.boot();
    bench.pass(10s);
    CHECK(bench.msap_read(msap::system_time) == "00 05 00 00");
}

TEST_CASE(
    "a write longer than any attribute is a wrong length, one that lies about it is silent",
    "[simulator][attributes]")
{
    Bench bench;
    gateway::Bytes payload(3 + 60, 0);
    payload[0] = csap::node_address;
    payload[2] = 60;
    const auto confirm = bench.raw(CsapAttributeWrite::id, payload);
    REQUIRE(confirm.has_value());
    CHECK(confirm->payload.view()[0] == 3);
    payload[2] = 59;
    CHECK_FALSE(bench.raw(CsapAttributeWrite::id, payload).has_value());
}

TEST_CASE("every attribute of the codec's table is simulated or gone for a reason", "[simulator][attributes]")
{
    Bench bench;
    for (const Attribute& attribute : all_attributes()) {
        CAPTURE(attribute.name);
        const auto* row =
            simulator::find_attribute_row(bench.sink.state(), attribute.access_point, attribute.id);
        if (attribute.access_point == AccessPoint::csap && attribute.id == csap::channel_map) {
            CHECK(row == nullptr);
            continue;
        }
        REQUIRE(row != nullptr);
        CHECK((row->store != nullptr) == attribute.writable);
    }
}
