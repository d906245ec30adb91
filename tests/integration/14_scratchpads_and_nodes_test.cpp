/// Scratchpads through every door, and nodes that are asked over the mesh: the command as a person runs
/// it, the bus and the broker (docs/spec/scratchpad-format.md, docs/spec/remote-api.md).
#include "gateway/dbus/sink_contract.hpp"
#include "gateway/remote_api/response.hpp"
#include "gateway_under_test.hpp"
#include "tools/stand/programs.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <random>
#include <sdbus-c++/sdbus-c++.h>
#include <sstream>

using namespace integration;
using gateway::Bytes;
using gateway::stand::ChildProcess;
using gateway::stand::Deadline;
using gateway::stand::TemporaryDirectory;
using nlohmann::json;
namespace remote_api = gateway::remote_api;
namespace contract = gateway::sink_contract;

namespace {

const std::string scratchpads = FIXTURES "/scratchpads/";
const std::string key_file = scratchpads + "keys-throwaway.ini";
const std::string public_key = FIXTURES "/keys/es256-public.pem";

struct Output {
    int status = -1;
    std::string text;
};

/// The command, with a directory for what it writes.
class Tool {
public:
    std::unique_ptr<ChildProcess> start(const std::vector<std::string>& arguments)
    {
        return std::make_unique<ChildProcess>(gateway::stand::Command{
            .name = "wirepas-gateway",
            .program = gateway::stand::find_program("wirepas-gateway"),
            .arguments = arguments,
            .environment = {},
            .log = directory_.path() / ("output-" + std::to_string(++runs_)),
        });
    }

    static Output finish(ChildProcess& process)
    {
        const auto ended = process.wait(Deadline(patience));
        INFO(process.output());
        REQUIRE(ended.has_value());
        REQUIRE(ended->code.has_value());
        return {*ended->code, process.output()};
    }

    Output run(const std::vector<std::string>& arguments)
    {
        const auto process = start(arguments);
        return finish(*process);
    }

    [[nodiscard]] std::string path(const std::string& name) const { return directory_.path() / name; }

private:
    TemporaryDirectory directory_;
    int runs_ = 0;
};

json manifest()
{
    std::ifstream file(scratchpads + "manifest.json");
    return json::parse(file).at("fixtures");
}

std::string verdict_of(const json& report, const std::string& check)
{
    for (const json& row : report.at("checks"))
        if (row.at("name") == check)
            return row.at("verdict");
    return "missing";
}

/// A local client of the sink.
class SinkOnBus {
public:
    explicit SinkOnBus(const std::string& address)
        : connection_(sdbus::createSessionBusConnectionWithAddress(address)),
          proxy_(sdbus::createProxy(
              *connection_, std::string(contract::name_prefix) + sink0, contract::object_path))
    {
    }

    void set_stack(bool running)
    {
        proxy_->callMethod("SetStackState")
            .onInterface(contract::config_interface)
            .withTimeout(patience)
            .withArguments(running);
    }

    /// The code of the failure; ok when it was stored.
    gateway::ApplicationCode upload(std::uint8_t sequence, const Bytes& file)
    {
        try {
            proxy_->callMethod("UploadScratchpad")
                .onInterface(contract::otap_interface)
                .withTimeout(patience)
                .withArguments(sequence, file);
        } catch (const sdbus::Error& error) {
            INFO(error.getMessage());
            const auto code = contract::parse_error(error.getMessage());
            REQUIRE(code.has_value());
            return *code;
        }
        return gateway::ApplicationCode::ok;
    }

private:
    std::unique_ptr<sdbus::IConnection> connection_;
    std::unique_ptr<sdbus::IProxy> proxy_;
};

/// What the bus answers where a backend gets `error_code` (docs/spec/sink-dbus-api.md, 5): the number
/// tells other things apart than the backend's error does.
gateway::ApplicationCode expected_on_bus(const json& row)
{
    using gateway::ApplicationCode;
    if (row.at("gateway") != "refuse")
        return ApplicationCode::ok;
    const json& checks = row.at("checks");
    if (!checks.at("minimum_96") || !checks.at("length_multiple_of_16"))
        return ApplicationCode::invalid_value;
    if (!checks.at("tag") || !checks.at("length_field"))
        return ApplicationCode::invalid_scratchpad;
    return ApplicationCode::data_error;
}

std::string expected_over_mqtt(const json& row)
{
    return row.at("gateway") == "refuse" ? row.at("error_code").get<std::string>() : "OK";
}

Bytes random_image(std::mt19937& random, std::size_t size)
{
    Bytes image(size);
    std::uint8_t value = 0;
    for (std::uint8_t& octet : image) {
        if (random() % 4 == 0)
            value = static_cast<std::uint8_t>(random());
        octet = value;
    }
    return image;
}

/// Nodes whose answers the test decides: they hear what the simulated sink sends.
class ScriptedNodes {
public:
    explicit ScriptedNodes(GatewayUnderTest& gateway) : gateway_(gateway) {}

    /// The next packet that the gateway sent to nodes' Remote API.
    json wait_for_request()
    {
        const Deadline deadline(patience);
        while (!deadline.passed()) {
            const json state = gateway_.simulator_state();
            for (const json& packet : state.at("downlink"))
                if (packet.at("destination_endpoint") == remote_api::node_endpoint)
                    return packet;
            gateway::stand::wait_readable({}, Deadline(20ms));
        }
        throw std::runtime_error("no request for nodes came");
    }

    /// The records of `request` and nothing else, answered by each of `nodes`.
    static std::vector<remote_api::Request> decode(const json& request)
    {
        const auto payload = gateway::from_hex(request.at("payload").get<std::string>());
        REQUIRE(payload.has_value());
        return remote_api::decode_requests(*payload).records;
    }

    void answer(std::uint32_t node, const std::vector<remote_api::Response>& responses)
    {
        const Bytes payload = remote_api::encode(responses).value();
        gateway_.simulator(
            {{"command", "uplink"},
             {"source", node},
             {"source_endpoint", remote_api::node_endpoint},
             {"destination_endpoint", remote_api::backend_endpoint},
             {"payload", gateway::to_hex(payload)}});
    }

private:
    GatewayUnderTest& gateway_;
};

/// What a node says to a ping: the tag again.
remote_api::Response pong(const std::vector<remote_api::Request>& requests)
{
    const auto* const ping = requests.at(0).as<remote_api::request::Ping>();
    REQUIRE(ping != nullptr);
    return remote_api::response::Ping{ping->value};
}

std::vector<json> json_lines(const std::string& text)
{
    std::vector<json> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        if (line.starts_with('{'))
            lines.push_back(json::parse(line));
    return lines;
}

std::vector<std::string> over_broker(GatewayUnderTest& gateway, std::vector<std::string> arguments)
{
    const std::string url = "mqtt://127.0.0.1:" + std::to_string(gateway.stand().broker().port());
    arguments.insert(arguments.end(), {"--broker", url, "--gateway", gateway_id});
    return arguments;
}

} // namespace

TEST_CASE("the command judges each scratchpad as its manifest says", "[scratchpad]")
{
    Tool tool;
    const json rows = manifest();
    REQUIRE(rows.size() == 19);
    for (const json& row : rows) {
        const std::string name = row.at("file");
        CAPTURE(name);
        const Output bare = tool.run({"scratchpad", "verify", scratchpads + name, "--json"});
        const json report = json::parse(bare.text);
        CHECK(bare.status == (row.at("campaign_tool") == "accept" ? 0 : 1));
        for (const char* verdict : {"gateway", "campaign_tool", "error_code", "header", "computed_crc"})
            CHECK(report.at(verdict) == row.at(verdict));
        for (const auto& [check, good] : row.at("checks").items()) {
            CAPTURE(check);
            const char* const expected = good.is_null()     ? "not_checked"
                                         : good.get<bool>() ? "passed"
                                                            : "failed";
            CHECK(verdict_of(report, check) == expected);
        }
        REQUIRE(report.at("areas").size() == row.at("areas").size());

        const Output info = tool.run({"scratchpad", "info", scratchpads + name});
        CHECK(info.status == bare.status);
        for (const json& area : row.at("areas"))
            CHECK(info.text.find(area.at("area_id").get<std::string>()) != std::string::npos);

        if (row.at("authentic").is_null())
            continue;
        const Output keyed = tool.run(
            {"scratchpad", "verify", scratchpads + name, "--json", "--keys", key_file, "--public-key",
             public_key});
        const json opened = json::parse(keyed.text);
        const bool authentic = row.at("authentic");
        CHECK(keyed.status == (authentic ? 0 : 1));
        CHECK(verdict_of(opened, "authentication") == (authentic ? "passed" : "failed"));
        if (!authentic)
            continue;
        CHECK(opened.at("key") == row.at("key"));
        CHECK(opened.at("ctr_counter") == row.at("ctr_counter"));
        for (std::size_t i = 0; i < row.at("areas").size(); ++i)
            for (const auto& [field, value] : row.at("areas")[i].items())
                CHECK(opened.at("areas")[i].at(field) == value);
    }
}

TEST_CASE("what the command makes verifies and decrypts to its input", "[scratchpad]")
{
    Tool tool;
    std::mt19937 random(14);
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{40'000}}) {
        CAPTURE(size);
        const std::string image = tool.path("image.bin");
        const Bytes octets = random_image(random, size);
        std::ofstream(image, std::ios::binary)
            .write(reinterpret_cast<const char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
        const std::string file = tool.path("made-" + std::to_string(size) + ".otap");
        const Output made = tool.run(
            {"scratchpad", "create", file, "--image", "0x83744C03:1.2.3.4:" + image, "--image",
             "0x8AE573BA:0.0.0.0:" + image, "--keys", key_file, "--key", "vendor_b"});
        INFO(made.text);
        REQUIRE(made.status == 0);

        const Output verified = tool.run({"scratchpad", "verify", file, "--keys", key_file, "--json"});
        CHECK(verified.status == 0);
        const json report = json::parse(verified.text);
        CHECK(report.at("key") == "vendor_b");
        CHECK(report.at("gateway") == "accept");
        REQUIRE(report.at("areas").size() == 2);
        CHECK(report.at("areas")[0].at("version") == "1.2.3.4");
        CHECK(report.at("areas")[1].at("raw_length") == size);
        CHECK(report.at("areas")[0].at("raw_sha256") == report.at("areas")[1].at("raw_sha256"));
        CHECK(tool.run({"scratchpad", "verify", file, "--keys", key_file, "--key", "default"}).status == 1);
    }
}

TEST_CASE("wrong usage of the scratchpad command is said, and no key with it", "[scratchpad]")
{
    Tool tool;
    const std::string existing = tool.path("existing.otap");
    std::ofstream(existing) << "not to be lost";
    const std::string image = "1:1.2.3.4:" + existing;
    const auto run = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "scratchpad");
        return tool.run(arguments);
    };
    CHECK(run({"verify", tool.path("nothing.otap")}).status == 2);
    CHECK(run({"create", existing, "--image", image}).status == 2); // no keys
    CHECK(run({"create", existing, "--image", "1:1.2.3:x", "--keys", key_file}).status == 2);
    CHECK(run({"verify", scratchpads + "min-96.otap", "--keys", key_file, "--key", "nobody"}).status == 1);

    const Output kept = run({"create", existing, "--image", image, "--keys", key_file});
    CHECK(kept.status == 1);
    CHECK(kept.text.find("--force") != std::string::npos);

    const std::string bad_keys = tool.path("bad.ini");
    std::ofstream(bad_keys) << "[key:default]\nauth = C0FFEEC0FFEE\n";
    const Output refused = run({"verify", scratchpads + "min-96.otap", "--keys", bad_keys});
    CHECK(refused.status == 1);
    CHECK(refused.text.find("line 2") != std::string::npos);
    CHECK(refused.text.find("C0FFEE") == std::string::npos);
}

TEST_CASE("each scratchpad over MQTT gets the answer that its manifest names", "[scratchpad]")
{
    GatewayUnderTest gateway;
    std::uint32_t sequence = 0;
    for (const json& row : manifest()) {
        const std::string name = row.at("file");
        CAPTURE(name);
        const Bytes file = read_fixture(name);
        const auto response = upload_scratchpad(gateway.backend(), sink0, ++sequence, file);
        CHECK(result_of(response.header()) == expected_over_mqtt(row));
        const auto stored = gateway.simulator_state().at("scratchpad").at("stored");
        if (row.at("gateway") != "refuse")
            CHECK(stored.at("sequence") == sequence);
        else
            CHECK(stored.at("sequence") != sequence); // what was there is there still
    }
}

TEST_CASE("each scratchpad in pieces gets the answer that its manifest names", "[scratchpad]")
{
    GatewayUnderTest gateway({.transport = {"--gateway_max_scratchpad_size", "20000"}});
    for (const json& row : manifest()) {
        const std::string name = row.at("file");
        if (row.at("length") > 100'000)
            continue; // arrives like the others, in more time
        CAPTURE(name);
        const auto response =
            upload_scratchpad_in_pieces(gateway.backend(), sink0, 42, read_fixture(name), 3000);
        CHECK(result_of(response.header()) == expected_over_mqtt(row));
    }
}

TEST_CASE("each scratchpad on the bus gets the code that its manifest stands for", "[scratchpad]")
{
    GatewayUnderTest gateway;
    SinkOnBus sink(gateway.stand().bus().address());
    // A bad file is told before the state of the stack is.
    CHECK(sink.upload(1, read_fixture("bad-tag.otap")) == gateway::ApplicationCode::invalid_scratchpad);
    CHECK(sink.upload(1, read_fixture("min-96.otap")) == gateway::ApplicationCode::stack_not_stopped);
    sink.set_stack(false);
    std::uint8_t sequence = 0;
    for (const json& row : manifest()) {
        const std::string name = row.at("file");
        CAPTURE(name);
        ++sequence;
        CHECK(sink.upload(sequence, read_fixture(name)) == expected_on_bus(row));
        const auto stored = gateway.simulator_state().at("scratchpad").at("stored");
        CHECK((stored.at("sequence") == sequence) == (row.at("gateway") != "refuse"));
    }
}

TEST_CASE("all nodes are asked for their scratchpads, and shown as they answer", "[remote]")
{
    GatewayUnderTest gateway;
    ScriptedNodes nodes(gateway);
    Tool tool;
    const auto process =
        tool.start(over_broker(gateway, {"remote", "status", "all", "--json", "--count", "2"}));
    const json sent = nodes.wait_for_request();
    CHECK(sent.at("destination") == gateway::broadcast_address);
    CHECK(sent.at("source_endpoint") == remote_api::backend_endpoint);
    const auto requests = ScriptedNodes::decode(sent);
    REQUIRE(requests.size() == 2);
    CHECK(requests[1].as<remote_api::request::ScratchpadStatus>() != nullptr);

    const remote_api::ScratchpadStatus status{
        {99504, 0x2D81, 42, 1, 255}, {81264, 0x5A1C, 41, 0x103, {5, 0, 2, 77}}, {}, {}};
    nodes.answer(1001, {pong(requests), status});
    nodes.answer(1001, {pong(requests), status});                   // once more, by another way
    nodes.answer(1002, {remote_api::response::Ping{{9, 9, 9, 9}}}); // not to this question
    nodes.answer(1003, {status});                                   // unasked
    nodes.answer(1002, {pong(requests), status});

    const Output output = Tool::finish(*process);
    INFO(output.text);
    CHECK(output.status == 0);
    const auto answers = json_lines(output.text);
    REQUIRE(answers.size() == 3);
    CHECK(answers[0].at("node") == 1001);
    CHECK(answers[0].at("gateway") == gateway_id);
    CHECK(answers[0].at("records")[0].at("stored").at("sequence") == 42);
    CHECK(answers[1].at("node") == 1003);
    CHECK(answers[1].at("asked_for") == false);
    CHECK(answers[2].at("node") == 1002);
}

TEST_CASE("one node is asked for attributes and its lock, over the broker and over the bus", "[remote]")
{
    GatewayUnderTest gateway;
    ScriptedNodes nodes(gateway);
    Tool tool;
    using remote_api::request::ReadAttribute;
    const std::string bus = gateway.stand().bus().address();

    SECTION("attributes, over the broker")
    {
        const auto process = tool.start(over_broker(
            gateway, {"remote", "attributes", "1001", "--read", "node-role", "--read", "csap:1"}));
        const json sent = nodes.wait_for_request();
        CHECK(sent.at("destination") == 1001);
        const auto requests = ScriptedNodes::decode(sent);
        REQUIRE(requests.size() == 3);
        CHECK((requests[1] == remote_api::Request(ReadAttribute{remote_api::node_role})));
        nodes.answer(
            1001, {pong(requests), remote_api::response::ReadAttribute{remote_api::node_role, {0x82}},
                   remote_api::response::ReadAttribute{remote_api::node_address, {0xE9, 0x03, 0, 0}}});
        const Output output = Tool::finish(*process);
        CHECK(output.status == 0);
        CHECK(output.text.find("router, autorole") != std::string::npos);
        CHECK(output.text.find("0x000003E9") != std::string::npos);
    }
    SECTION("the lock, over the bus")
    {
        const auto process = tool.start({"remote", "lock", "1001", "--bus-address", bus, "--json"});
        const auto requests = ScriptedNodes::decode(nodes.wait_for_request());
        nodes.answer(
            1001, {pong(requests),
                   remote_api::response::ReadAttribute{remote_api::lock_bits, {0xFF, 0xFF, 0xFF, 0x7F}},
                   remote_api::response::Error{remote_api::ErrorType::write_only_attribute, 0x0E, 23}});
        const Output output = Tool::finish(*process);
        CHECK(output.status == 0);
        const auto answers = json_lines(output.text);
        REQUIRE(answers.size() == 1);
        CHECK(answers[0].at("lock").at("otap_locked") == true);
    }
    SECTION("a node that is not there")
    {
        const Output output = tool.run({"remote", "ping", "4711", "--bus-address", bus, "--timeout", "1"});
        CHECK(output.status == 1);
        CHECK(output.text.find("4711") != std::string::npos);
    }
    SECTION("more than an answer can hold")
    {
        const Output output = tool.run(
            {"remote", "attributes", "1001", "--bus-address", bus, "--read", "multicast-groups", "--read",
             "multicast-groups", "--read", "multicast-groups"});
        CHECK(output.status == 1);
        CHECK(output.text.find("ask for less") != std::string::npos);
    }
}
