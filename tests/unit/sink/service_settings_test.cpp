#include "sink-service/service/settings.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <unistd.h>

using namespace sink_service;

namespace {

ServiceSettings resolve(
    std::vector<std::string> arguments, const std::map<std::string, std::string>& environment = {})
{
    gateway::SettingsInput input;
    input.arguments = std::move(arguments);
    input.environment = [&](const char* name) -> std::optional<std::string> {
        const auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    input.order = gateway::SettingOrder::environment_over_file;
    return to_settings(gateway::Settings(setting_rows(), input));
}

std::string refusal(
    const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment = {})
{
    try {
        resolve(arguments, environment);
    } catch (const gateway::SettingsError& error) {
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("defaults, options and environment of the reference", "[settings]")
{
    const ServiceSettings defaults = resolve({});
    CHECK(defaults.sink_id == 0);
    CHECK(defaults.sink.link.port == "/dev/ttyACM0");
    CHECK(defaults.sink.link.bits_per_second == 0);
    CHECK(defaults.sink.link.max_poll_fail_duration == std::chrono::seconds(120));
    CHECK(defaults.sink.reassembly.max_age == std::chrono::seconds(900));
    CHECK(defaults.sink.downlink.limit == 0);

    const ServiceSettings given =
        resolve({"-p", "/dev/x", "-b", "0x1E848", "-i", "3", "-d", "0", "-f", "45", "-l", "16"});
    CHECK(given.sink.link.port == "/dev/x");
    CHECK(given.sink.link.bits_per_second == 125000);
    CHECK(given.sink_id == 3);
    CHECK(given.sink.link.max_poll_fail_duration == std::chrono::seconds(0));
    CHECK(given.sink.reassembly.max_age == std::chrono::seconds(45));
    CHECK(given.sink.downlink.limit == 16);

    const ServiceSettings both =
        resolve({}, {{"WM_GW_SINK_BAUDRATE", "115200"}, {"WM_GW_SINK_BITRATE", "1000000"}});
    CHECK(both.sink.link.bits_per_second == 115200);
    CHECK(resolve({"-b", "9600"}, {{"WM_GW_SINK_BITRATE", "1000000"}}).sink.link.bits_per_second == 9600);
}

TEST_CASE("the environment wins over the file, the command line over both", "[settings]")
{
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("sink-settings-" + std::to_string(getpid()) + ".yml");
    std::ofstream(path) << "sink_id: 4\nuart_port: /dev/from-file\npoll_burst: 5\n";
    const std::map<std::string, std::string> environment = {
        {"WM_GW_SINK_FILE_SETTINGS", path}, {"WM_GW_SINK_ID", "5"}};
    const ServiceSettings settings = resolve({}, environment);
    CHECK(settings.sink_id == 5);
    CHECK(settings.sink.link.port == "/dev/from-file");
    CHECK(settings.sink.link.polling.burst == 5);
    CHECK(resolve({"-i", "6"}, environment).sink_id == 6);

    std::ofstream(path) << "sink_id: 4\nuart_prot: /dev/typo\n";
    const std::string typo = refusal({}, environment);
    CHECK(typo.find(path.string() + ":2 uart_prot") != std::string::npos);
    CHECK(typo.find("uart_port") != std::string::npos);
    std::filesystem::remove(path);
    CHECK(refusal({}, environment).find("cannot read the settings file") != std::string::npos);
}

TEST_CASE("nonsense is refused with its name, its value and what is accepted", "[settings]")
{
    CHECK(refusal({"-i", "10"}) == "-i: '10' is not accepted: give a whole number from 0 to 9");
    CHECK(
        refusal({}, {{"WM_GW_SINK_DOWNLINK_LIMIT", "many"}}) ==
        "WM_GW_SINK_DOWNLINK_LIMIT: 'many' is not accepted: give a whole number from 0 to 16");
    CHECK(refusal({"--bautrate", "1"}).find("did you mean --baudrate?") != std::string::npos);
    CHECK(refusal({"-p"}).find("needs a value") != std::string::npos);
    CHECK(refusal({"-p", ""}).find("uart_port is empty") != std::string::npos);
}

TEST_CASE("the example file mentions every setting with its default", "[settings]")
{
    std::ifstream example(FIXTURES "/../../sink-service/service/settings.example.yml");
    REQUIRE(example);
    // Settings stand behind "#" alone, prose behind "# ".
    const auto path = std::filesystem::temp_directory_path() /
                      ("sink-settings-example-" + std::to_string(getpid()) + ".yml");
    {
        std::ofstream enabled(path);
        for (std::string line; std::getline(example, line);)
            enabled << (line.starts_with('#') && !line.starts_with("# ") ? line.substr(1) : line) << '\n';
    }
    gateway::SettingsInput input;
    input.arguments = {"--settings", path.string()};
    input.environment = [](const char*) { return std::nullopt; };
    const gateway::Settings made(setting_rows(), input);
    std::filesystem::remove(path);
    for (const gateway::SettingRow& row : setting_rows()) {
        if (row.key == "settings")
            continue;
        CAPTURE(row.key);
        CHECK(made.source(row.key) == gateway::SettingSource::file);
        CHECK(made.text(row.key) == row.default_value);
    }
}
