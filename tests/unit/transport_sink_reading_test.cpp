#include "transport/sinks/conversions.hpp"
#include "transport/sinks/sink_reading.hpp"

#include <catch2/catch.hpp>

using namespace transport;

namespace {

BusFailure refused(unsigned code)
{
    return {BusFault::application, gateway::application_code_from(code), "refused"};
}

void set(SinkReading& reading, Property property, PropertyValue value)
{
    reading[property] = {Outcome::value, std::move(value), {}};
}

void fail(SinkReading& reading, Property property, const BusFailure& failure)
{
    reading[property] = {outcome_of(failure), {}, failure};
}

/// The sink of the specification's example 14.3.
SinkReading example()
{
    SinkReading reading;
    for (std::size_t i = 0; i < property_count; ++i)
        set(reading, property_rows.at(i).property, {0});
    set(reading, Property::node_role, {0x11});
    set(reading, Property::node_address, {0x1234});
    set(reading, Property::network_address, {0x0CBBAA});
    set(reading, Property::network_channel, {5});
    fail(reading, Property::channel_map, refused(15));
    set(reading, Property::ac_range_min, {2000});
    set(reading, Property::ac_range_max, {8000});
    set(reading, Property::ac_range_min_current, {2000});
    set(reading, Property::ac_range_max_current, {8000});
    set(reading, Property::channel_min, {1});
    set(reading, Property::channel_max, {27});
    set(reading, Property::max_mtu, {102});
    set(reading, Property::hw_magic, {10});
    set(reading, Property::stack_profile, {1});
    set(reading, Property::app_config_max_size, {80});
    set(reading, Property::firmware_version, {5, 4, 0, 59});
    set(reading, Property::stored_status, {255});
    set(reading, Property::stored_type, {1});
    set(reading, Property::stored_length, {208});
    set(reading, Property::stored_crc, {0x6C33});
    set(reading, Property::stored_sequence, {101});
    set(reading, Property::processed_length, {1024});
    set(reading, Property::processed_crc, {0xC0DB});
    set(reading, Property::processed_sequence, {7});
    set(reading, Property::firmware_area_id, {0x00846B74});
    reading.app_config = {Outcome::value, {3, 60, {'h', 'i'}}, {}};
    reading.config_data = {Outcome::value, {{0x1234, {'a', 'b', 'c'}}}, {}};
    reading.target = {Outcome::value, {101, 0x6C33, 3, 0x4A}, {}};
    return reading;
}

api::SinkReadConfig remembered()
{
    api::SinkReadConfig config;
    config.set_sink_id("sink0");
    return config;
}

} // namespace

TEST_CASE("a complete reading gives the configuration of the specification's example", "[reading]")
{
    const SinkConfiguration made = configuration_from(example(), remembered());
    CHECK_FALSE(made.partial);
    const auto expected =
        gateway::from_hex("0A 05 73 69 6E 6B 30 12 04 08 01 10 01 18 B4 24 20 AA"
                          "F7 32 28 05 32 08 08 3C 12 02 68 69 18 03 40 00 4A 06 08 D0 0F 10 C0 3E"
                          "52 06 08 D0 0F 10 C0 3E 58 66 62 04 08 01 10 1B 68 0A 70 01 78 50 82 01"
                          "08 08 05 10 04 18 00 20 3B 88 01 01 92 01 09 08 D0 01 10 B3 D8 01 18 65"
                          "98 01 02 A0 01 02 AA 01 09 08 80 08 10 DB 81 03 18 07 B0 01 F4 D6 91 04"
                          "BA 01 0A 08 04 10 65 18 B3 D8 01 20 01 C2 01 08 08 B4 24 12 03 61 62 63");
    const std::string octets = made.config.SerializeAsString();
    CHECK(gateway::Bytes(octets.begin(), octets.end()) == *expected);
}

TEST_CASE("what the sink does not have is absent, forgotten and no fault", "[reading]")
{
    const api::SinkReadConfig old = configuration_from(example(), remembered()).config;
    for (const unsigned code : {15U, 12U, 10U, 29U, 16U}) {
        CAPTURE(code);
        SinkReading reading = example();
        fail(reading, Property::network_channel, refused(code));
        fail(reading, Property::ac_range_max_current, refused(code));
        reading.app_config = {outcome_of(refused(code)), {}, {}};
        const SinkConfiguration made = configuration_from(reading, old);
        CHECK_FALSE(made.partial);
        CHECK_FALSE(made.config.has_network_channel());
        CHECK_FALSE(made.config.has_current_ac_range());
        CHECK_FALSE(made.config.has_app_config());
    }
    SinkReading reading = example();
    fail(reading, Property::firmware_area_id, {BusFault::unsupported, {}, ""});
    const SinkConfiguration made = configuration_from(reading, old);
    CHECK_FALSE(made.partial);
    CHECK_FALSE(made.config.has_firmware_area_id());
}

TEST_CASE("what could not be read is taken from memory and makes the configuration partial", "[reading]")
{
    const api::SinkReadConfig old = configuration_from(example(), remembered()).config;
    const SinkReading nothing; // everything failed
    const SinkConfiguration made = configuration_from(nothing, old);
    CHECK(made.partial);
    CHECK(made.config.SerializeAsString() == old.SerializeAsString());

    const SinkConfiguration never_read = configuration_from(nothing, remembered());
    CHECK(never_read.partial);
    CHECK(never_read.config.SerializeAsString() == remembered().SerializeAsString());
}

TEST_CASE("a sub-message is complete or left out", "[reading]")
{
    SinkReading reading = example();
    fail(reading, Property::stored_crc, refused(28));
    CHECK_FALSE(configuration_from(reading, remembered()).config.has_stored_scratchpad());
    const ScratchpadState state = scratchpad_state_from(reading);
    CHECK_FALSE(state.stored);
    CHECK(state.processed);
}

TEST_CASE("bit 0 of the stack status alone decides whether the sink runs", "[reading]")
{
    for (const auto& [status, state] :
         {std::pair(0U, api::ON), std::pair(1U, api::OFF), std::pair(0x1EU, api::ON),
          std::pair(0x1FU, api::OFF)}) {
        SinkReading reading = example();
        set(reading, Property::stack_status, {status});
        CHECK(configuration_from(reading, remembered()).config.sink_state() == state);
    }
}

TEST_CASE("both keys must be set", "[reading]")
{
    SinkReading reading = example();
    set(reading, Property::authentication_key_set, {1});
    CHECK_FALSE(configuration_from(reading, remembered()).config.are_keys_set());
    set(reading, Property::cipher_key_set, {1});
    CHECK(configuration_from(reading, remembered()).config.are_keys_set());
}

TEST_CASE("target and action belong to firmware from 5.1 on", "[reading]")
{
    const auto version = [](PropertyValue numbers) {
        return has_target(Reading<PropertyValue>{Outcome::value, std::move(numbers), {}});
    };
    CHECK(version({5, 1, 0, 0}));
    CHECK(version({6, 0, 0, 0}));
    CHECK_FALSE(version({5, 0, 9, 9}));
    CHECK_FALSE(version({4, 9, 0, 0}));
    CHECK_FALSE(version({}));
}

TEST_CASE("role octets and messages map both ways", "[reading]")
{
    for (const unsigned octet : {0x01U, 0x11U, 0x82U, 0x92U, 0x03U}) {
        const auto role = node_role_from(octet);
        REQUIRE(role);
        CHECK(role_octet(*role) == octet);
    }
    CHECK_FALSE(node_role_from(0x10));
    CHECK_FALSE(node_role_from(0x04));
    CHECK(role_octet(*node_role_from(0x61)) == 0x01); // bits without a flag

    api::NodeRole twice;
    twice.set_role(api::NodeRole::SINK);
    twice.add_flags(api::NodeRole::LOW_LATENCY);
    twice.add_flags(api::NodeRole::LOW_LATENCY);
    CHECK(role_octet(twice) == 0x11);
}

TEST_CASE("delays with a name travel by name only with their action", "[reading]")
{
    const auto named = target_from({1, 2, 3, 0x81});
    REQUIRE(named);
    CHECK(named->delay() == api::ONE_HOUR);
    CHECK(delay_parameter(*named) == 0x81);
    CHECK(target_from({1, 2, 3, 0x7C})->raw() == 0x7C); // 60 minutes is not one hour
    CHECK(target_from({1, 2, 1, 0x81})->raw() == 0x81);
    CHECK(target_from({0, 0, 0, 0})->has_raw());
    CHECK_FALSE(target_from({1, 2, 5, 0}));
}
