#include "simulator/control/commands.hpp"
#include "simulator/state_file.hpp"
#include "tests/unit/simulator_bench.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

using namespace simulator_test;
using nlohmann::json;

namespace {

struct Remote {
    json operator()(const std::string& line)
    {
        return json::parse(simulator::execute_line(device, cable, line, now));
    }

    Now now{1s};
    simulator::Cable cable;
    simulator::Device device{Profile{}, running(), {}, {}, 1, now};
};

} // namespace

TEST_CASE("a command that is not understood changes nothing and says why", "[simulator][control]")
{
    Remote remote;
    const char* wrong[] = {
        "",
        "no json",
        "[]",
        "{}",
        R"({"command": 5})",
        R"({"command": "dance"})",
        R"({"command": "fault"})",
        R"({"command": "fault", "kind": "flip", "typing_error": 1})",
        R"({"command": "fault", "kind": "flip", "probability": 1.5})",
        R"({"command": "fault", "kind": "flip", "primitive": 256})",
        R"({"command": "fault", "kind": "flip", "frames": "all"})",
        R"({"command": "silence", "ms": -1})",
        R"({"command": "send"})",
        R"({"command": "send", "hex": "0"})",
        R"({"command": "send", "hex": "00", "random": 3})",
        R"({"command": "uplink"})",
        R"({"command": "uplink", "payload": ""})",
        R"({"command": "set"})",
        R"({"command": "set", "attributes": {"cNodeAddress": 5, "cMTU": 1}})",
        R"({"command": "set", "attributes": {"cNodeAddress": 5, "cNetworkChannel": 200}})",
        R"({"command": "circumstances", "out_of_memory": true, "neighbours": [{"adress": 1}]})",
        R"({"command": "app-config", "diagnostics_interval": 31})",
    };
    for (const char* line : wrong) {
        CAPTURE(line);
        const json answer = remote(line);
        CHECK(answer.at("ok") == false);
        CHECK_FALSE(answer.at("error").get<std::string>().empty());
    }
    CHECK(remote.device.faults().armed() == 0);
    CHECK(remote.device.sink().state().persistent.node_address == own_address);
    CHECK_FALSE(remote.device.sink().circumstances().out_of_memory);
}

TEST_CASE("faults are armed and cleared", "[simulator][control]")
{
    Remote remote;
    for (const char* kind :
         {"flip", "drop", "truncate", "duplicate", "delay", "stall", "wrong-frame-id", "garbage",
          "reboot-before", "reboot-after"})
        CHECK(
            remote(json{{"command", "fault"}, {"kind", kind}, {"primitive", "0x84"}, {"frames", "confirm"}}
                       .dump())
                .at("ok") == true);
    CHECK(remote(R"({"command": "state"})").at("faults") == 10);
    CHECK(remote(R"({"command": "clear-faults"})").at("ok") == true);
    CHECK(remote(R"({"command": "state"})").at("faults") == 0);
}

TEST_CASE("packets are injected and found in the sink", "[simulator][control]")
{
    Remote remote;
    const json answer =
        remote(R"({"command": "uplink", "source": "0x1234", "payload": "01 02", "count": 3})");
    CHECK(answer.at("accepted") == 3);
    const json state = remote(R"({"command": "state"})");
    CHECK(state.at("queues").at("indications") == 4);
    CHECK(state.at("counters").at("uplink_packets") == 3);
}

TEST_CASE("what the host sent is told once", "[simulator][control]")
{
    Remote remote;
    dual_mcu::DataTx request{{7, 1, 1000, 2, 1, {false, false, 3}}, {}};
    request.apdu.assign(*gateway::from_hex("CA FE"));
    remote.device.receive(encode_slip(dual_mcu::encode(request, 1), 3), remote.now);
    remote.now += 1s;
    remote.device.advance(remote.now);
    const json downlink = remote(R"({"command": "state"})").at("downlink");
    REQUIRE(downlink.size() == 1);
    CHECK(downlink[0].at("payload") == "CA FE");
    CHECK(downlink[0].at("destination") == 1000);
    CHECK(downlink[0].at("hop_limit") == 3);
    CHECK(remote(R"({"command": "state"})").at("downlink").empty());
}

TEST_CASE(
    "attributes are set from outside, past lock and state, but within their range", "[simulator][control]")
{
    Remote remote;
    CHECK(
        remote(
            R"({"command": "set", "attributes": {"cNodeAddress": "0x77", "cCipherKey": "00112233445566778899AABBCCDDEEFF"}})")
            .at("ok") == true);
    const std::string text = remote(R"({"command": "state"})").dump();
    const json state = json::parse(text);
    CHECK(state.at("attributes").at("cNodeAddress") == 0x77);
    CHECK(state.at("keys").at("cipher") == true);
    CHECK_FALSE(state.at("attributes").contains("cCipherKey"));
    CHECK(text.find("11 22 33") == std::string::npos);
}

TEST_CASE("an application configuration from outside is indicated to the host", "[simulator][control]")
{
    Remote remote;
    CHECK(
        remote(R"({"command": "app-config", "diagnostics_interval": 60, "octets": "AA"})").at("ok") == true);
    const json state = remote(R"({"command": "state"})");
    CHECK(state.at("app_config").at("diagnostics_interval") == 60);
    CHECK(state.at("queues").at("indications").get<int>() >= 2);
    REQUIRE(state.at("distributed").size() == 1);
}

TEST_CASE("circumstances are set one by one", "[simulator][control]")
{
    Remote remote;
    CHECK(remote(R"({"command": "circumstances", "out_of_memory": true})").at("ok") == true);
    CHECK(
        remote(
            R"({"command": "circumstances", "neighbours": [{"address": 5, "rx_power": -90}], "install_quality": 10})")
            .at("ok") == true);
    const simulator::Circumstances& around = remote.device.sink().circumstances();
    CHECK(around.out_of_memory);
    REQUIRE(around.neighbours.size() == 1);
    CHECK(around.neighbours[0].rx_power == -90);
    CHECK(around.install_quality.quality == 10);
}

TEST_CASE("the cable is pulled and put back", "[simulator][control]")
{
    Remote remote;
    CHECK(remote(R"({"command": "unplug", "ms": 500})").at("ok") == true);
    CHECK_FALSE(remote.cable.plugged);
    CHECK(remote.cable.plugged_again == remote.now + 500ms);
    CHECK(remote(R"({"command": "replug", "link": "/somewhere/else"})").at("ok") == true);
    CHECK(remote.cable.plugged_again == remote.now);
    CHECK(remote.cable.link == "/somewhere/else");
}

TEST_CASE("a reboot from outside is a sudden one", "[simulator][control]")
{
    Remote remote;
    CHECK(remote(R"({"command": "reboot"})").at("ok") == true);
    CHECK(remote(R"({"command": "state"})").at("rebooting") == true);
    remote.now += 1s;
    remote.device.advance(remote.now);
    const json state = remote(R"({"command": "state"})");
    CHECK(state.at("rebooting") == false);
    CHECK(state.at("running") == true); // auto-start
    CHECK(state.at("counters").at("boots") == 2);
}

TEST_CASE("settings and scratchpad survive in the state file", "[simulator][state-file]")
{
    const auto file =
        std::filesystem::temp_directory_path() / ("simulator-state-" + std::to_string(::getpid()));
    std::filesystem::remove(file);
    CHECK_FALSE(simulator::load_state(file).has_value());

    Persistent settings = running();
    settings.cipher_key = simulator::Key{1, 2, 3};
    settings.network_key_pair = simulator::KeyPair{9};
    settings.access_cycle_range = {2000, 4000};
    settings.offline_scan = 100;
    settings.multicast_groups[3] = 77;
    dual_mcu::AppConfig config{4, 600, {}};
    config.octets.assign(gateway::Bytes(80, 5));
    settings.app_config = config;
    settings.optional_items[0x4156].push_back(1);
    settings.target = {1, 2, 3, 0x4A};
    settings.stored = {std::make_shared<const gateway::Bytes>(fixture("app-8k.otap")), 0x23F1, 7, 2, 255};
    settings.processed = {1024, 0xC0DB, 7, 0x103};
    settings.firmware = {5, 1, 0, 99};
    simulator::save_state(file, settings);
    CHECK(
        (std::filesystem::status(file).permissions() & std::filesystem::perms(077)) ==
        std::filesystem::perms::none);

    auto loaded = simulator::load_state(file);
    REQUIRE(loaded.has_value());
    CHECK(*loaded->stored.image == *settings.stored.image);
    loaded->stored.image = settings.stored.image; // compared by contents above
    CHECK(*loaded == settings);

    std::ofstream(file) << "{\"autostart\": 5}";
    CHECK_THROWS_WITH(simulator::load_state(file), Catch::Contains(file.string()));
    std::filesystem::remove(file);
}
