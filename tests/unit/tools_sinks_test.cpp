/// From wishes to writes, and keys from files.
#include "tools/sinks/changes.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace gateway::tools;
using gateway::local::SinkFacts;

namespace {

SinkFacts usual_sink()
{
    SinkFacts facts;
    facts.id = "sink0";
    facts.stack_status = std::uint8_t{0};
    facts.node_address = 1U;
    facts.node_role = std::uint8_t{1};
    facts.network_address = 0x123456U;
    facts.network_channel = std::uint8_t{10};
    facts.channel_min = std::uint8_t{1};
    facts.channel_max = std::uint8_t{27};
    facts.access_cycle_lowest = std::uint16_t{2000};
    facts.access_cycle_highest = std::uint16_t{8000};
    facts.app_config_max_size = std::uint16_t{4};
    facts.app_config = gateway::local::AppConfig{7, 60, {1, 2, 0, 0}};
    facts.cipher_key_set = true;
    facts.authentication_key_set = true;
    return facts;
}

NetworkKeys keys_in(const std::string& text)
{
    std::istringstream in(text);
    return parse_keys(in, "keys");
}

/// Why a file of keys is refused.
std::string fault_of(const std::string& text)
{
    try {
        keys_in(text);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

constexpr const char* key_digits = "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F";

} // namespace

TEST_CASE("what a sink has already is not written again, keys always are", "[tools]")
{
    SinkWishes wishes;
    CHECK(wishes.empty());
    wishes.node_address = 1;
    wishes.network_channel = 10;
    wishes.app_config_data = gateway::Bytes{1, 2};
    CHECK_FALSE(wishes.empty());
    CHECK(plan_changes(usual_sink(), wishes).empty());

    wishes.keys.cipher.emplace();
    wishes.network_channel = 11;
    const auto changes = plan_changes(usual_sink(), wishes);
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].setting == "network channel");
    CHECK(changes[0].now(usual_sink()) == "10");
    CHECK(changes[0].wanted == "11");
    CHECK(changes[1].setting == "cipher key");
    CHECK(changes[1].wanted == "new key");
}

TEST_CASE("only some settings need a stopped stack", "[tools]")
{
    SinkWishes wishes;
    wishes.node_role = std::uint8_t{0x11};
    wishes.access_cycle = {2000, 4000};
    wishes.sink_cost = std::uint8_t{9};
    wishes.diagnostics_interval = std::uint16_t{30};
    for (const Change& change : plan_changes(usual_sink(), wishes))
        CHECK(change.needs_stop == (change.setting == "node role"));
}

TEST_CASE("what the sink cannot do is refused before anything is written", "[tools]")
{
    const auto plan = [](const auto& wish) {
        SinkWishes wishes;
        wish(wishes);
        return plan_changes(usual_sink(), wishes);
    };
    CHECK_THROWS_WITH(plan([](auto& wishes) { wishes.network_channel = 28; }), Catch::Contains("1 to 27"));
    CHECK_THROWS_WITH(
        plan([](auto& wishes) {
            wishes.access_cycle = {1000, 4000};
        }),
        Catch::Contains("2000 to 8000"));
    CHECK_THROWS_WITH(
        plan([](auto& wishes) { wishes.app_config_data = gateway::Bytes(5); }), Catch::Contains("takes 4"));
    CHECK_THROWS_WITH(
        plan([](auto& wishes) { wishes.diagnostics_interval = 61; }), Catch::Contains("one of 0, 30, 60"));
}

TEST_CASE("an app config keeps what is not changed, and its sequence grows", "[tools]")
{
    SinkWishes wishes;
    wishes.diagnostics_interval = std::uint16_t{120};
    const auto changes = plan_changes(usual_sink(), wishes);
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].wanted == "sequence 8, diagnostics every 120 s, data 01 02");
    CHECK_FALSE(changes[0].holds(usual_sink()));
    SinkFacts after = usual_sink();
    after.app_config->diagnostics_interval = 120; // the sink counts its own sequence
    CHECK(changes[0].holds(after));
}

TEST_CASE("keys are read from lines, with comments and blanks", "[tools]")
{
    const NetworkKeys keys = keys_in(
        std::string("# of the plant\ncipher: ") + key_digits +
        "\n\nauthentication=000102030405060708090A0B0C0D0E0F ; same\n");
    REQUIRE(keys.cipher.has_value());
    CHECK(keys.cipher->at(15) == 0x0F);
    CHECK(keys.cipher == keys.authentication);
    CHECK_FALSE(keys_in(std::string("cipher: ") + key_digits).authentication.has_value());
}

TEST_CASE("a bad file of keys is refused without showing what is in it", "[tools]")
{
    for (const char* text :
         {"", "cipher", "cipher: 5EC4E7", "secret: 000102030405060708090A0B0C0D0E5E",
          "cipher: 000102030405060708090A0B0C0D0E5E\ncipher: 000102030405060708090A0B0C0D0E5E",
          "cipher: 000102030405060708090A0B0C0D0E5E00"}) {
        const std::string fault = fault_of(text);
        CHECK_THAT(fault, Catch::Contains("keys"));
        CHECK_THAT(fault, !Catch::Contains("5E"));
    }
    CHECK_THAT(fault_of("\n\nnonsense"), Catch::Contains("line 3"));
}
