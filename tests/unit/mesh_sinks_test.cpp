// Devices and the mesh behind them: what one does to the other.
#include "simulator/meshed_sinks.hpp"
#include "simulator/scenario/live_actions.hpp"
#include "simulator/scenario/scenario.hpp"

#include <catch2/catch.hpp>
#include <deque>

namespace {

using namespace simulator;
using namespace std::chrono_literals;

const std::filesystem::path folder = SCENARIOS;

/// A scenario's devices with its mesh, in the mesh's time, and no hosts.
class Site {
public:
    explicit Site(scenario::Scenario scenario) : network(std::move(scenario.setup), make(scenario), 1, now) {}
    explicit Site(const std::string& text) : Site(scenario::read_scenario_text(text, folder / "test.yml", 1))
    {
    }

    void pass(Now time) { network.advance(now += time); }

    void act(const std::string& action)
    {
        for (const mesh::Action& each : scenario::read_live_actions(action, state(), folder))
            mesh::perform(network.mesh().mutable_state(), each);
        network.synchronise(now);
    }

    Device& sink(std::size_t index = 0) { return devices[index]; }
    const mesh::State& state() { return network.mesh().state(); }
    const mesh::Node& node(std::uint32_t address)
    {
        const mesh::NodeIndex index = state().find(address);
        REQUIRE(index != mesh::no_node);
        return state().nodes[index];
    }

    Now now{1s};
    std::deque<Device> devices;
    MeshedSinks network;

private:
    std::vector<Device*> make(const scenario::Scenario& scenario)
    {
        std::vector<Device*> behind;
        for (const scenario::SinkDevice& sink : scenario.sinks) {
            devices.emplace_back(sink.profile, sink.settings, LineSettings{}, UplinkPlan{}, 1, now);
            behind.push_back(&devices.back());
        }
        return behind;
    }
};

const std::string one_lamp = "models: {lamp: {}}\n"
                             "sinks: {sink0: {address: 1}}\n"
                             "nodes: {model: lamp, address: 101}\n";

} // namespace

TEST_CASE("a sink without power is gone for the mesh: its site processes by the fail-safe", "[mesh][sinks]")
{
    Site site(scenario::read_scenario(folder / "infection.yml", 1));
    site.pass(2h); // 666 has come, and its scratchpad has spread
    CHECK(site.node(105).stored.fresh());
    CHECK(site.state().counters.fail_safes == 0);

    site.act("{power_off: sink0}");
    CHECK_FALSE(site.sink().has_power());
    CHECK_FALSE(site.sink().sink().state().live.running);
    CHECK_FALSE(site.state().nodes[0].runs());
    const auto changes = site.network.take_cable_changes();
    REQUIRE(changes.size() == 1);
    CHECK_FALSE(changes[0].plugged);
    const std::uint64_t delivered = site.state().sinks[0].delivered;
    site.pass(59min);
    CHECK_FALSE(site.node(105).has_route());
    CHECK(site.state().counters.fail_safes == 0);
    site.pass(2min);
    CHECK(site.state().counters.fail_safes == 10); // all but the one that is locked
    CHECK(site.state().sinks[0].delivered == delivered);

    site.act("{power_on: sink0}");
    site.pass(1min);
    CHECK(site.network.take_cable_changes().at(0).plugged);
    CHECK(site.sink().sink().state().live.running);
    CHECK(site.node(105).has_route());
    CHECK(site.sink().sink().state().counters.boots == 2);
}

TEST_CASE("a sink without power does nothing for its host, and restarts only by power", "[mesh][sinks]")
{
    Site site(one_lamp);
    site.pass(10s);
    site.act("{power_off: sink0}");
    site.sink().receive(
        dual_mcu::encode_slip(dual_mcu::encode(dual_mcu::IndicationPoll{}, 1), dual_mcu::host_leading_ends),
        site.now);
    site.act("{restart: sink0}");
    site.pass(1min);
    CHECK(site.sink().take_output(site.now).empty());
    CHECK(site.sink().sink().state().counters.boots == 1);
    CHECK_FALSE(site.sink().next_event());
    site.act("{power_on: sink0}");
    site.pass(1min);
    CHECK_FALSE(site.sink().take_output(site.now).empty());
    CHECK(site.sink().sink().state().counters.boots == 2);
}

TEST_CASE("a sink that was swapped has its new address in the mesh too", "[mesh][sinks]")
{
    Site site(one_lamp);
    site.pass(10s);
    site.act("{swap_sink: {sink: sink0, address: 7}}");
    site.pass(1min);
    CHECK(site.sink().sink().state().persistent.node_address == 7U);
    CHECK(site.state().nodes[0].address == 7);
    CHECK(site.state().find(7) == 0);
    CHECK(site.state().find(1) == mesh::no_node);
    CHECK(site.node(101).sink == 0);
    CHECK_THROWS_WITH(
        site.act("{swap_sink: {sink: sink0, address: 101}}"),
        "action:1: swap_sink: address: another node has this address");
    site.act("{swap_sink: {sink: 7, address: 1}}"); // the old one comes back
    CHECK(site.node(1).address == 1);
}

TEST_CASE("a script that gives a swapped sink a node's address is refused", "[mesh][sinks][scenario]")
{
    CHECK_THROWS_WITH(
        Site(one_lamp + "script: {at: 1 min, do: {swap_sink: {sink: sink0, address: 101}}}\n"),
        Catch::Matchers::EndsWith(
            "test.yml:4: script: do: swap_sink: address: another node has this address"));
}

TEST_CASE("a script locks a sink: its device refuses, and takes no part in OTAP", "[mesh][sinks]")
{
    Site site(one_lamp);
    site.pass(10s);
    site.act("{lock: {node: sink0, key: 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F, bits: 0x7FFFFFFF}}");
    CHECK(site.sink().sink().state().locked(feature::otap));
    CHECK_FALSE(site.sink().sink().state().locked(feature::data_tx));
    CHECK(site.node(1).locks(gateway::remote_api::otap_allowed));
    site.pass(1min);
    CHECK(site.node(1).locks(gateway::remote_api::otap_allowed));
    site.act("{lock: {node: sink0}}");
    CHECK_FALSE(site.sink().sink().state().persistent.lock_key);
    CHECK_FALSE(site.node(1).locks(gateway::remote_api::otap_allowed));
}

TEST_CASE("a script orders how a sink's next bootloader run ends", "[mesh][sinks]")
{
    Site site(one_lamp);
    site.pass(10s);
    const auto process = [&](int sequence) {
        site.act(
            "{store: {node: sink0, file: ../../tests/fixtures/scratchpads/app-8k.otap, sequence: " +
            std::to_string(sequence) + "}}");
        site.act(
            "{set_target: {sink: sink0, action: 2, crc: 0x23F1, sequence: " + std::to_string(sequence) +
            "}}");
        site.pass(1min);
        return site.sink().sink().state().persistent.stored.status;
    };
    site.act("{bootloader_status: {node: sink0, status: 9}}");
    CHECK(process(42) == 9);
    CHECK(site.node(1).stored.status == 9);
    CHECK(site.sink().sink().state().persistent.processed.sequence == 0);
    CHECK(process(43) == 0); // once
}

TEST_CASE(
    "a sink that a script switches off and on while time is skipped is back at its time", "[mesh][sinks]")
{
    Site site("models: {lamp: {reports: {every: 1 s}}}\n"
              "sinks: {sink0: {address: 1}}\n"
              "nodes: {model: lamp, address: 101}\n"
              "script:\n"
              "  - {at: 10 s, do: {power_off: sink0}}\n"
              "  - {at: 20 s, do: {power_on: sink0}}\n");
    site.now = site.network.skip(60s, site.now);
    CHECK(site.sink().sink().state().live.running);
    CHECK(site.sink().sink().state().counters.boots == 2);
    CHECK(site.node(101).has_route());
    CHECK(site.state().sinks[0].delivered > 30);
    CHECK(site.state().sinks[0].delivered < 55);
    const auto ports = site.network.take_cable_changes();
    REQUIRE(ports.size() == 2);
    CHECK_FALSE(ports[0].plugged);
    CHECK(ports[1].plugged);
}
