#include "tools/remote/remote_command.hpp"

#include "gateway/address.hpp"
#include "gateway/remote_api/attributes.hpp"
#include "gateway/remote_api/lock_state.hpp"
#include "tools/local/check.hpp"
#include "tools/local/values.hpp"
#include "tools/remote/remote.hpp"

#include <memory>

namespace gateway::tools {
namespace {

using OptionsPtr = std::shared_ptr<RemoteOptions>;
namespace request = remote_api::request;

constexpr int most_nodes = 10; ///< at once: their answers meet at one sink (spec, 12)

/// "all", or the address of a node.
local::Parsed<std::uint32_t> parse_destination(const std::string& text)
{
    if (text == "all" || text == "broadcast")
        return broadcast_address;
    return local::parse_node_address(text);
}

local::Parsed<remote_api::Attribute> parse_attribute(const std::string& text)
{
    if (const auto attribute = remote_api::attribute_from(text))
        return *attribute;
    std::string names;
    for (const remote_api::AttributeRow& row : remote_api::attribute_rows())
        names += (names.empty() ? "" : ", ") + std::string(row.name);
    return tl::unexpected("'" + text + "' is no attribute; give msap:ID, csap:ID, or one of: " + names);
}

/// A subcommand with all that they have in common; `prepare` fills in the requests.
CLI::App* add_question(
    CLI::App& group, Action& chosen, const std::string& name, const std::string& what,
    const OptionsPtr& options)
{
    CLI::App* const command = group.add_subcommand(name, what);
    command
        ->add_option_function<std::vector<std::string>>(
            "node",
            [options](const std::vector<std::string>& texts) {
                for (const std::string& text : texts)
                    options->question.destinations.push_back(*parse_destination(text));
            },
            "node addresses, decimal or 0x…; or all, which asks the whole network at once")
        ->type_name("NODE")
        ->required()
        ->expected(1, most_nodes)
        ->check(local::accepted_by(parse_destination));
    command->add_option("--sink", options->sink, "through this sink; not given: through every one")
        ->type_name("SINK");
    command
        ->add_option_function<std::uint32_t>(
            "--timeout",
            [options](std::uint32_t seconds) { options->timeout = std::chrono::seconds(seconds); },
            "how long to wait for answers; slow networks may need 1200")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 86'400))
        ->default_str("30");
    command->add_option("--count", options->count, "end when this many nodes have answered")->type_name("N");
    add_broker_options(*command, options->broker);
    add_local_options(*command, options->local);
    command->callback([options, &chosen] {
        const auto& nodes = options->question.destinations;
        if (nodes.size() > 1 && std::ranges::find(nodes, broadcast_address) != nodes.end())
            throw CLI::ValidationError("node", "all stands alone: it asks every node");
        chosen = [options] { return ask_nodes(*options); };
    });
    return command;
}

void add_ping(CLI::App& group, Action& chosen)
{
    const auto options = std::make_shared<RemoteOptions>();
    add_question(group, chosen, "ping", "is it there, and how long does an answer take?", options);
}

void add_status(CLI::App& group, Action& chosen)
{
    const auto options = std::make_shared<RemoteOptions>();
    options->question.requests = {request::ScratchpadStatus{}};
    options->question.takes_unasked = true;
    add_question(
        group, chosen, "status", "scratchpads: stored, processed, versions, target in force", options);
}

void add_attributes(CLI::App& group, Action& chosen)
{
    const auto options = std::make_shared<RemoteOptions>();
    CLI::App* const command =
        add_question(group, chosen, "attributes", "values of a node's attributes", options);
    command
        ->add_option_function<std::vector<std::string>>(
            "--read",
            [options](const std::vector<std::string>& texts) {
                for (const std::string& text : texts)
                    options->question.requests.emplace_back(request::ReadAttribute{*parse_attribute(text)});
            },
            "name (node-role), msap:ID or csap:ID; once for each")
        ->type_name("ATTRIBUTE")
        ->required()
        ->check(local::accepted_by(parse_attribute));
    command->footer(
        "Example:\n"
        "  wirepas-gateway remote attributes 1001 --read node-role --read firmware-major --read csap:22\n");
}

void add_lock(CLI::App& group, Action& chosen)
{
    const auto options = std::make_shared<RemoteOptions>();
    options->question.requests = remote_api::read_lock_state();
    add_question(group, chosen, "lock", "feature lock: bits, and whether a key is set", options);
}

} // namespace

void register_remote(CLI::App& program, Action& chosen)
{
    CLI::App* const group =
        program.add_subcommand("remote", "ask nodes over the mesh (Remote API): reads only");
    group->require_subcommand(1);
    add_ping(*group, chosen);
    add_status(*group, chosen);
    add_attributes(*group, chosen);
    add_lock(*group, chosen);
}

} // namespace gateway::tools
