#include "tools/sinks/sinks_command.hpp"

#include "tools/local/check.hpp"
#include "tools/local/values.hpp"
#include "tools/sinks/configure.hpp"
#include "tools/sinks/look.hpp"

#include <fstream>
#include <iterator>
#include <memory>

namespace gateway::tools {
namespace {

/// An option whose text `parse` reads and `store` keeps. What is refused is wrong usage.
template<typename Parse, typename Store>
CLI::Option* add_value(
    CLI::App& command, const std::string& name, const std::string& help, const std::string& type, Parse parse,
    Store store)
{
    return command
        .add_option_function<std::string>(
            name, [parse, store](const std::string& text) { store(*parse(text)); }, help)
        ->type_name(type)
        ->check(local::accepted_by(parse));
}

auto number_within(std::uint64_t min, std::uint64_t max)
{
    return [min, max](const std::string& text) { return local::parse_number(text, min, max); };
}

local::Parsed<Bytes> parse_octets(const std::string& text)
{
    if (auto octets = from_hex(text))
        return *std::move(octets);
    return tl::unexpected(std::string("is not hexadecimal: give octets such as 01A2FF"));
}

Bytes file_contents(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void add_sink(CLI::App& command, std::string& sink)
{
    command.add_option("sink", sink, "which sink, such as sink0 or 0; not needed where there is one")
        ->type_name("SINK");
}

void add_list(CLI::App& sinks, Action& chosen)
{
    const auto options = std::make_shared<local::LocalOptions>();
    CLI::App* command = sinks.add_subcommand("list", "the sinks on the bus, one a line");
    add_local_options(*command, *options);
    command->footer("Example:\n  wirepas-gateway sinks list --json | jq '.[].node_address'\n");
    command->callback([options, &chosen] { chosen = [options] { return list_sinks(*options); }; });
}

struct OneSink {
    local::LocalOptions local;
    std::string sink;
};

void add_show(CLI::App& sinks, Action& chosen)
{
    const auto options = std::make_shared<OneSink>();
    CLI::App* command = sinks.add_subcommand("show", "everything that a sink tells about itself");
    add_sink(*command, options->sink);
    add_local_options(*command, options->local);
    command->footer("Example:\n  wirepas-gateway sinks show sink0\n");
    command->callback(
        [options, &chosen] { chosen = [options] { return show_sink(options->local, options->sink); }; });
}

void add_switch(CLI::App& sinks, Action& chosen, bool running)
{
    const auto options = std::make_shared<OneSink>();
    CLI::App* command = sinks.add_subcommand(
        running ? "start" : "stop",
        running ? "start the stack of a sink" : "stop the stack of a sink: it reboots and is off the air");
    add_sink(*command, options->sink);
    add_local_options(*command, options->local);
    command->footer(
        std::string("Example:\n  wirepas-gateway sinks ") + (running ? "start" : "stop") + " sink0\n");
    command->callback([options, running, &chosen] {
        chosen = [options, running] { return switch_stack(options->local, options->sink, running); };
    });
}

void add_wishes(CLI::App& command, SinkWishes& wishes)
{
    const auto keep = [](auto& place) {
        return [&place](auto value) {
            using Value = typename std::remove_reference_t<decltype(place)>::value_type;
            place = static_cast<Value>(value);
        };
    };
    add_value(
        command, "--role", "sink, router or non-router; ,low-latency and ,autorole behind it", "ROLE",
        local::parse_role, keep(wishes.node_role));
    add_value(
        command, "--address", "node address, decimal or 0x…", "ADDRESS", local::parse_node_address,
        keep(wishes.node_address));
    add_value(
        command, "--network", "network address, 1 to 0xFFFFFE", "ADDRESS", local::parse_network_address,
        keep(wishes.network_address));
    add_value(
        command, "--channel", "network channel", "NUMBER", number_within(1, 255),
        keep(wishes.network_channel));
    add_value(
        command, "--channel-map", "channels that may be used, as bits; old firmware only", "BITS",
        number_within(0, UINT32_MAX), keep(wishes.channel_map));
    add_value(
        command, "--access-cycle", "access cycle range such as 2000-8000, milliseconds", "MIN-MAX",
        local::parse_access_cycle, [&wishes](auto range) { wishes.access_cycle = range; });
    add_value(
        command, "--sink-cost", "0 to 254; the higher, the less traffic comes", "NUMBER",
        number_within(0, 254), keep(wishes.sink_cost));
    add_value(
        command, "--app-config-sequence", "0 to 255; not given: one more than now", "NUMBER",
        number_within(0, 255), keep(wishes.app_config_sequence));
    add_value(
        command, "--diagnostics", "diagnostics interval: 0, 30, 60, 120, 300, 600 or 1800", "SECONDS",
        number_within(0, 1800), keep(wishes.diagnostics_interval));
    CLI::Option* data = add_value(
        command, "--app-config", "data of the app config, hexadecimal", "HEX", parse_octets,
        [&wishes](Bytes octets) { wishes.app_config_data = std::move(octets); });
    command
        .add_option_function<std::string>(
            "--app-config-file",
            [&wishes](const std::string& path) { wishes.app_config_data = file_contents(path); },
            "the same from a file, its octets as they are")
        ->check(CLI::ExistingFile)
        ->excludes(data);
}

void add_configure(CLI::App& sinks, Action& chosen)
{
    const auto options = std::make_shared<ConfigureOptions>();
    CLI::App* command =
        sinks.add_subcommand("configure", "change settings of a sink; what is not given stays");
    add_sink(*command, options->sink);
    add_wishes(*command, options->wishes);
    CLI::Option* keys = command
                            ->add_option(
                                "--key-file", options->key_file,
                                "network keys: a file with `cipher: <32 hex digits>` and `authentication: "
                                "…`; -: asks for them")
                            ->type_name("FILE");
    command->add_flag("--clear-keys", options->wishes.clear_keys, "remove both network keys")->excludes(keys);
    command->add_flag(
        "--restart-stack", options->restart_stack,
        "agree that the stack is stopped and started again where a change needs it");
    command->add_flag("--dry-run", options->dry_run, "show what would change, and change nothing");
    add_local_options(*command, options->local);
    command->footer(
        "Examples:\n"
        "  wirepas-gateway sinks configure sink0 --role sink --address 1 --network 0x1A2B3C --channel 12 "
        "--restart-stack\n"
        "  wirepas-gateway sinks configure sink0 --key-file /etc/wirepas-gateway/keys --restart-stack\n");
    command->callback([options, &chosen] { chosen = [options] { return configure(*options); }; });
}

} // namespace

void register_sinks(CLI::App& program, Action& chosen)
{
    CLI::App* sinks = program.add_subcommand("sinks", "the sinks of this gateway, over D-Bus");
    sinks->require_subcommand(1);
    add_list(*sinks, chosen);
    add_show(*sinks, chosen);
    add_configure(*sinks, chosen);
    add_switch(*sinks, chosen, true);
    add_switch(*sinks, chosen, false);
}

} // namespace gateway::tools
