/// The command wirepas-gateway as a person runs it: on a real bus and broker, with real services and
/// a simulated sink.
#include "gateway_under_test.hpp"
#include "tools/stand/certificate_authority.hpp"
#include "tools/stand/programs.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

using namespace integration;
using gateway::stand::ChildProcess;
using gateway::stand::Command;
using gateway::stand::Deadline;
using gateway::stand::TemporaryDirectory;
using nlohmann::json;

namespace {

constexpr int refused = 1;
constexpr int wrong_usage = 2;

struct Answer {
    int status = -1;
    std::string text; ///< standard output and error
};

/// Runs the tool on one bus.
class Tool {
public:
    explicit Tool(std::string bus_address) : bus_address_(std::move(bus_address)) {}

    void set(const std::string& variable, const std::string& value)
    {
        variables_.emplace_back(variable, value);
    }

    Answer run(const std::vector<std::string>& arguments)
    {
        ChildProcess process(command(arguments));
        const auto ended = process.wait(Deadline(patience));
        REQUIRE(ended.has_value());
        REQUIRE(ended->code.has_value());
        return {*ended->code, process.output()};
    }

    /// The JSON on standard output; `status` is the expected exit status.
    json ask(std::vector<std::string> arguments, int status = 0)
    {
        arguments.emplace_back("--json");
        const Answer answer = run(arguments);
        INFO(answer.text);
        REQUIRE(answer.status == status);
        // Lines for people, on standard error, may surround it.
        const auto begin = answer.text.find_first_of("{[");
        const auto end = answer.text.find_last_of("}]");
        REQUIRE(begin != std::string::npos);
        return json::parse(answer.text.substr(begin, end - begin + 1));
    }

    /// Starts it and comes back.
    std::unique_ptr<ChildProcess> start(const std::vector<std::string>& arguments)
    {
        return std::make_unique<ChildProcess>(command(arguments));
    }

    /// A file of its own, for keys, settings and such.
    std::string write(const std::string& name, const std::string& text)
    {
        const auto path = directory_.path() / name;
        std::ofstream(path) << text;
        std::filesystem::permissions(
            path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        return path;
    }

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }

private:
    Command command(const std::vector<std::string>& arguments)
    {
        Command made{
            .name = "wirepas-gateway",
            .program = gateway::stand::find_program("wirepas-gateway"),
            .arguments = arguments,
            .environment = variables_,
            .log = directory_.path() / ("output-" + std::to_string(++runs_)),
        };
        made.environment.emplace_back("DBUS_SYSTEM_BUS_ADDRESS", bus_address_);
        return made;
    }

    std::string bus_address_;
    std::vector<std::pair<std::string, std::string>> variables_;
    TemporaryDirectory directory_;
    int runs_ = 0;
};

/// A whole gateway and its tool; waits until the sink is on the bus, because the gateway was ONLINE.
struct Bench {
    explicit Bench(GatewayOptions options = {})
        : gateway(std::move(options)), tool(gateway.stand().bus().address())
    {
    }

    /// Options for the way over the broker.
    [[nodiscard]] std::vector<std::string> over_broker(std::vector<std::string> arguments)
    {
        const std::string url = "mqtt://127.0.0.1:" + std::to_string(gateway.stand().broker().port());
        arguments.insert(arguments.end(), {"--broker", url, "--gateway", gateway_id});
        return arguments;
    }

    GatewayUnderTest gateway;
    Tool tool;
};

json uplink(std::uint32_t source, int endpoint, const std::string& payload)
{
    return {
        {"command", "uplink"},
        {"source", source},
        {"source_endpoint", endpoint},
        {"destination_endpoint", endpoint + 1},
        {"payload", payload}};
}

/// The verdict on one check.
std::string verdict(const json& report, const std::string& area, const std::string& check)
{
    for (const json& finding : report.at("checks"))
        if (finding.at("area") == area && finding.at("check") == check)
            return finding.at("verdict");
    return "no such check in " + report.dump(2);
}

json finding(const json& report, const std::string& area, const std::string& check)
{
    for (const json& found : report.at("checks"))
        if (found.at("area") == area && found.at("check") == check)
            return found;
    FAIL("no check " << check << " in " << report.dump(2));
    return {};
}

} // namespace

TEST_CASE("sinks are listed and shown as they are", "[tools]")
{
    Bench bench({.simulator = {"--start", "--node-address", "77", "--network-channel", "9"}});
    const json list = bench.tool.ask({"sinks", "list"});
    REQUIRE(list.size() == 1);
    CHECK(list[0].at("sink") == "sink0");
    CHECK(list[0].at("stack") == "running");
    CHECK(list[0].at("node_address") == 77);

    const json sink = bench.tool.ask({"sinks", "show", "0"});
    CHECK(sink.at("network_channel") == 9);
    CHECK(sink.at("node_role") == "sink");
    CHECK(sink.at("app_config").is_null());
    CHECK(sink.at("link").at("state") == "online");
    CHECK(sink.at("link").at("counters").contains("frames_received"));

    const Answer table = bench.tool.run({"sinks", "show"});
    CHECK_THAT(table.text, Catch::Contains("77 (0x0000004D)") && Catch::Contains("not set"));
    const Answer other = bench.tool.run({"sinks", "show", "sink7"});
    CHECK(other.status == refused);
    CHECK_THAT(other.text, Catch::Contains("there is no sink7; on the bus is sink0"));
}

TEST_CASE("a sink is configured only with consent, and what changed is read back", "[tools]")
{
    Bench bench;
    const std::string keys = bench.tool.write(
        "keys",
        "cipher: 5EC2E7000102030405060708090A0B0C\nauthentication: 5EC2E7000102030405060708090A0B0D\n");
    const std::vector<std::string> wishes = {
        "sinks",      "configure", "--address",      "0x4D",      "--network",    "0x1A2B3C",
        "--channel",  "7",         "--diagnostics",  "60",        "--app-config", "0102",
        "--key-file", keys,        "--access-cycle", "2000-4000", "--role",       "sink,low-latency"};

    const Answer without = bench.tool.run(wishes);
    CHECK(without.status == refused);
    CHECK_THAT(without.text, Catch::Contains("--restart-stack") && Catch::Contains("Nothing was changed"));
    CHECK(bench.tool.ask({"sinks", "show"}).at("network_channel") != 7);

    std::vector<std::string> with = wishes;
    with.erase(with.end() - 4, with.end()); // low-latency sinks take no access cycle
    with.insert(with.end(), {"--access-cycle", "2000-4000", "--restart-stack"});
    const json result = bench.tool.ask(with);
    CHECK(result.at("ok") == true);
    CHECK(result.at("stack") == "running");
    CHECK(result.at("stack_restarted") == true);
    CHECK(result.at("changes").size() == 7);
    CHECK_THAT(result.dump(), !Catch::Contains("5EC2E7")); // keys are shown nowhere

    const json sink = bench.tool.ask({"sinks", "show"});
    CHECK(sink.at("node_address") == 0x4D);
    CHECK(sink.at("network_address") == 0x1A2B3C);
    CHECK(sink.at("network_channel") == 7);
    CHECK(sink.at("cipher_key_set") == true);
    CHECK(sink.at("authentication_key_set") == true);
    CHECK(sink.at("access_cycle_ms").at("min") == 2000);
    CHECK(sink.at("app_config").at("diagnostics_interval_s") == 60);
    CHECK_THAT(sink.at("app_config").at("data").get<std::string>(), Catch::StartsWith("0102"));

    const Answer again = bench.tool.run({"sinks", "configure", "--channel", "7"});
    CHECK(again.status == 0);
    CHECK_THAT(again.text, Catch::Contains("nothing was written"));
    // A transport service sets the sink cost by itself, so it must not run for this.
    bench.gateway.stand().transport_service()->terminate();
    CHECK(bench.tool.ask({"sinks", "configure", "--sink-cost", "5"}).at("ok") == true);
    CHECK(bench.tool.ask({"sinks", "show"}).at("sink_cost") == 5);
    CHECK(bench.tool.ask({"sinks", "configure", "--clear-keys", "--restart-stack"}).at("ok") == true);
    CHECK(bench.tool.ask({"sinks", "show"}).at("cipher_key_set") == false);
}

TEST_CASE("what a sink cannot take is refused with the reason, and the stack runs on", "[tools]")
{
    Bench bench;
    const auto run = [&](const std::vector<std::string>& wishes) {
        std::vector<std::string> arguments = {"sinks", "configure", "--restart-stack"};
        arguments.insert(arguments.end(), wishes.begin(), wishes.end());
        return bench.tool.run(arguments);
    };
    CHECK(run({"--channel", "300"}).status == wrong_usage);
    CHECK(run({"--address", "broadcast"}).status == wrong_usage);
    CHECK(run({"--key-file", "/no/such/file"}).status == refused);
    CHECK(run({}).status == refused);
    const Answer channel = run({"--channel", "200"});
    CHECK(channel.status == refused);
    CHECK_THAT(channel.text, Catch::Contains("outside of what this sink can"));

    // The sink's own no: an access cycle within the limits that it does not know.
    const Answer cycle = run({"--channel", "5", "--access-cycle", "3000-3000"});
    INFO(cycle.text);
    CHECK(cycle.status == refused);
    CHECK_THAT(cycle.text, Catch::Contains("refused"));
    CHECK(bench.tool.ask({"sinks", "show"}).at("stack") == "running");
}

TEST_CASE("a stack is stopped and started by hand", "[tools]")
{
    Bench bench;
    CHECK(bench.tool.ask({"sinks", "stop"}).at("changed") == true);
    CHECK(bench.tool.ask({"sinks", "stop"}).at("changed") == false);
    CHECK(bench.tool.ask({"sinks", "show"}).at("stack") == "stopped");
    CHECK(bench.tool.ask({"sinks", "start"}).at("changed") == true);
    CHECK(bench.tool.ask({"sinks", "show"}).at("stack") == "running");
}

TEST_CASE("packets are watched on the bus and over the broker, filtered", "[tools]")
{
    Bench bench;
    const bool broker = GENERATE(false, true);
    std::vector<std::string> arguments = {"watch", "--source", "0x3E9", "--endpoint",
                                          "20",    "--count",  "2",     "--json"};
    if (broker)
        arguments = bench.over_broker(arguments);
    const auto watch = bench.tool.start(arguments);
    REQUIRE(watch->wait_for_output("Watching ", Deadline(patience)));
    bench.gateway.simulator(uplink(1001, 20, "0102"));
    bench.gateway.simulator(uplink(1002, 20, "03"));
    bench.gateway.simulator(uplink(1001, 30, "04"));
    bench.gateway.simulator(uplink(1001, 19, "AB05"));
    const auto ended = watch->wait(Deadline(patience));
    REQUIRE(ended.has_value());
    INFO(watch->output());
    CHECK(ended->code == 0);
    CHECK_THAT(watch->output(), Catch::Contains("2 packets from 1 nodes") && Catch::Contains("2 others"));

    std::istringstream lines(watch->output());
    std::vector<json> packets;
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with('{'))
            packets.push_back(json::parse(line));
    REQUIRE(packets.size() == 2);
    CHECK(packets[0].at("payload") == "0102");
    CHECK(packets[0].at("sink") == "sink0");
    CHECK(packets[0].at("source") == 1001);
    CHECK(packets[1].at("destination_endpoint") == 20);
    CHECK(packets[0].at("gateway") == (broker ? json(gateway_id) : json()));
}

TEST_CASE("a watch ends with a summary on Ctrl-C, and with status 1 when too few came", "[tools]")
{
    Bench bench;
    const auto watch = bench.tool.start({"watch"});
    REQUIRE(watch->wait_for_output("time ", Deadline(patience)));
    bench.gateway.simulator(uplink(1001, 20, "0102"));
    const auto shown = [&] { // with an arrow where the terminal's character set has one
        const std::string output = watch->output();
        return output.find("20→21") != std::string::npos || output.find("20>21") != std::string::npos;
    };
    REQUIRE(gateway::stand::wait_until(shown, Deadline(patience)));
    watch->signal(SIGINT);
    const auto ended = watch->wait(Deadline(patience));
    REQUIRE(ended.has_value());
    CHECK(ended->code == 0);
    CHECK_THAT(watch->output(), Catch::Contains("1 packets from 1 nodes"));
    CHECK(bench.tool.run({"watch", "--count", "1", "--timeout", "1"}).status == refused);
}

TEST_CASE("a packet is sent into the mesh on the bus and over the broker", "[tools]")
{
    Bench bench;
    const bool broker = GENERATE(false, true);
    const auto way = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--sink", "0"});
        return broker ? bench.over_broker(std::move(arguments)) : arguments;
    };
    const json sent = bench.tool.ask(way(
        {"send", "1001", "0102FF", "--source-endpoint", "10", "--endpoint", "20", "--qos", "1", "--hop-limit",
         "3"}));
    CHECK(sent.at("accepted") == true);
    json state;
    REQUIRE(gateway::stand::wait_until(
        [&] {
            state = bench.gateway.simulator_state();
            return !state.at("downlink").empty();
        },
        Deadline(patience)));
    const json packet = state.at("downlink").at(0);
    CHECK(packet.at("destination") == 1001);
    CHECK(packet.at("source_endpoint") == 10);
    CHECK(packet.at("destination_endpoint") == 20);
    CHECK(packet.at("qos") == 1);
    CHECK(packet.at("hop_limit") == 3);

    REQUIRE(bench.tool.run({"sinks", "stop"}).status == 0);
    const Answer stopped = bench.tool.run(way({"send", "broadcast", "--text", "hello", "--endpoint", "20"}));
    CHECK(stopped.status == refused);
    CHECK_THAT(stopped.text, Catch::Contains("stack") && Catch::Contains("stopped"));
    CHECK(bench.tool.run(way({"send", "1001", "no hex", "--endpoint", "20"})).status == wrong_usage);
    CHECK(bench.tool.run(way({"send", "1001", "01", "--endpoint", "256"})).status == wrong_usage);
}

TEST_CASE("the status is one for all, and says what is not well", "[tools]")
{
    Bench bench;
    const json well = bench.tool.ask(bench.over_broker({"status"}));
    CHECK(well.at("ok") == true);
    CHECK(well.at("gateway").at("state") == "ONLINE");
    CHECK(well.at("sinks").at(0).at("sink") == "sink0");
    std::vector<std::string> programs;
    for (const json& service : well.at("services"))
        programs.push_back(service.at("program"));
    CHECK_THAT(programs, Catch::VectorContains(std::string("wirepas-sink-service")));
    CHECK_THAT(programs, Catch::VectorContains(std::string("wirepas-transport-service")));

    REQUIRE(bench.tool.run({"sinks", "stop"}).status == 0);
    const Answer stopped = bench.tool.run({"status"});
    CHECK(stopped.status == refused);
    CHECK_THAT(stopped.text, Catch::Contains("the stack of sink0 is stopped"));
    bench.gateway.stand().bus().stop();
    const json no_bus = bench.tool.ask({"status"}, refused);
    CHECK_THAT(no_bus.at("bus").at("error").get<std::string>(), Catch::Contains("start the bus"));
}

TEST_CASE("the doctor finds a gateway well, and its broker", "[tools]")
{
    Bench bench;
    const std::string state = bench.tool.directory();
    const std::string settings = bench.tool.write(
        "transport.yml",
        "mqtt_hostname: 127.0.0.1\nmqtt_port: " + std::to_string(bench.gateway.stand().broker().port()) +
            "\nmqtt_force_unsecure: true\ngateway_id: gw-1\nstate_directory: " + state + "\n");
    const Answer answer = bench.tool.run({"doctor", "--settings", settings, "--json"});
    const json report = json::parse(answer.text);
    INFO(report.dump(2));
    CHECK(verdict(report, "settings", "wirepas-transport-service") == "fine");
    CHECK(verdict(report, "serial port", bench.gateway.stand().sink().port()) == "fine");
    CHECK(finding(report, "serial port", "use of it").at("detail") == "by the service of sink0");
    CHECK(verdict(report, "bus", "connection") == "fine");
    CHECK(verdict(report, "bus", "owning com.wirepas.sink.sink0") == "fine");
    CHECK(verdict(report, "sinks", "sink0 link") == "fine");
    CHECK(verdict(report, "sinks", "sink0 stack") == "fine");
    CHECK(verdict(report, "broker", "TCP") == "fine");
    CHECK(verdict(report, "broker", "TLS") == "warning");
    CHECK(verdict(report, "broker", "MQTT") == "fine");
    CHECK(verdict(report, "clock", "set") == "fine");
    CHECK(verdict(report, "disk", "state directory") == "fine");
    CHECK((answer.status == 0) == (report.at("failures") == 0));

    const Answer table = bench.tool.run({"doctor", "--settings", settings});
    CHECK_THAT(table.text, Catch::Contains("127.0.0.1 is 127.0.0.1") && Catch::Contains("checks: "));
}

TEST_CASE("the doctor names what is wrong, and what to do", "[tools]")
{
    const TemporaryDirectory nothing;
    Tool tool("unix:path=" + (nothing.path() / "no-bus").string());
    const std::string settings = tool.write("transport.yml", "mqtt_hostname: 127.0.0.1\nmqtt_prot: 1\n");
    const json report =
        tool.ask({"doctor", "--settings", settings, "--port", nothing.path() / "ttyNone"}, refused);
    INFO(report.dump(2));
    const json wrong = finding(report, "settings", "wirepas-transport-service");
    CHECK(wrong.at("verdict") == "failure");
    CHECK_THAT(wrong.at("detail").get<std::string>(), Catch::Contains("did you mean mqtt_port"));
    CHECK(verdict(report, "serial port", nothing.path() / "ttyNone") == "failure");
    CHECK(verdict(report, "bus", "connection") == "failure");
    for (const json& check : report.at("checks"))
        if (check.at("verdict") == "failure")
            CHECK_FALSE(check.at("advice").get<std::string>().empty());

    // Nobody listens at the broker's port.
    const gateway::stand::Broker broker(nothing.path(), gateway::stand::Broker::When::later);
    const std::string unreachable = tool.write(
        "unreachable.yml",
        "mqtt_hostname: 127.0.0.1\ngateway_id: gw-1\nmqtt_port: " + std::to_string(broker.port()) + "\n");
    const json refusal = finding(
        tool.ask({"doctor", "--settings", unreachable, "--port", "/dev/null"}, refused), "broker", "TCP");
    CHECK_THAT(refusal.at("advice").get<std::string>(), Catch::Contains("nobody listens"));
}

TEST_CASE("the doctor says what is wrong with TLS and credentials", "[tools]")
{
    using gateway::stand::Broker;
    using gateway::stand::BrokerEntrance;
    using gateway::stand::CertificateAuthority;
    using gateway::stand::Validity;
    const TemporaryDirectory directory;
    CertificateAuthority authority(directory.path(), "authority");
    const CertificateAuthority other(directory.path(), "other");
    Tool tool("unix:path=" + (directory.path() / "no-bus").string());

    const auto examine = [&](const gateway::stand::CertificateFiles& certificate,
                             const std::filesystem::path& trusted, const std::string& password) {
        BrokerEntrance entrance;
        entrance.certificate = certificate.certificate;
        entrance.key = certificate.key;
        entrance.passwords = {{"me", "right"}};
        Broker broker(directory.path(), {.entrance = entrance});
        const std::string settings = tool.write(
            "tls.yml", "mqtt_hostname: localhost\ngateway_id: gw-1\nmqtt_username: me\nmqtt_password: " +
                           password + "\nmqtt_port: " + std::to_string(broker.entrance_port()) +
                           "\nmqtt_ca_certs: " + trusted.string() + "\n");
        return tool.ask({"doctor", "--settings", settings, "--port", "/dev/null"}, refused);
    };
    const auto tls_detail = [&](const json& report) {
        return finding(report, "broker", "TLS").at("detail").get<std::string>();
    };
    const auto good = authority.issue("good");
    SECTION("all is well")
    {
        const json report = examine(good, authority.certificate(), "right");
        INFO(report.dump(2));
        CHECK(verdict(report, "broker", "TLS") != "failure");
        CHECK(verdict(report, "broker", "MQTT") == "fine");
    }
    SECTION("wrong password")
    {
        const json report = examine(good, authority.certificate(), "wrong");
        CHECK(verdict(report, "broker", "MQTT") == "failure");
        CHECK_THAT(
            finding(report, "broker", "MQTT").at("advice").get<std::string>(),
            Catch::Contains("mqtt_password"));
        CHECK_THAT(report.dump(), !Catch::Contains("wrong\""));
    }
    SECTION("unknown authority")
    {
        CHECK_THAT(
            tls_detail(examine(good, other.certificate(), "right")), Catch::Contains("unknown authority"));
    }
    SECTION("expired")
    {
        const auto expired = authority.issue("expired", "DNS:localhost", Validity::past);
        CHECK_THAT(
            tls_detail(examine(expired, authority.certificate(), "right")), Catch::Contains("has expired"));
    }
    SECTION("another name")
    {
        const auto named = authority.issue("named", "DNS:elsewhere.example");
        CHECK_THAT(
            tls_detail(examine(named, authority.certificate(), "right")),
            Catch::Contains("does not name localhost"));
    }
}

TEST_CASE("bash completes commands, options, choices and files", "[tools]")
{
    Tool tool("unix:path=/nowhere");
    const Answer script = tool.run({"completion", "bash"});
    REQUIRE(script.status == 0);
    const std::string file = tool.write("completion.bash", script.text);
    const auto complete = [&](const std::string& words, int index) {
        ChildProcess bash({
            .name = "bash",
            .program = gateway::stand::find_program("bash"),
            .arguments =
                {"-c", "source '" + file + "' && complete -p wirepas-gateway >/dev/null && COMP_WORDS=(" +
                           words + ") COMP_CWORD=" + std::to_string(index) +
                           " && _wirepas_gateway && echo \"${COMPREPLY[@]}\""},
            .environment = {},
            .log = tool.directory() /
                   ("bash-" + words.substr(0, 3) + std::to_string(std::hash<std::string>{}(words))),
        });
        const auto ended = bash.wait(Deadline(patience));
        REQUIRE(ended.has_value());
        CHECK(ended->code == 0);
        return bash.output();
    };
    CHECK(complete("wirepas-gateway sin", 1) == "sinks\n");
    CHECK(complete("wirepas-gateway sinks ''", 2) == "list show configure start stop\n");
    CHECK(complete("wirepas-gateway sinks configure --res", 3) == "--restart-stack\n");
    CHECK(complete("wirepas-gateway completion ''", 2) == "bash zsh fish\n");
    CHECK(complete("wirepas-gateway watch --gateway sinks --js", 4) == "--json\n");
    CHECK(
        complete("wirepas-gateway sinks configure --key-file " + file.substr(0, file.size() - 3), 4) ==
        file + "\n");
    for (const char* shell : {"zsh", "fish"}) {
        const Answer other = tool.run({"completion", shell});
        CHECK(other.status == 0);
        CHECK_THAT(other.text, Catch::Contains("sinks configure") && Catch::Contains("restart-stack"));
    }
    CHECK(tool.run({"completion", "cmd"}).status == wrong_usage);
}

TEST_CASE("every command helps, with an example", "[tools]")
{
    Tool tool("unix:path=/nowhere");
    for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
             {"sinks", "list"},
             {"sinks", "show"},
             {"sinks", "configure"},
             {"sinks", "start"},
             {"sinks", "stop"},
             {"watch"},
             {"send"},
             {"status"},
             {"doctor"},
             {"completion"}}) {
        std::vector<std::string> arguments = command;
        arguments.emplace_back("--help");
        const Answer help = tool.run(arguments);
        CHECK(help.status == 0);
        CHECK_THAT(help.text, Catch::Contains("Example"));
    }
    const Answer no_bus = tool.run({"sinks", "list"});
    CHECK(no_bus.status == refused);
    CHECK_THAT(no_bus.text, Catch::Contains("--bus-address"));
}
