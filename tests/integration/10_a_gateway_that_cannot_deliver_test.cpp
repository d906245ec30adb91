// Black-hole protection (docs/spec/gateway-backend-api.md, 8.4), with a broker that goes away, under
// steady traffic, and across kills of the service.
#include "gateway_under_test.hpp"
#include "tools/stand/start.hpp"

#include <catch2/catch.hpp>

using namespace integration;
using gateway::stand::Deadline;
using gateway::stand::expect_output;
using gateway::stand::wait_until;

namespace {

constexpr double packets_per_second = 50;
constexpr int minimal_cost = 3;
constexpr int highest_cost = 254;

std::vector<std::string> by_cost(const std::string& limit, const std::string& value)
{
    return {limit, value, "--buffering_minimal_sink_cost", std::to_string(minimal_cost)};
}

bool reaches_cost(GatewayUnderTest& gateway, int cost)
{
    return wait_until([&] { return gateway.simulator_state().at("sink_cost") == cost; }, Deadline(patience));
}

bool reaches_state(GatewayUnderTest& gateway, bool running)
{
    return wait_until([&] { return gateway.simulator_state().at("running") == running; }, Deadline(patience));
}

/// The first packets that come after now.
bool packets_flow(GatewayUnderTest& gateway)
{
    Packets packets;
    const auto backend = connect_backend(gateway.stand().broker(), &packets);
    return packets.wait(10).size() >= 10;
}

void kill_and_start_transport(GatewayUnderTest& gateway)
{
    gateway.stand().transport_service()->kill();
    gateway.stand().start_transport_service();
}

} // namespace

TEST_CASE("the sink cost rises while the broker is away and falls under steady traffic", "[black-hole]")
{
    const auto arguments = GENERATE(
        by_cost("--buffering_max_buffered_packets", "20"),
        by_cost("--buffering_max_delay_without_publish", "1"));
    GatewayUnderTest gateway({.transport = arguments, .uplink_rate = packets_per_second});
    REQUIRE(reaches_cost(gateway, minimal_cost));
    REQUIRE(gateway.packets().wait(10).size() >= 10);

    gateway.stand().broker().stop();
    REQUIRE(reaches_cost(gateway, highest_cost));
    gateway.stand().broker().start();
    CHECK(reaches_cost(gateway, minimal_cost));
    CHECK(packets_flow(gateway));
}

TEST_CASE("the sink cost falls also when the service was killed meanwhile", "[black-hole]")
{
    GatewayUnderTest gateway(
        {.transport = by_cost("--buffering_max_buffered_packets", "20"), .uplink_rate = packets_per_second});
    gateway.stand().broker().stop();
    REQUIRE(reaches_cost(gateway, highest_cost));
    SECTION("while the broker is away")
    {
        kill_and_start_transport(gateway);
        REQUIRE(reaches_cost(gateway, highest_cost)); // the next run sees the same
        gateway.stand().broker().start();
    }
    SECTION("and the broker came back before the service")
    {
        gateway.stand().transport_service()->kill();
        gateway.stand().broker().start();
        gateway.stand().start_transport_service();
    }
    CHECK(reaches_cost(gateway, minimal_cost));
    CHECK(packets_flow(gateway));
}

TEST_CASE("the sink cost is set again after a reboot of the sink", "[black-hole]")
{
    GatewayUnderTest gateway({.transport = by_cost("--buffering_max_buffered_packets", "20")});
    REQUIRE(reaches_cost(gateway, minimal_cost));
    api::SinkNewConfig config; // stops and starts the stack
    config.set_sink_id(sink0);
    config.set_network_channel(9);
    REQUIRE(result_of(set_config(gateway.backend(), config).header()) == "OK");
    CHECK(reaches_cost(gateway, minimal_cost));
}

TEST_CASE("stacks stop while the broker is away and come back with it", "[black-hole]")
{
    GatewayUnderTest gateway(
        {.transport = {"--buffering_max_buffered_packets", "20", "--buffering_stop_stack", "true"},
         .uplink_rate = packets_per_second});
    REQUIRE(gateway.packets().wait(10).size() >= 10);

    gateway.stand().broker().stop();
    REQUIRE(reaches_state(gateway, false));
    SECTION("with the same service")
    {
        gateway.stand().broker().start();
    }
    SECTION("with a service that was killed and started while the broker was away")
    {
        kill_and_start_transport(gateway);
        expect_output(*gateway.stand().transport_service(), "an earlier run has stopped stacks");
        expect_output(*gateway.stand().transport_service(), "sink0: found on D-Bus");
        CHECK(gateway.simulator_state().at("running") == false);
        gateway.stand().broker().start();
    }
    SECTION("with a service that was killed and started after the broker")
    {
        gateway.stand().transport_service()->kill();
        gateway.stand().broker().start();
        gateway.stand().start_transport_service();
    }
    SECTION("with a sink service that was killed meanwhile")
    {
        gateway.stand().sink_service()->kill();
        gateway.stand().start_sink_service();
        gateway.stand().broker().start();
    }
    CHECK(reaches_state(gateway, true));
    CHECK(packets_flow(gateway));
}

TEST_CASE("a stack that an operator has stopped stays stopped through an outage", "[black-hole]")
{
    GatewayUnderTest gateway(
        {.transport = {"--buffering_max_delay_without_publish", "1", "--buffering_stop_stack", "true"}});
    api::SinkNewConfig config;
    config.set_sink_id(sink0);
    config.set_sink_state(api::OFF);
    REQUIRE(result_of(set_config(gateway.backend(), config).header()) == "OK");

    gateway.stand().broker().stop();
    gateway.stand().broker().start();
    const auto backend = connect_backend(gateway.stand().broker());
    const auto status = wait_until_online(*backend);
    CHECK(status.configs(0).sink_state() == api::OFF);
    CHECK(gateway.simulator_state().at("running") == false);
}

TEST_CASE("a service that is killed in the middle of an upload leaves no sink stopped", "[black-hole]")
{
    GatewayUnderTest gateway({.simulator = {"--start", "--baud", "115200"}});
    api::WirepasMessage message;
    const gateway::Bytes file = read_fixture("stack-app-100k.otap");
    message.mutable_upload_scratchpad_req()->set_seq(42);
    message.mutable_upload_scratchpad_req()->set_scratchpad(file.data(), file.size());
    gateway.backend().post(std::move(message), sink0);
    REQUIRE(reaches_state(gateway, false));

    kill_and_start_transport(gateway);
    CHECK(reaches_state(gateway, true));
    const auto status = wait_until_online(gateway.backend());
    CHECK(status.configs(0).sink_id() == sink0);
    gateway.backend().wait_for_status(
        "the stack runs again",
        [](const api::StatusEvent& event) {
            return is_online(event) && event.configs(0).sink_state() == api::ON;
        },
        patience);
}
