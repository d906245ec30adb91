#include "gateway_under_test.hpp"

#include <catch2/catch.hpp>

using namespace integration;

namespace {

api::SinkNewConfig for_sink0()
{
    api::SinkNewConfig config;
    config.set_sink_id(sink0);
    return config;
}

int boots(GatewayUnderTest& gateway)
{
    return gateway.simulator_state().at("counters").at("boots").get<int>();
}

} // namespace

TEST_CASE("addresses, role and channel of a running sink are changed, and it runs again", "[configuration]")
{
    GatewayUnderTest gateway;
    api::SinkNewConfig config = for_sink0();
    config.set_node_address(4321);
    config.set_network_address(0x0CBBAA);
    config.set_network_channel(11);
    config.mutable_node_role()->set_role(api::NodeRole::SINK);
    config.mutable_node_role()->add_flags(api::NodeRole::LOW_LATENCY);

    const auto response = set_config(gateway.backend(), config);
    REQUIRE(result_of(response.header()) == "OK");
    CHECK(response.config().node_address() == 4321);
    CHECK(response.config().network_address() == 0x0CBBAA);
    CHECK(response.config().network_channel() == 11);
    REQUIRE(response.config().node_role().flags_size() == 1);
    CHECK(response.config().sink_state() == api::ON);
    CHECK(gateway.simulator_state().at("running") == true);

    const auto configs = get_configs(gateway.backend());
    REQUIRE(configs.configs_size() == 1);
    CHECK(configs.configs(0).node_address() == 4321);
    gateway.backend().wait_for_status(
        "the new address in the status",
        [](const api::StatusEvent& status) {
            return is_online(status) && status.configs(0).node_address() == 4321;
        },
        patience);
}

TEST_CASE("a stopped sink that is configured stays stopped", "[configuration]")
{
    GatewayUnderTest gateway({.simulator = {}});
    api::SinkNewConfig config = for_sink0();
    config.set_network_channel(12);

    const auto response = set_config(gateway.backend(), config);
    REQUIRE(result_of(response.header()) == "OK");
    CHECK(response.config().network_channel() == 12);
    CHECK(response.config().sink_state() == api::OFF);
    CHECK(gateway.simulator_state().at("running") == false);
}

TEST_CASE("a stack is stopped and started", "[configuration]")
{
    GatewayUnderTest gateway;
    api::SinkNewConfig config = for_sink0();
    for (const auto state : {api::OFF, api::ON}) {
        config.set_sink_state(state);
        const auto response = set_config(gateway.backend(), config);
        REQUIRE(result_of(response.header()) == "OK");
        CHECK(response.config().sink_state() == state);
        CHECK(gateway.simulator_state().at("running") == (state == api::ON));
        gateway.backend().wait_for_status(
            "the new state of the stack in the status",
            [state](const api::StatusEvent& status) {
                return is_online(status) && status.configs(0).sink_state() == state;
            },
            patience);
    }
}

TEST_CASE("what the sink has already is not written and stops nothing", "[configuration]")
{
    GatewayUnderTest gateway({.simulator = {"--start", "--network-channel", "9"}});
    const int before = boots(gateway);
    api::SinkNewConfig config = for_sink0();
    config.set_network_channel(9);
    config.set_sink_state(api::ON);

    CHECK(result_of(set_config(gateway.backend(), config).header()) == "OK");
    CHECK(boots(gateway) == before);
}

TEST_CASE("a configuration with an impossible value is refused whole", "[configuration]")
{
    GatewayUnderTest gateway({.simulator = {"--start", "--node-address", "7"}});
    const int before = boots(gateway);
    struct Case {
        const char* code;
        std::function<void(api::SinkNewConfig&)> fill;
    };
    const std::vector<Case> cases = {
        {"INVALID_NETWORK_CHANNEL", [](auto& config) { config.set_network_channel(200); }},
        {"INVALID_NETWORK_ADDRESS", [](auto& config) { config.set_network_address(0x1000000); }},
        {"INVALID_PARAM", [](auto& config) { config.set_node_address(0xFFFFFFFF); }},
        {"INVALID_NETWORK_KEYS",
         [](auto& config) {
             config.mutable_keys()->set_cipher("too short");
             config.mutable_keys()->set_authentication("too short");
         }},
    };
    for (const Case& each : cases) {
        api::SinkNewConfig config = for_sink0();
        config.set_node_address(8); // good, but must not be written either
        each.fill(config);
        const auto response = set_config(gateway.backend(), config);
        CHECK(result_of(response.header()) == each.code);
        CHECK(response.config().node_address() == 7);
    }
    CHECK(boots(gateway) == before);
}

TEST_CASE("the app config is set without stopping the stack", "[configuration]")
{
    GatewayUnderTest gateway;
    const int before = boots(gateway);
    api::SinkNewConfig config = for_sink0();
    config.mutable_app_config()->set_seq(1);
    config.mutable_app_config()->set_diag_interval_s(60);
    config.mutable_app_config()->set_app_config_data("hello nodes");

    const auto response = set_config(gateway.backend(), config);
    REQUIRE(result_of(response.header()) == "OK");
    CHECK(response.config().app_config().diag_interval_s() == 60);
    CHECK_THAT(response.config().app_config().app_config_data(), Catch::StartsWith("hello nodes"));
    CHECK(boots(gateway) == before);
}
