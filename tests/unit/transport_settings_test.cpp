#include "transport/gateway_id.hpp"
#include "transport/mqtt/credentials.hpp"
#include "transport/settings.hpp"

#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
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
    CHECK_THROWS_WITH(settings(with({"--mqtt_certfile", "/dev/null"})), Catch::Contains("mqtt_certfile"));
    CHECK_THROWS_WITH(settings(with({"--mqtt_ciphers", "NONE-SUCH"})), Catch::Contains("mqtt_ciphers"));
    CHECK_THROWS_WITH(settings(with({"--mqtt_profile", "gcp"})), Catch::Contains("standard, aws, azure"));
    CHECK_THROWS_WITH(settings(with({"--mqtt_port", "+-5"})), Catch::Contains("1 to 65535"));
    CHECK_THROWS_WITH(settings(with({"--mqtt_prot", "1"})), Catch::Contains("did you mean --mqtt_port?"));
    CHECK_THROWS_WITH(
        settings(with({"--mqtt_force_unsecure", "--mqtt_certfile", "/dev/null"})),
        Catch::Contains("contradict"));
    CHECK_THROWS_WITH(settings(with({"-iepf", "1,2,10-12", "-wepf", "12"})), Catch::Contains("endpoint 12"));
    CHECK_THROWS_WITH(settings(with({"--mqtt_use_websocket=on"})), Catch::Contains("true or false"));
    const SettingsFile short_name("gmss: 4096\n");
    CHECK_THROWS_WITH(
        settings(with({"--settings", short_name.path()})),
        Catch::Contains(":1 gmss: unknown key, did you mean gateway_max_scratchpad_size?"));
    CHECK_THROWS_WITH(settings(with({"-iepf", "1,,2"})), Catch::Contains("ignored_endpoints_filter"));
    CHECK_THROWS_WITH(settings(with({"--buffering_minimal_sink_cost", "255"})), Catch::Contains("254"));
}

TEST_CASE("empty values count as not set, 0 as no maximum scratchpad size", "[settings]")
{
    const TransportSettings made = settings(
        with({"-gmss", "0"}), {{"WM_SERVICES_MQTT_PORT", ""},
                               {"WM_SERVICES_MQTT_MAX_INFLIGHT_MESSAGES", ""},
                               {"WM_GW_STATE_DIRECTORY", ""},
                               {"WM_GW_OUTBOX_FILE", ""},
                               {"WM_GW_METRICS_ADDRESS", ""}});
    CHECK(made.state_directory == "/var/lib/wirepas-gateway");
    CHECK(made.store.file == "/var/lib/wirepas-gateway/outbox.sqlite");
    CHECK_FALSE(made.metrics_address); // empty: none
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

TEST_CASE("a YAML list is for filters only", "[settings]")
{
    const SettingsFile name("gateway_id: g\nmqtt_hostname: [a, b]\n");
    CHECK_THROWS_WITH(settings({"--settings", name.path()}), Catch::Contains("mqtt_hostname: is a list"));
    const SettingsFile nested("gateway_id: g\nmqtt_hostname: b\nignored_endpoints_filter: [[1]]\n");
    CHECK_THROWS_WITH(settings({"--settings", nested.path()}), Catch::Contains("something else"));
}

TEST_CASE("plain text that the reference reads otherwise gives a warning", "[settings]")
{
    const SettingsFile file("mqtt_hostname: b\ngateway_id: g\n"
                            "gateway_version: 1.10\n"         // 1.1
                            "mqtt_port: 0111\n"               // 73
                            "gateway_model: '1.10'\n"         // quoted
                            "mqtt_max_inflight_messages: 7\n" // the same
                            "mqtt_use_websocket: on\n");      // a boolean is one
    const TransportSettings made = settings({"--settings", file.path()});
    CHECK(made.gateway_version == "1.10");
    CHECK(made.broker.port == 111);
    CHECK(made.broker.websocket);
    REQUIRE(made.warnings.size() == 2);
    CHECK_THAT(made.warnings[0], Catch::Contains(":4 mqtt_port: 0111 without quotes means 73"));
    CHECK_THAT(made.warnings[1], Catch::Contains(":3 gateway_version: 1.10 without quotes means 1.1"));
}

TEST_CASE("a password file is read, and what is wrong with it is said", "[settings]")
{
    const SettingsFile password("correct horse\n");
    const std::vector<std::string> login = with({"--mqtt_username", "me", "--mqtt_password_file"});
    const auto given = [&](std::vector<std::string> more) {
        std::vector<std::string> all = login;
        all.insert(all.end(), more.begin(), more.end());
        return all;
    };
    const TransportSettings made = settings(given({password.path()}));
    CHECK(made.broker.password_file == password.path());
    CHECK(made.warnings.empty());
    CHECK(read_credentials(made.broker)->password == "correct horse");

    CHECK_THROWS_WITH(settings(given({"/nowhere"})), Catch::Contains("cannot read /nowhere"));
    CHECK_THROWS_WITH(
        settings(given({password.path(), "--mqtt_password", "other"})), Catch::Contains("remove one"));
    const SettingsFile empty("\n");
    CHECK_THROWS_WITH(settings(given({empty.path()})), Catch::Contains("is empty"));
    const SettingsFile large(std::string(70'000, 'x'));
    CHECK_THROWS_WITH(settings(given({large.path()})), Catch::Contains("longer than 65536"));
}

TEST_CASE("a name without a slash is that of a systemd credential, where there is one", "[settings]")
{
    const SettingsFile password("from systemd");
    const std::string directory = password.path().substr(0, password.path().rfind('/'));
    const std::string name = password.path().substr(directory.size() + 1);
    const std::vector<std::string> arguments = with({"--mqtt_username", "me", "--mqtt_password_file", name});
    const TransportSettings made = settings(arguments, {{"CREDENTIALS_DIRECTORY", directory}});
    CHECK(made.broker.password_file == password.path());
    CHECK_THROWS_WITH(settings(arguments), Catch::Contains("cannot read " + name));
}

TEST_CASE("credentials change with the files behind them", "[settings]")
{
    const SettingsFile password("one");
    const TransportSettings made =
        settings(with({"--mqtt_username", "me", "--mqtt_password_file", password.path()}));
    const auto before = read_credentials(made.broker);
    REQUIRE(before);
    CHECK(*read_credentials(made.broker) == *before);
    std::ofstream(password.path()) << "two";
    CHECK_FALSE(*read_credentials(made.broker) == *before);
    std::ofstream(password.path()) << "";
    CHECK_FALSE(read_credentials(made.broker));
    CHECK(credentials_fault(made.broker).find("is empty") != std::string::npos);
}

TEST_CASE("a profile limits what its brokers do not take", "[settings]")
{
    const TransportSettings standard = settings(with({}));
    CHECK(standard.broker.rate_limit_pps == 0);

    const TransportSettings aws = settings(with({"--mqtt_profile", "aws"}));
    CHECK(aws.broker.rate_limit_pps == 100);
    CHECK(aws.broker.max_inflight == 20);
    CHECK(aws.max_scratchpad_size == 130048U);
    CHECK(aws.warnings.empty());

    const TransportSettings lowered = settings(with(
        {"--mqtt_profile", "azure", "--mqtt_max_inflight_messages", "500", "--mqtt_rate_limit_pps", "900",
         "-gmss", "9000000"}));
    CHECK(lowered.broker.max_inflight == 100);
    CHECK(lowered.broker.rate_limit_pps == 100);
    CHECK(lowered.max_scratchpad_size == 523264U);
    CHECK(lowered.warnings.size() == 3);
    const TransportSettings kept =
        settings(with({"--mqtt_profile", "aws", "--mqtt_rate_limit_pps", "50", "-gmss", "4096"}));
    CHECK(kept.broker.rate_limit_pps == 50);
    CHECK(kept.max_scratchpad_size == 4096U);
}

TEST_CASE("what --check prints is a settings file with the same settings", "[settings]")
{
    gateway::SettingsInput input;
    input.environment = [](const char*) { return std::nullopt; };
    input.arguments = {
        "--mqtt_hostname",
        "b: #\"quoted\"\\",
        "--gateway_id",
        "0111",
        "--mqtt_password",
        "correct horse",
        "--gateway_model",
        "- a\tb",
        "-iepf",
        "1,2-3",
        "-ua"};
    const gateway::Settings given(setting_rows(), input);
    const std::string printed = gateway::effective_settings(given, setting_rows());
    CHECK_THAT(printed, !Catch::Contains("horse"));

    const SettingsFile file(printed);
    input.arguments = {"--settings", file.path()};
    const gateway::Settings again(setting_rows(), input);
    for (const gateway::SettingRow& row : setting_rows()) {
        CAPTURE(row.key);
        if (row.replaced_by.empty() && !row.secret && row.key != "settings")
            CHECK(again.text(row.key) == given.text(row.key));
    }
    CHECK(again.warnings().empty());
}

TEST_CASE("secrets among arguments are overwritten", "[settings]")
{
    std::vector<std::string> arguments = {
        "--mqtt_password", "horse", "-pw=horse", "--gateway_id", "gw-1", "--mqtt_password=horse", "-pw"};
    std::vector<char*> pointers;
    for (std::string& argument : arguments)
        pointers.push_back(argument.data());
    gateway::hide_secrets(pointers, setting_rows());
    CHECK(
        arguments ==
        std::vector<std::string>{
            "--mqtt_password", "*****", "-pw=*****", "--gateway_id", "gw-1", "--mqtt_password=*****", "-pw"});
}

TEST_CASE("the example file mentions every setting with its default", "[settings]")
{
    std::ifstream file(FIXTURES "/../../transport/settings.example.yml");
    REQUIRE(file);
    const std::string example{std::istreambuf_iterator<char>(file), {}};
    // Settings stand behind "#" alone, prose behind "# ".
    std::string enabled;
    std::istringstream lines(example);
    for (std::string line; std::getline(lines, line);)
        enabled += (line.starts_with('#') && !line.starts_with("# ") ? line.substr(1) : line) + "\n";

    gateway::SettingsInput input;
    input.environment = [](const char*) { return std::nullopt; };
    const SettingsFile plain(example);
    input.arguments = {"--settings", plain.path()};
    CHECK_NOTHROW(gateway::Settings(setting_rows(), input));
    const SettingsFile all(enabled);
    input.arguments = {"--settings", all.path()};
    const gateway::Settings made(setting_rows(), input);
    CHECK(made.warnings().empty());
    for (const gateway::SettingRow& row : setting_rows()) {
        if (!row.replaced_by.empty() || row.key == "settings")
            continue;
        CAPTURE(row.key);
        CHECK(made.source(row.key) == gateway::SettingSource::file);
        if (!row.default_value.empty())
            CHECK(made.text(row.key) == row.default_value);
    }
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
