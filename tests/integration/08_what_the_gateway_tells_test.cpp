/// Metrics, notifications of the service manager, log levels: what an operator sees.
#include "gateway_under_test.hpp"
#include "tools/stand/loopback.hpp"
#include "tools/stand/start.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <httplib.h>
#include <poll.h>
#include <regex>
#include <set>
#include <sstream>
#include <sys/socket.h>
#include <sys/un.h>
#include <yaml-cpp/yaml.h>

using namespace integration;
using gateway::FileDescriptor;
using gateway::stand::Deadline;
using gateway::stand::wait_until;

namespace {

/// A gateway whose metrics can be fetched.
class MeasuredGateway {
public:
    explicit MeasuredGateway(std::vector<std::string> more = {})
        : port_(gateway::stand::free_loopback_port()), gateway_({.transport = arguments(std::move(more))})
    {
    }

    std::string scrape()
    {
        httplib::Client client("127.0.0.1", port_);
        const auto response = client.Get("/metrics");
        REQUIRE(response);
        REQUIRE(response->status == 200);
        return response->body;
    }

    /// Samples by their names with labels, as they are written.
    std::map<std::string, double> samples()
    {
        std::map<std::string, double> all;
        std::istringstream lines(scrape());
        for (std::string line; std::getline(lines, line);)
            if (const auto blank = line.rfind(' '); !line.starts_with('#') && blank != std::string::npos)
                all[line.substr(0, blank)] = std::stod(line.substr(blank + 1));
        return all;
    }

    /// Samples once one of them has this value, or those at the deadline.
    std::map<std::string, double> samples_with(const std::string& name, double value)
    {
        std::map<std::string, double> all;
        wait_until(
            [&] {
                all = samples();
                return all[name] == value;
            },
            Deadline(patience));
        return all;
    }

    GatewayUnderTest& operator*() { return gateway_; }
    GatewayUnderTest* operator->() { return &gateway_; }

private:
    [[nodiscard]] std::vector<std::string> arguments(std::vector<std::string> more) const
    {
        more.insert(more.end(), {"--metrics_address", "127.0.0.1:" + std::to_string(port_)});
        return more;
    }

    std::uint16_t port_;
    GatewayUnderTest gateway_;
};

/// What a service tells its service manager.
class NotifySocket {
public:
    explicit NotifySocket(const std::filesystem::path& path)
        : path_(path), socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        REQUIRE(path.string().copy(address.sun_path, sizeof address.sun_path - 1) == path.string().size());
        REQUIRE(
            bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) ==
            0); // NOLINT: its way
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// Reads notifications until one has this line in it; false at the deadline.
    bool wait_for(const std::string& line)
    {
        const Deadline deadline(patience);
        const std::array descriptors = {socket_.get()};
        while (gateway::stand::wait_readable(descriptors, deadline)) {
            std::array<char, 4096> buffer{};
            const ssize_t size = recv(socket_.get(), buffer.data(), buffer.size(), 0);
            std::istringstream lines(
                std::string(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0));
            for (std::string told; std::getline(lines, told);)
                if (told == line)
                    return true;
        }
        return false;
    }

private:
    std::filesystem::path path_;
    FileDescriptor socket_;
};

/// As systemd starts a service with `WatchdogSec=`.
gateway::stand::Command watched(gateway::stand::Command command, const NotifySocket& socket)
{
    command.environment.emplace_back("NOTIFY_SOCKET", socket.path().string());
    command.environment.emplace_back("WATCHDOG_USEC", "300000");
    return command;
}

std::string read_file(const std::string& path)
{
    std::ifstream file(SOURCES "/" + path);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> all_matches(const std::string& text, const char* pattern)
{
    const std::regex expression(pattern);
    std::set<std::string> found;
    for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match)
        found.insert((*match)[1]);
    return found;
}

constexpr const char* metric_name = R"(\b((?:wirepas_gateway|process)_[a-z0-9_]+)\b)";

} // namespace

TEST_CASE("a scrape shows what went through the gateway", "[metrics]")
{
    MeasuredGateway gateway({"--ignored_endpoints_filter", "77"});
    const auto uplink = [&](int endpoint) {
        gateway->simulator({{"command", "uplink"}, {"destination_endpoint", endpoint}, {"payload", "01"}});
    };
    for (int i = 0; i < 5; ++i)
        uplink(20);
    for (int i = 0; i < 2; ++i)
        uplink(77);
    for (const std::uint32_t qos : {0U, 1U, 0U, 2U}) {
        api::SendPacketReq packet;
        packet.set_destination_address(1001);
        packet.set_source_endpoint(1);
        packet.set_destination_endpoint(1);
        packet.set_qos(qos);
        packet.set_payload("x");
        const std::string result = result_of(send_data(gateway->backend(), sink0, packet).header());
        CHECK(result == (qos < 2 ? "OK" : "INVALID_QOS"));
    }
    REQUIRE(gateway->packets().wait(5).size() == 5);

    gateway.samples_with("wirepas_gateway_packets_published_total{sink=\"sink0\"}", 5);
    auto samples = gateway.samples_with("wirepas_gateway_packets_ignored_total{sink=\"sink0\"}", 2);
    CHECK(samples["wirepas_gateway_packets_published_total{sink=\"sink0\"}"] == 5);
    CHECK(samples["wirepas_gateway_packets_received_total{sink=\"sink0\"}"] == 7);
    CHECK(samples["wirepas_gateway_packets_ignored_total{sink=\"sink0\"}"] == 2);
    CHECK(samples["wirepas_gateway_requests_total{kind=\"send_data\",result=\"OK\"}"] == 3);
    CHECK(samples["wirepas_gateway_requests_total{kind=\"send_data\",result=\"INVALID_QOS\"}"] == 1);
    CHECK(samples["wirepas_gateway_request_duration_seconds_count{kind=\"send_data\"}"] == 4);
    CHECK(samples["wirepas_gateway_mqtt_connected"] == 1);
    CHECK(samples["wirepas_gateway_mqtt_connections_total"] == 1);
    CHECK(
        samples["wirepas_gateway_mqtt_messages_handed_out_total"] >=
        samples["wirepas_gateway_mqtt_messages_acknowledged_total"]);
    CHECK(samples["wirepas_gateway_mqtt_round_trip_seconds_count"] >= 5);
    CHECK(samples["wirepas_gateway_outbox_events"] == 0);
    CHECK(samples["wirepas_gateway_sinks"] == 1);
    CHECK(samples["wirepas_gateway_sink_stack_running{sink=\"sink0\"}"] == 1);
    CHECK(samples["wirepas_gateway_link_up{sink=\"sink0\"}"] == 1);
    CHECK(samples["wirepas_gateway_link_frames_sent_total{sink=\"sink0\"}"] > 10);
    CHECK(samples["process_resident_memory_bytes"] > 1e6);
}

TEST_CASE("while the broker is away the metrics tell, and what waits is counted", "[metrics]")
{
    MeasuredGateway gateway;
    gateway->stand().broker().stop();
    gateway.samples_with("wirepas_gateway_mqtt_connected", 0);
    for (int i = 0; i < 3; ++i)
        gateway->simulator({{"command", "uplink"}, {"payload", "01"}});
    auto samples = gateway.samples_with("wirepas_gateway_outbox_events", 3);
    CHECK(samples["wirepas_gateway_mqtt_connected"] == 0);
    CHECK(samples["wirepas_gateway_outbox_events"] == 3);
    CHECK(samples["wirepas_gateway_outbox_bytes"] > 100);

    gateway->stand().broker().start();
    samples = gateway.samples_with("wirepas_gateway_packets_published_total{sink=\"sink0\"}", 3);
    CHECK(samples["wirepas_gateway_mqtt_connections_total"] == 2);
    CHECK(samples["wirepas_gateway_outbox_events"] == 0);
}

TEST_CASE("rules, dashboard and manual name the metrics that there are", "[metrics]")
{
    MeasuredGateway gateway({"--mqtt_rate_limit_pps", "1000"});
    get_gateway_info(gateway->backend());
    gateway->simulator({{"command", "uplink"}, {"payload", "01"}});
    REQUIRE(gateway->packets().wait(1).size() == 1);
    const std::string scraped = gateway.scrape();
    const std::set<std::string> names = all_matches(scraped, metric_name);
    const std::string manual = read_file("docs/monitoring.md");

    for (const char* file : {"monitoring/alerts.yml", "monitoring/dashboard.json", "docs/monitoring.md"})
        for (const std::string& name : all_matches(read_file(file), metric_name)) {
            CAPTURE(file, name);
            CHECK(names.contains(name));
        }
    for (const std::string& family : all_matches(scraped, "# TYPE ([a-z0-9_]+) ")) {
        CAPTURE(family);
        CHECK(manual.find('`' + family + '`') != std::string::npos);
    }

    const auto dashboard = nlohmann::json::parse(read_file("monitoring/dashboard.json"));
    CHECK(dashboard.at("panels").size() > 5);
    for (const auto& panel : dashboard.at("panels"))
        CHECK_FALSE(panel.at("targets").empty());
    for (const auto& group : YAML::Load(read_file("monitoring/alerts.yml"))["groups"])
        for (const auto& rule : group["rules"]) {
            const auto alert = rule["alert"].as<std::string>();
            CAPTURE(alert);
            CHECK_FALSE(rule["expr"].as<std::string>().empty());
            CHECK_FALSE(rule["labels"]["severity"].as<std::string>().empty());
            CHECK_FALSE(rule["annotations"]["summary"].as<std::string>().empty());
            CHECK(manual.find('`' + alert + '`') != std::string::npos);
        }
}

TEST_CASE("a taken port costs the metrics, not the gateway", "[metrics]")
{
    MeasuredGateway first;
    const std::string address =
        first->stand().options().transport_arguments.back();                // of the gateway that has it
    GatewayUnderTest second({.transport = {"--metrics_address", address}}); // comes online
    CHECK(second.stand().transport_service()->output().find("tried again every 60 s") != std::string::npos);
}

TEST_CASE("the transport tells the service manager how it is, and that it lives", "[notify]")
{
    GatewayUnderTest gateway;
    NotifySocket manager(gateway.stand().directory() / "notify");
    const auto command = watched(gateway.stand().transport_service()->command(), manager);
    gateway.stand().transport_service()->terminate();
    gateway.stand().transport_service().emplace(command);

    CHECK(manager.wait_for("READY=1"));
    CHECK(manager.wait_for("STATUS=connected to the broker; sink: sink0 (on); 0 events wait"));
    for (int i = 0; i < 3; ++i)
        CHECK(manager.wait_for("WATCHDOG=1"));
    gateway.stand().sink_service()->terminate();
    CHECK(manager.wait_for("STATUS=connected to the broker; no sinks; 0 events wait"));
    gateway.stand().transport_service()->signal(SIGTERM);
    CHECK(manager.wait_for("STOPPING=1"));
}

TEST_CASE("the sink service tells the service manager that its link lives", "[notify]")
{
    GatewayUnderTest gateway;
    NotifySocket manager(gateway.stand().directory() / "notify");
    const auto command = watched(gateway.stand().sink_service()->command(), manager);
    gateway.stand().sink_service()->terminate();
    gateway.stand().sink_service().emplace(command);

    CHECK(manager.wait_for("READY=1"));
    for (int i = 0; i < 3; ++i)
        CHECK(manager.wait_for("WATCHDOG=1"));
}

TEST_CASE("SIGUSR2 makes both services tell more, and again less", "[log]")
{
    GatewayUnderTest gateway;
    for (auto* service : {&gateway.stand().transport_service(), &gateway.stand().sink_service()}) {
        (*service)->signal(SIGUSR2);
        CHECK((*service)->wait_for_output("log level: debug", Deadline(patience)));
        (*service)->signal(SIGUSR2);
        CHECK((*service)->wait_for_output("log level: info again", Deadline(patience)));
    }
}
