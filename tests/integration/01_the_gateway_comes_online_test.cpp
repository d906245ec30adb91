#include "gateway/dbus/sink_contract.hpp"
#include "gateway_under_test.hpp"

#include <catch2/catch.hpp>
#include <csignal>

using namespace integration;

TEST_CASE("the retained status carries the sink's configuration", "[online]")
{
    GatewayUnderTest gateway(
        {.simulator = {
             "--start", "--node-address", "7", "--network-address", "834474", "--network-channel", "5",
             "--role", "0x11"}});

    // A backend that comes later sees the same without anything being sent anew.
    const auto latecomer = connect_backend(gateway.stand().broker());
    const api::StatusEvent status = wait_until_online(*latecomer);

    CHECK(status.header().gw_id() == gateway_id);
    CHECK(status.version() == 1);
    CHECK(status.gw_features_size() == 3);
    const api::SinkReadConfig& sink = status.configs(0);
    CHECK(sink.sink_id() == sink0);
    CHECK(sink.node_address() == 7);
    CHECK(sink.network_address() == 834474);
    CHECK(sink.network_channel() == 5);
    CHECK(sink.node_role().role() == api::NodeRole::SINK);
    REQUIRE(sink.node_role().flags_size() == 1);
    CHECK(sink.node_role().flags(0) == api::NodeRole::LOW_LATENCY);
    CHECK(sink.sink_state() == api::ON);
    CHECK(sink.max_mtu() == 102);
    CHECK(sink.has_firmware_version());
    CHECK(sink.has_stored_scratchpad());
}

TEST_CASE("a transport that is killed turns OFFLINE by its last will, retained", "[online]")
{
    GatewayUnderTest gateway;

    gateway.stand().transport_service()->kill();
    gateway.backend().wait_for_status("OFFLINE", is_offline, patience);
    const auto latecomer = connect_backend(gateway.stand().broker());
    const api::StatusEvent retained = latecomer->wait_for_status("OFFLINE", is_offline, patience);
    CHECK(retained.configs_size() == 0);
    CHECK(retained.gw_features_size() == 0);

    gateway.stand().start_transport_service();
    wait_until_online(gateway.backend());
}

TEST_CASE("a transport that is told to end says OFFLINE and ends with 0", "[online]")
{
    GatewayUnderTest gateway;

    gateway.stand().transport_service()->signal(SIGTERM);
    const auto ended = gateway.stand().transport_service()->wait(gateway::stand::Deadline(patience));
    REQUIRE(ended);
    CHECK(ended->describe() == "exit status 0");
    gateway.backend().wait_for_status("OFFLINE", is_offline, patience);
}

TEST_CASE("a sink service that is told to end takes its sink out of the status", "[online]")
{
    GatewayUnderTest gateway;

    gateway.stand().sink_service()->signal(SIGTERM);
    const auto ended = gateway.stand().sink_service()->wait(gateway::stand::Deadline(patience));
    REQUIRE(ended);
    CHECK(ended->describe() == "exit status 0");
    wait_until_online(gateway.backend(), 0);

    gateway.stand().start_sink_service();
    wait_until_online(gateway.backend(), 1);
}

TEST_CASE("the sink is on the bus with its three interfaces", "[online]")
{
    GatewayUnderTest gateway;
    using namespace gateway::sink_contract;

    const std::string xml = gateway.stand().bus().introspect("com.wirepas.sink.sink0", object_path);
    for (const char* interface : {config_interface, data_interface, otap_interface})
        CHECK_THAT(xml, Catch::Contains(interface));
}

TEST_CASE("the gateway tells its features and limits", "[online]")
{
    GatewayUnderTest gateway(
        {.transport = {"--gateway_model", "box", "--gateway_max_scratchpad_size", "2048"}});

    const auto response = gateway::backend::get_gateway_info(gateway.backend());
    CHECK(result_of(response.header()) == "OK");
    CHECK(response.info().implemented_api_version() == 2);
    CHECK(response.info().gw_model() == "box");
    CHECK(response.info().max_scratchpad_size() == 2048);
}
