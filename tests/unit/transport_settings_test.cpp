#include "transport/gateway_id.hpp"
#include "transport/settings.hpp"

#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>
#include <map>
#include <unistd.h>

using namespace transport;

namespace {

using Environment = std::map<std::string, std::string>;

TransportSettings settings(std::vector<std::string> arguments, Environment environment = {})
{
    gateway::SettingsInput input;
    input.arguments = std::move(arguments);
    input.environment = [environment =
                             std::move(environment)](const char* name) -> std::optional<std::string> {
        const auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    return read_settings(input);
}

std::vector<std::string> with(std::vector<std::string> more)
{
    std::vector<std::string> arguments = {"--mqtt_hostname", "broker", "--gateway_id", "gw-1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

/// A settings file that lives as long as this.
class SettingsFile {
public:
    explicit SettingsFile(const std::string& text)
    {
        const int fd = mkstemp(path_);
        REQUIRE(fd >= 0);
        close(fd);
        std::ofstream(path_) << text;
    }
    ~SettingsFile() { std::remove(path_); }
    [[nodiscard]] std::string path() const { return path_; }

private:
    char path_[32] = "/tmp/transport-settings-XXXXXX";
};

} // namespace

TEST_CASE("defaults are those of the reference", "[settings]")
{
    const TransportSettings made = settings(with({}));
    CHECK(made.broker.port == 8883);
    CHECK(made.broker.tls);
    CHECK(made.broker.tls->verify_chain);
    CHECK(made.broker.max_inflight == 20);
    CHECK_FALSE(made.broker.persist_session);
    CHECK_FALSE(made.max_scratchpad_size);
    CHECK(made.repetition_memory == std::chrono::seconds(30));
    CHECK(made.warnings.empty());
}

TEST_CASE("command line wins over file, file over environment", "[settings]")
{
    const SettingsFile file("mqtt_hostname: from-file\nmqtt_port: 2\ngm: model\n");
    const Environment environment = {
        {"WM_GW_FILE_SETTINGS", file.path()},
        {"WM_SERVICES_MQTT_HOSTNAME", "from-environment"},
        {"WM_SERVICES_MQTT_PORT", "1"},
        {"WM_GW_ID", "gw-1"}};
    const TransportSettings made = settings({"--mqtt_port", "3"}, environment);
    CHECK(made.broker.hostname == "from-file");
    CHECK(made.broker.port == 3);
    CHECK(made.gateway_model == "model");
}

TEST_CASE("old names stand for new ones", "[settings]")
{
    const TransportSettings made =
        settings({"-s", "broker", "-p", "1883", "-i", "gw-1", "-ua", "-u", "me", "-pw", "x"});
    CHECK(made.broker.hostname == "broker");
    CHECK(made.broker.port == 1883);
    CHECK(made.gateway_id == "gw-1");
    CHECK_FALSE(made.broker.tls);
    CHECK(made.broker.username == "me");
    CHECK(made.warnings.size() == 6);
    CHECK_THROWS_AS(settings(with({"--host", "other"})), gateway::SettingsError);
}

TEST_CASE("settings that cannot be used are refused with words", "[settings]")
{
    CHECK_THROWS_WITH(settings({"--gateway_id", "gw-1"}), Catch::Contains("mqtt_hostname"));
    CHECK_THROWS_WITH(settings(with({"--mqtt_port", "0"})), Catch::Contains("1 to 65535"));
    CHECK_THROWS_WITH(settings(with({"--mqtt_max_inflight_messages", "0"})), Catch::Contains("65535"));
    CHECK_THROWS_WITH(settings(with({"--mqtt_cert_reqs", "MAYBE"})), Catch::Contains("CERT_REQUIRED"));
    CHECK_THROWS_WITH(settings(with({"--mqtt_ca_certs", "/nowhere.pem"})), Catch::Contains("/nowhere.pem"));
    CHECK_THROWS_WITH(
        settings(with({"--mqtt_force_unsecure", "--mqtt_certfile", "/dev/null"})),
        Catch::Contains("contradict"));
    CHECK_THROWS_WITH(settings(with({"-iepf", "1,2,10-12", "-wepf", "12"})), Catch::Contains("endpoint 12"));
    CHECK_THROWS_WITH(settings(with({"-iepf", "1,,2"})), Catch::Contains("ignored_endpoints_filter"));
    CHECK_THROWS_WITH(settings(with({"--buffering_minimal_sink_cost", "255"})), Catch::Contains("254"));
}

TEST_CASE("empty values count as not set, 0 as no maximum scratchpad size", "[settings]")
{
    const TransportSettings made = settings(
        with({"-gmss", "0"}),
        {{"WM_SERVICES_MQTT_PORT", ""}, {"WM_SERVICES_MQTT_MAX_INFLIGHT_MESSAGES", ""}});
    CHECK(made.broker.port == 8883);
    CHECK(made.broker.max_inflight == 20);
    CHECK_FALSE(made.max_scratchpad_size);
    CHECK(settings(with({"-gmss", "4096"})).max_scratchpad_size == 4096U);
}

TEST_CASE("a password without user name is not used", "[settings]")
{
    const TransportSettings made = settings(with({"--mqtt_password", "secret"}));
    CHECK_FALSE(made.broker.password);
    REQUIRE(made.warnings.size() == 1);
    CHECK(made.warnings.front().find("secret") == std::string::npos);
}

TEST_CASE("a gateway id that other YAML readers would change is refused unless quoted", "[settings]")
{
    for (const char* id : {"0111", "1.10", "12:34:56", "on", "0x11"}) {
        CAPTURE(id);
        const SettingsFile plain(std::string("mqtt_hostname: broker\ngateway_id: ") + id + "\n");
        CHECK_THROWS_WITH(settings({"--settings", plain.path()}), Catch::Contains("quotes"));
        const SettingsFile quoted(std::string("mqtt_hostname: broker\ngateway_id: \"") + id + "\"\n");
        CHECK(settings({"--settings", quoted.path()}).gateway_id == id);
    }
    const SettingsFile number("mqtt_hostname: broker\ngateway_id: 73588229205\n");
    CHECK(settings({"--settings", number.path()}).gateway_id == "73588229205");
}

TEST_CASE("the filters of a YAML list are read", "[settings]")
{
    const SettingsFile file("mqtt_hostname: b\ngateway_id: g\nignored_endpoints_filter: [1, '10-12']\n");
    const TransportSettings made = settings({"--settings", file.path()});
    CHECK(made.ignored_endpoints.contains(1));
    CHECK(made.ignored_endpoints.contains(11));
    CHECK_FALSE(made.ignored_endpoints.contains(2));
}

TEST_CASE("a gateway id must be usable in topics", "[settings]")
{
    CHECK_FALSE(gateway_id_fault("gw-1"));
    CHECK_FALSE(gateway_id_fault("M\xC3\xBCller 1"));
    for (const std::string& id :
         {std::string(), std::string("a/b"), std::string("a+"), std::string("#"), std::string("a\nb"),
          std::string("\x7F"), std::string("\xC2\x85"), std::string("\xFF"), std::string(129, 'x')}) {
        CAPTURE(id);
        CHECK(gateway_id_fault(id));
    }
    CHECK(gateway_id_fault("ab+c")->find("character 3") != std::string::npos);
}

TEST_CASE("the hardware address is that of the lowest real interface", "[settings]")
{
    const NetworkInterface loopback{1, true, 0x001122334455};
    const NetworkInterface bridge{2, false, 0x02AABBCCDDEE}; // locally administered
    const NetworkInterface later{4, false, 0x00AABBCCDDEE};
    const NetworkInterface first{3, false, 0x001122334455};
    const NetworkInterface none{0, false, 0};
    CHECK(identifying_address(std::vector{loopback, none, bridge, later, first}) == 0x001122334455U);
    CHECK(std::to_string(*identifying_address(std::vector{first})) == "73588229205");
    CHECK(identifying_address(std::vector{loopback, bridge}) == 0x02AABBCCDDEEU);
    CHECK_FALSE(identifying_address(std::vector{loopback, none}));
}
