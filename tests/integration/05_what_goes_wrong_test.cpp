#include "gateway_under_test.hpp"

#include "tools/stand/start.hpp"
#include "tools/stand/temporary_directory.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>

using namespace integration;
using namespace gateway::stand;

namespace {

/// Both services survive whatever a test does; this is how one that did not shows itself.
void check_unharmed(ChildProcess& service)
{
    CHECK(service.running());
    for (const char* sign : {"terminate called", "Aborted", "Segmentation", "Sanitizer"})
        CHECK_THAT(service.output(), !Catch::Contains(sign));
}

/// Lines of a service's log that contain `text`.
std::size_t lines_with(ChildProcess& service, const std::string& text)
{
    std::istringstream lines(service.output());
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line);)
        count += line.find(text) != std::string::npos ? 1 : 0;
    return count;
}

/// A serial port with nothing behind it.
class SilentPort {
public:
    SilentPort() : end_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC))
    {
        std::array<char, 64> name{};
        if (!end_ || grantpt(end_.get()) != 0 || unlockpt(end_.get()) != 0 ||
            ptsname_r(end_.get(), name.data(), name.size()) != 0)
            throw std::runtime_error("cannot open a pseudo terminal");
        path_ = name.data();
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    gateway::FileDescriptor end_;
    std::filesystem::path path_;
};

} // namespace

TEST_CASE("a port that is not there is named, and used once it appears", "[trouble]")
{
    const TemporaryDirectory directory;
    PrivateBus bus(directory.path());
    const auto port = directory.path() / "late-port";
    ChildProcess service(
        sink_service_command(directory.path(), {.port = port, .bus_address = bus.address()}));
    expect_output(service, "cannot open " + port.string());
    CHECK(lines_with(service, port.string()) == 1);
    check_unharmed(service);
    CHECK_FALSE(bus.has_owner("com.wirepas.sink.sink0"));

    const SimulatedSink sink(directory.path(), {.name = "late"});
    REQUIRE(sink.port() == port);
    CHECK(wait_until([&] { return bus.has_owner("com.wirepas.sink.sink0"); }, Deadline(patience)));
}

TEST_CASE("a port that another service uses is refused", "[trouble]")
{
    const TemporaryDirectory directory;
    PrivateBus bus(directory.path());
    const SimulatedSink sink(directory.path());
    ChildProcess first(
        sink_service_command(directory.path(), {.port = sink.port(), .bus_address = bus.address()}));
    REQUIRE(wait_until([&] { return bus.has_owner("com.wirepas.sink.sink0"); }, Deadline(patience)));

    ChildProcess second(sink_service_command(
        directory.path(),
        {.port = sink.port(), .bus_address = bus.address(), .sink_id = 1, .log_name = "second"}));
    expect_output(second, sink.port().string() + " is in use by another process");
    CHECK_FALSE(bus.has_owner("com.wirepas.sink.sink1"));
    check_unharmed(first);
    CHECK(bus.has_owner("com.wirepas.sink.sink0"));
}

TEST_CASE("a port without a sink behind it is named with what to check", "[trouble]")
{
    const TemporaryDirectory directory;
    PrivateBus bus(directory.path());
    const SilentPort port;
    ChildProcess service(
        sink_service_command(directory.path(), {.port = port.path(), .bus_address = bus.address()}));

    expect_output(service, "no sink answers on " + port.path().string(), Deadline(patience));
    check_unharmed(service);
    CHECK_FALSE(bus.has_owner("com.wirepas.sink.sink0"));
}

TEST_CASE("two services cannot be the same sink", "[trouble]")
{
    const TemporaryDirectory directory;
    PrivateBus bus(directory.path());
    const SimulatedSink one(directory.path(), {.name = "one"});
    const SimulatedSink other(directory.path(), {.name = "other"});
    ChildProcess first(
        sink_service_command(directory.path(), {.port = one.port(), .bus_address = bus.address()}));
    REQUIRE(wait_until([&] { return bus.has_owner("com.wirepas.sink.sink0"); }, Deadline(patience)));

    ChildProcess second(sink_service_command(
        directory.path(), {.port = other.port(), .bus_address = bus.address(), .log_name = "second"}));
    const auto ended = second.wait(Deadline(patience));
    REQUIRE(ended);
    CHECK(ended->code == 1);
    CHECK_THAT(second.output(), Catch::Contains("com.wirepas.sink.sink0"));
    check_unharmed(first);
}

TEST_CASE("settings that cannot be used end a service with 2 and one line", "[trouble]")
{
    const TemporaryDirectory directory;
    const auto ends_with_2 = [](Command command, const std::string& named) {
        command.log = command.log.parent_path() / (named + ".log");
        ChildProcess service(std::move(command));
        const auto ended = service.wait(Deadline(patience));
        REQUIRE(ended);
        CHECK(ended->describe() == "exit status 2");
        const std::string output = service.output();
        CHECK_THAT(output, Catch::Contains(named));
        CHECK(std::ranges::count(output, '\n') == 1);
    };
    Command sink = sink_service_command(directory.path(), {.port = "/dev/null", .bus_address = ""});
    sink.arguments = {"-i", "77"};
    ends_with_2(sink, "77");

    Command transport = transport_service_command(
        directory.path(), {.bus_address = "", .broker_port = 1883, .gateway_id = "no/slash"});
    ends_with_2(transport, "gateway_id");
    transport.arguments = {"--gateway_id", "gw"};
    ends_with_2(transport, "mqtt_hostname");
}

TEST_CASE("a broker that is not there is named, and used once it is reachable", "[trouble]")
{
    const TemporaryDirectory directory;
    PrivateBus bus(directory.path());
    Broker broker(directory.path(), Broker::When::later);
    const SimulatedSink sink(directory.path());
    ChildProcess sink_service(
        sink_service_command(directory.path(), {.port = sink.port(), .bus_address = bus.address()}));
    ChildProcess transport(transport_service_command(
        directory.path(),
        {.bus_address = bus.address(), .broker_port = broker.port(), .gateway_id = gateway_id}));

    expect_output(transport, std::to_string(broker.port()), Deadline(patience));
    check_unharmed(transport);
    broker.start();
    const auto backend = connect_backend(broker);
    wait_until_online(*backend);
}

TEST_CASE("a broker that goes away and comes back finds the gateway ONLINE again", "[trouble]")
{
    GatewayUnderTest gateway;

    gateway.stand().broker().stop();
    gateway.stand().broker().start(); // and has forgotten everything
    const auto backend = connect_backend(gateway.stand().broker());
    wait_until_online(*backend);
    CHECK(result_of(get_gateway_info(*backend).header()) == "OK");
    check_unharmed(*gateway.stand().transport_service());
}

TEST_CASE("bad scratchpads are refused with their code before the sink is touched", "[trouble]")
{
    GatewayUnderTest gateway;
    const auto before = gateway.simulator_state();
    std::ifstream file(FIXTURES "/scratchpads/manifest.json");
    const auto manifest = nlohmann::json::parse(file);

    int refused = 0;
    for (const auto& fixture : manifest.at("fixtures")) {
        if (fixture.at("gateway") != "refuse")
            continue;
        const auto name = fixture.at("file").get<std::string>();
        INFO(name);
        const auto response = upload_scratchpad(gateway.backend(), sink0, 42, read_fixture(name));
        CHECK(result_of(response.header()) == fixture.at("error_code").get<std::string>());
        ++refused;
    }
    CHECK(refused >= 7);
    const gateway::Bytes good = read_fixture("app-8k.otap");
    for (const std::uint32_t sequence : {0U, 255U})
        CHECK(
            result_of(upload_scratchpad(gateway.backend(), sink0, sequence, good).header()) ==
            "INVALID_SEQUENCE_NUMBER");

    const auto after = gateway.simulator_state();
    CHECK(after.at("counters").at("boots") == before.at("counters").at("boots"));
    CHECK(after.at("scratchpad") == before.at("scratchpad"));
}

TEST_CASE("requests to a sink that does not exist are answered so", "[trouble]")
{
    GatewayUnderTest gateway;
    Backend& backend = gateway.backend();
    const std::string nobody = "sink9";
    api::SinkNewConfig config;
    config.set_sink_id(nobody);
    config.set_sink_state(api::ON);
    api::SendPacketReq packet;
    packet.set_destination_address(1);
    packet.set_source_endpoint(1);
    packet.set_destination_endpoint(1);
    packet.set_qos(0);
    packet.set_payload("x");
    api::TargetScratchpadAndAction target;
    target.set_action(api::NO_OTAP);

    const auto configured = set_config(backend, config);
    CHECK(result_of(configured.header()) == "INVALID_SINK_ID");
    CHECK(configured.config().sink_id() == nobody);
    CHECK(result_of(send_data(backend, nobody, packet).header()) == "INVALID_SINK_ID");
    CHECK(result_of(otap_status(backend, nobody).header()) == "INVALID_SINK_ID");
    CHECK(result_of(set_target(backend, nobody, target).header()) == "INVALID_SINK_ID");
    CHECK(result_of(process_scratchpad(backend, nobody).header()) == "INVALID_SINK_ID");
    CHECK(result_of(clear_scratchpad(backend, nobody).header()) == "INVALID_SINK_ID");
    CHECK(
        result_of(upload_scratchpad(backend, nobody, 42, read_fixture("min-96.otap")).header()) ==
        "INVALID_SINK_ID");
}

TEST_CASE("a bus that goes away takes the sinks with it, and brings them back", "[trouble]")
{
    GatewayUnderTest gateway;

    gateway.stand().bus().stop();
    wait_until_online(gateway.backend(), 0);
    check_unharmed(*gateway.stand().sink_service());
    check_unharmed(*gateway.stand().transport_service());

    gateway.stand().bus().start();
    wait_until_online(gateway.backend(), 1);
    CHECK(result_of(otap_status(gateway.backend(), sink0).header()) == "OK");
}

TEST_CASE("octets that are no request are dropped, and the next request is answered", "[trouble]")
{
    GatewayUnderTest gateway;
    const std::string topic = std::string("gw-request/get_configs/") + gateway_id;
    gateway.backend().publish_raw(topic, "not a protobuf message");
    gateway.backend().publish_raw(topic, "");
    gateway.backend().publish_raw(topic, std::string(100'000, '\xFF'));
    gateway.backend().publish_raw(std::string("gw-request/set_config/") + gateway_id + "/sink0", "\x0A");

    CHECK(result_of(get_configs(gateway.backend()).header()) == "OK");
    check_unharmed(*gateway.stand().transport_service());
}
