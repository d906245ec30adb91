// Scenario files: what they make, and what is said of mistakes in them.
#include "simulator/scenario/live_actions.hpp"
#include "simulator/scenario/scenario.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace simulator;
using namespace std::chrono_literals;
using Catch::Matchers::Equals;
using scenario::read_scenario_text;
using scenario::ScenarioError;

const std::filesystem::path here = std::filesystem::path(SCENARIOS) / "test.yml";

std::string error_of(const std::string& text)
{
    try {
        read_scenario_text(text, "test.yml");
    } catch (const ScenarioError& error) {
        return error.what();
    }
    return "no error";
}

const std::string minimal = "models: {lamp: {}}\n"
                            "sinks: {sink0: {address: 1}}\n"
                            "nodes: {model: lamp, count: 3, first_address: 101}\n";

} // namespace

TEST_CASE("a scenario needs models, sinks and nodes, and nothing else", "[mesh][scenario]")
{
    const auto read = read_scenario_text(minimal, here);
    REQUIRE(read.setup.sinks.size() == 1);
    REQUIRE(read.setup.nodes.size() == 3);
    CHECK(read.setup.nodes[2].address == 103);
    CHECK(read.time_factor == 1);
    CHECK(read.sinks[0].settings.node_address == 1U);
    CHECK(read.sinks[0].settings.autostart);
    CHECK(read.setup.links.size() == 3);
    mesh::Mesh mesh(read.setup);
    CHECK(mesh.state().nodes.size() == 4);
}

TEST_CASE("every scenario that is shipped can be read", "[mesh][scenario]")
{
    std::size_t files = 0;
    for (const auto& file : std::filesystem::directory_iterator(SCENARIOS)) {
        CAPTURE(file.path().string());
        const auto read = scenario::read_scenario(file.path());
        CHECK_FALSE(read.name.empty());
        mesh::Mesh mesh(read.setup);
        mesh.advance(1min);
        ++files;
    }
    CHECK(files >= 3);
}

TEST_CASE("quantities are read in their units", "[mesh][scenario]")
{
    const auto read = read_scenario_text(
        minimal +
            "radio: {loss_up: 2.5 %, loss_down: 0.1, late_by: [1 min, 2 h], delay_per_hop: [5 ms, 1 s]}\n"
            "exchange: {detect: 90 s, off_mesh_while_exchanging: no}\n"
            "otap_v1: {seq_rule: half, late_process: armed}\n"
            "time_factor: max\n",
        here);
    const mesh::Parameters& parameters = read.setup.parameters;
    CHECK(parameters.radio.loss_up == Approx(0.025));
    CHECK(parameters.radio.loss_down == Approx(0.1));
    CHECK(parameters.radio.late_most == 2h);
    CHECK(parameters.radio.hop_least == 5ms);
    CHECK(parameters.exchange.detect == 90s);
    CHECK_FALSE(parameters.exchange.off_mesh);
    CHECK(parameters.v1.sequence_rule == mesh::SequenceRule::half);
    CHECK(parameters.v1.late_process == mesh::LateProcess::armed);
    CHECK(read.time_factor == 0);
}

TEST_CASE("a mistake is named with file, line and field", "[mesh][scenario]")
{
    CHECK_THAT(error_of("models: {}\n"), Equals("test.yml:1: 'models' is empty: nodes need one"));
    CHECK_THAT(error_of("models: {lamp: {}}\nnodes: []\n"), Equals("test.yml:1: 'sinks' is missing"));
    CHECK_THAT(
        error_of("models:\n  lamp:\n    capacity: lots\n"),
        Equals("test.yml:3: models: lamp: capacity: give a size such as 8176, 500 kB or 1 MB, not 'lots'"));
    CHECK_THAT(
        error_of("models:\n  lamp:\n    stack: 5.1\n"),
        Equals("test.yml:3: models: lamp: stack: give a version such as 5.1.0.80, not '5.1'"));
    CHECK_THAT(
        error_of(minimal + "radio:\n  loss_up: 120 %\n"),
        Equals("test.yml:5: radio: loss_up: give a share such as 40 % or 0.4, not '120 %'"));
    CHECK_THAT(
        error_of(minimal + "exchange: {detect: 10}\n"),
        Equals(
            "test.yml:4: exchange: detect: give a time such as 200 ms, 30 s, 10 min, 1 h or 2 d, not '10'"));
    CHECK_THAT(
        error_of(minimal + "otap_v2:\n  spread: 5 s\n"),
        Equals("test.yml:5: otap_v2: there is no 'spread' here; there are default_action, "
               "delay_survives_reboot, remote_update_allowed, retry_on_error, stop_running_delay_on_0_or_1, "
               "target_spread_per_hop"));
    CHECK_THAT(
        error_of("models: {lamp: {}}\nsinks: {sink0: {address: 1}}\nnodes:\n  - {model: lmap, address: 2}\n"),
        Equals("test.yml:4: nodes: model: there is no model 'lmap'"));
    CHECK_THAT(
        error_of(
            "models: {lamp: {}}\nsinks: {sink0: {address: 1}}\nnodes:\n  - {model: lamp, address: [7, 7]}\n"),
        Equals("test.yml:4: nodes: the address 7 is there twice"));
    CHECK_THAT(
        error_of(minimal + "script:\n  - {at: 1 min, do: {reboot: 101}}\n"),
        Equals(
            "test.yml:5: script: do: reboot: there is no action 'reboot'; there are bootloader_status, "
            "clear, "
            "damage, lock, move, power_off, power_on, radio, restart, set_target, store, swap_sink, tell"));
    CHECK_THAT(
        error_of(minimal + "script:\n  - {at: 1 min, do: {restart: 200}}\n"),
        Equals("test.yml:5: script: do: restart: nobody has the address 200"));
    CHECK_THAT(error_of("models: [\n"), Catch::Matchers::StartsWith("test.yml:2: not YAML: "));
}

TEST_CASE("a key is never repeated in an error", "[mesh][scenario]")
{
    const std::string error = error_of("models: {lamp: {}}\nsinks: {sink0: {address: 1}}\n"
                                       "nodes:\n  - {model: lamp, address: 2, lock: {key: 00 11 22 33}}\n");
    CHECK_THAT(error, Equals("test.yml:4: nodes: lock: key: give 16 octets in hexadecimal"));
}

TEST_CASE("a script acts at its times, again and again, and when something has come true", "[mesh][scenario]")
{
    const auto read = read_scenario_text(
        minimal + "otap_v2: {default_action: 4}\n"
                  "exchange: {detect: 10 s}\n"
                  "script:\n"
                  "  - {at: 1 min, do: [{tell: one}, {store: {node: 101, file: "
                  "../../tests/fixtures/scratchpads/app-8k.otap, sequence: 42}}]}\n"
                  "  - {every: 2 min, do: {restart: 102}}\n"
                  "  - {when: {stored: 42, share: 100 %}, do: {tell: all}}\n",
        here);
    mesh::Mesh mesh(read.setup);
    const auto legacy =
        static_cast<std::uint8_t>(gateway::OtapAction::legacy); // as the nodes, it is their way
    mesh.sink_is(0, {1, true, {}, {0, 0, legacy, 0}, {0, 0, 0, {5, 1, 0, 80}}});
    mesh.advance(90s);
    CHECK(mesh.take_notices() == std::vector<std::string>{"one"});
    CHECK(mesh.state().nodes[2].restarts == 0);
    mesh.advance(1h);
    CHECK(mesh.state().nodes[2].restarts == 30);
    CHECK(mesh.take_notices() == std::vector<std::string>{"all"});
}

TEST_CASE("actions on a mesh that runs are read with its names", "[mesh][scenario]")
{
    const auto read = scenario::read_scenario(std::filesystem::path(SCENARIOS) / "building.yml");
    const mesh::Mesh mesh(read.setup);
    const auto actions = [&](const std::string& text) {
        return scenario::read_live_actions(text, mesh.state(), SCENARIOS);
    };
    CHECK(actions(R"({"restart": [1001, 1002]})").size() == 2);
    CHECK(actions(R"({"power_off": "gw-a"})").size() == 2);
    CHECK(actions(R"({"power_off": "gw-a/sink1"})").size() == 1);
    CHECK_THROWS_WITH(actions(R"({"restart": 9})"), "action:1: restart: nobody has the address 9");
    CHECK_THROWS_AS(actions("["), ScenarioError);
    CHECK_THROWS_AS(actions("{}"), ScenarioError);
}

TEST_CASE("a sink restarts, processes and follows action 2 at the pace of the mesh", "[mesh][scenario]")
{
    const std::string text = minimal + "time_factor: 4\nbootloader: {boot: 3 s, time: 6 s}\n";
    const Profile of_file = read_scenario_text(text, here).sinks[0].profile;
    CHECK(of_file.time_factor == 4);
    CHECK(of_file.reboot_time == 750ms);
    CHECK(of_file.processing_time == 1500ms);
    CHECK(of_file.own_processing_delay == 500ms);
    const auto overridden = read_scenario_text(text, here, 10);
    CHECK(overridden.time_factor == 10);
    CHECK(overridden.sinks[0].profile.time_factor == 10);
    CHECK(overridden.sinks[0].profile.reboot_time == 300ms);
    CHECK(overridden.sinks[0].profile.processing_time == 600ms);
    CHECK(overridden.sinks[0].profile.own_processing_delay == 200ms);
    const auto by_commands = read_scenario_text(text, here, 0);
    CHECK(by_commands.time_factor == 0);
    CHECK(by_commands.sinks[0].profile.reboot_time == 3s);
}

TEST_CASE("a radio action changes what it names and leaves what others changed", "[mesh][scenario]")
{
    const auto read = read_scenario_text(
        minimal + "radio: {loss_down: 1 %, queue: 7}\n"
                  "script:\n"
                  "  - {at: 1 min, do: {radio: {loss_up: 20 %, late_by: [1 s, 2 s]}}}\n"
                  "  - {at: 2 min, do: {radio: {loss_down: 30 %, uplink_rate: 9, reroute_after: 8 s}}}\n",
        here);
    mesh::Mesh mesh(read.setup);
    const mesh::Radio& radio = mesh.state().parameters.radio;
    mesh.advance(90s);
    CHECK(radio.loss_up == Approx(0.2));
    CHECK(radio.loss_down == Approx(0.01));
    mesh.advance(3min);
    CHECK(radio.loss_up == Approx(0.2));
    CHECK(radio.late_least == 1s);
    CHECK(radio.late_most == 2s);
    CHECK(radio.loss_down == Approx(0.3));
    CHECK(radio.uplink_rate == Approx(9));
    CHECK(radio.reroute_after == 8s);
    CHECK(radio.queue == 7);
    CHECK(radio.hop_most == 80ms);
}
