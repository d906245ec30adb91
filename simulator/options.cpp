#include "simulator/options.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>

namespace simulator {
namespace {

constexpr int exit_bad_arguments = 2;
constexpr std::uint32_t default_node_address = 0x00A0B0C0;
constexpr std::uint32_t default_network_address = 0x00123456;
constexpr std::uint8_t default_channel = 10;
constexpr std::uint8_t default_role = gateway::role::sink;
constexpr std::uint32_t most_milliseconds = 600'000;

/// What is read before it is checked against other options.
struct Raw {
    std::uint32_t node_address = default_node_address;
    std::uint32_t network_address = default_network_address;
    std::uint32_t channel = default_channel;
    std::uint32_t role = default_role;
    std::uint32_t mtu = 102;
    std::uint32_t api_version = 21;
    std::string uplink_rate = "0";
    std::string time_factor;
    bool blank = false;
    bool start = false;
};

CLI::Option* add_milliseconds(
    CLI::App& app, const std::string& name, Milliseconds& value, const std::string& help)
{
    return app
        .add_option_function<std::uint32_t>(
            name, [&value](std::uint32_t number) { value = Milliseconds{number}; }, help)
        ->check(CLI::Range(0U, most_milliseconds))
        ->type_name("MS")
        ->default_str(std::to_string(value.count()));
}

void check_settings(const Raw& raw, const Profile& profile)
{
    static constexpr std::array<std::uint32_t, 10> roles = {0x01, 0x02, 0x03, 0x11, 0x12,
                                                            0x13, 0x82, 0x83, 0x92, 0x93};
    if (!gateway::is_unicast(raw.node_address))
        throw CLI::ValidationError("--node-address", "not a node address: give a unicast one");
    if (!gateway::is_network_address(raw.network_address))
        throw CLI::ValidationError("--network-address", "give 1 to 0xFFFFFE");
    if (raw.channel < profile.lowest_channel || raw.channel > profile.highest_channel)
        throw CLI::ValidationError(
            "--network-channel",
            fmt::format("give {} to {}", profile.lowest_channel, profile.highest_channel));
    if (std::ranges::find(roles, raw.role) == roles.end())
        throw CLI::ValidationError("--role", "not a role: give 1 (sink) or 0x11 (low-latency sink)");
}

void read_uplink_rate(const std::string& text, UplinkPlan& plan)
{
    if (text == "max") {
        plan.as_many_as_polled = true;
        return;
    }
    constexpr double most = 100'000;
    double rate = 0;
    if (!CLI::detail::lexical_cast(text, rate) || !(rate >= 0 && rate <= most))
        throw CLI::ValidationError("--uplink-rate", "give 0 to 100000 packets per second, or 'max'");
    plan.packets_per_second = rate;
}

void read_time_factor(const std::string& text, std::optional<double>& into)
{
    if (text.empty())
        return;
    constexpr double most = 100'000;
    double factor = 0;
    if (text != "max" && (!CLI::detail::lexical_cast(text, factor) || !(factor > 0 && factor <= most)))
        throw CLI::ValidationError("--time-factor", "give a number up to 100000, or 'max'");
    into = factor;
}

void complete(Options& options, const Raw& raw)
{
    read_time_factor(raw.time_factor, options.time_factor);
    options.profile.mtu = static_cast<std::uint8_t>(raw.mtu);
    options.profile.api_version = static_cast<std::uint16_t>(raw.api_version);
    read_uplink_rate(raw.uplink_rate, options.uplink);
    if (!raw.blank && options.scenario.empty()) {
        check_settings(raw, options.profile);
        options.settings.node_address = raw.node_address;
        options.settings.network_address = raw.network_address;
        options.settings.channel = static_cast<std::uint8_t>(raw.channel);
        options.settings.role = static_cast<std::uint8_t>(raw.role);
    }
    options.settings.autostart = raw.start;
}

} // namespace

std::variant<Options, int> read_options(int argc, const char* const* argv)
{
    Options options;
    Raw raw;
    CLI::App app{"A simulated Wirepas sink on a pseudo terminal, speaking the dual-MCU API."};
    app.set_version_flag("--version", GATEWAY_BUILD_VERSION);

    app.add_option("--link", options.link, "symbolic link to make to the pty")->type_name("PATH");
    app.add_option("--state", options.state_file, "file that keeps settings and scratchpad between runs")
        ->type_name("FILE");
    app.add_option("--control", options.control_socket, "Unix socket for commands (docs/simulator.md)")
        ->type_name("PATH");

    auto* scenario =
        app.add_option("--scenario", options.scenario, "mesh behind one or several sinks (docs/mesh.md)")
            ->type_name("FILE")
            ->check(CLI::ExistingFile);
    app.add_option(
           "--time-factor", raw.time_factor, "how much faster the mesh lives; 'max': by commands alone")
        ->type_name("N")
        ->needs(scenario);

    auto* node = app.add_option("--node-address", raw.node_address, "address of the sink");
    auto* network = app.add_option("--network-address", raw.network_address, "address of its network");
    auto* channel = app.add_option("--network-channel", raw.channel, "channel of its network");
    auto* role = app.add_option("--role", raw.role, "role, such as 1 or 0x11");
    for (CLI::Option* option : {node, network, channel, role})
        option->type_name("N")->capture_default_str();
    auto* blank = app.add_flag("--blank", raw.blank, "a factory-fresh device with nothing set");
    auto* start = app.add_flag("--start", raw.start, "boot with the stack running");
    for (CLI::Option* option : {node, network, channel, role, start})
        blank->excludes(option);

    auto* api = app.add_option("--api-version", raw.api_version, "mesh API version")
                    ->check(CLI::Range(1, 255))
                    ->type_name("N")
                    ->capture_default_str();
    auto* mtu = app.add_option("--mtu", raw.mtu, "largest packet without fragments, octets")
                    ->check(CLI::Range(16, 180))
                    ->type_name("OCTETS")
                    ->capture_default_str();

    app.add_option("--uplink-rate", raw.uplink_rate, "packets per second from the mesh, or 'max'")
        ->type_name("N")
        ->capture_default_str();
    app.add_option(
           "--uplink-size", options.uplink.octets, "octets of each packet, the running number included")
        ->check(CLI::Range(4, 1500))
        ->type_name("OCTETS")
        ->capture_default_str();
    app.add_option("--uplink-count", options.uplink.count, "stop after so many packets")->type_name("N");

    app.add_option("--baud", options.line.baud, "pace both directions to this rate; 0: not at all")
        ->check(CLI::Range(0, 4'000'000))
        ->type_name("N")
        ->capture_default_str();
    app.add_flag(
        "--exact-line", options.exact_line,
        "never sleep while octets are on the line: exact to microseconds, for the price of a core");
    app.add_option("--accept-baud", options.accept_baud, "hear the host only at this rate; 0: at any")
        ->type_name("N")
        ->capture_default_str();

    Profile& profile = options.profile;
    auto* reboot = add_milliseconds(app, "--reboot-ms", profile.reboot_time, "time of a reboot");
    auto* processing = add_milliseconds(
        app, "--processing-ms", profile.processing_time, "added when a scratchpad is processed");
    auto* erase =
        add_milliseconds(app, "--erase-ms", profile.erase_time, "time of SCRATCHPAD_START and CLEAR");
    auto* transmit =
        add_milliseconds(app, "--transmit-ms", profile.transmit_time, "time of one packet on the radio");
    auto* own_processing = add_milliseconds(
        app, "--own-processing-ms", profile.own_processing_delay, "until target action 2 reboots the sink");
    for (CLI::Option* option :
         {node, network, channel, role, start, blank, api, mtu, reboot, processing, erase, transmit,
          own_processing})
        scenario->excludes(option); // it says itself what its sinks are
    app.add_option("--seed", options.seed, "of random faults")->type_name("N")->capture_default_str();

    try {
        app.parse(argc, argv);
        complete(options, raw);
    } catch (const CLI::Success& success) { // --help, --version
        return app.exit(success);
    } catch (const CLI::Error& error) {
        std::fputs(fmt::format("wirepas-sink-simulator: {}; see --help\n", error.what()).c_str(), stderr);
        return exit_bad_arguments;
    }
    return options;
}

} // namespace simulator
