// sinks, nodes and layout.
#include "simulator/scenario/layout.hpp"
#include "simulator/scenario/reading.hpp"

#include "gateway/scratchpad_file.hpp"

#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace simulator::scenario {
namespace {

using namespace simulator::mesh;

constexpr std::size_t most_sinks = 1000;
constexpr std::size_t most_nodes = 1'000'000;

std::uint16_t model_of(const Value& name, const Names& names)
{
    const auto found = names.models.find(name.text());
    if (found == names.models.end())
        name.complain(fmt::format("there is no model '{}'", name.text()));
    return found->second;
}

SinkIndex sink_of(const Value& name, const Names& names)
{
    const auto found = names.sinks.find(name.text());
    if (found == names.sinks.end())
        name.complain(fmt::format("there is no sink '{}'", name.text()));
    return found->second;
}

/// {length: 8176, crc: 0x23F1, sequence: 41, version: 5.1.0.80}
Origin read_origin(const Value& value)
{
    Fields fields(value);
    Origin origin;
    fields.number("length", origin.length, 0, UINT32_MAX);
    fields.number("crc", origin.crc, 0, UINT16_MAX);
    fields.number("sequence", origin.sequence, 0, UINT8_MAX);
    fields.read("version", origin.version, [](const Value& version) { return version.version(); });
    fields.finish();
    return origin;
}

void read_lock(const Value& value, NodeSetup& into)
{
    Fields fields(value);
    if (const auto key = fields.find("key"))
        std::ranges::copy(key->octets(into.lock_key.size()), into.lock_key.begin());
    fields.number("bits", into.lock_bits, 0, UINT32_MAX);
    fields.finish();
}

/// What nodes and sinks have in common.
void read_state(Fields& fields, Names& names, NodeSetup& into)
{
    if (const auto stored = fields.find("stored"))
        into.stored = read_stored(*stored, names);
    if (const auto origin = fields.find("stack_from"))
        into.stack = read_origin(*origin);
    if (const auto origin = fields.find("application_from"))
        into.application = read_origin(*origin);
    if (const auto lock = fields.find("lock"))
        read_lock(*lock, into);
}

std::string gateway_of(const std::string& sink)
{
    const auto slash = sink.find('/');
    return slash == std::string::npos ? "" : sink.substr(0, slash);
}

/// Sinks that name no model are of this one.
std::uint16_t default_sink_model(const Names& names, std::vector<Model>& models)
{
    Model model;
    model.name = "sink";
    model.kind = NodeKind::sink;
    model.bootloader.areas = {{model.stack_area, 1'000'000}};
    if (!names.keys.empty())
        model.bootloader.keys = {names.keys.front()};
    models.push_back(std::move(model));
    return static_cast<std::uint16_t>(models.size() - 1);
}

/// One without a model of its own takes every scratchpad, as the simulator's sink does without a mesh.
SinkDevice make_device(const Scenario& scenario, const NodeSetup& node, Fields& fields)
{
    const Model& model = scenario.setup.models[node.model];
    const BootloaderTiming& timing = scenario.setup.parameters.bootloader;
    SinkDevice device;
    Profile& profile = device.profile;
    profile.time_factor = scenario.time_factor > 0 ? scenario.time_factor : 1;
    const auto of_device = [&](Time time) {
        constexpr Milliseconds shortest{50};
        return std::max(
            shortest, std::chrono::duration_cast<Milliseconds>(scaled(time, 1 / profile.time_factor)));
    };
    profile.firmware = model.stack;
    profile.max_scratchpad_size = model.capacity;
    profile.stack_area = model.stack_area;
    if (fields.find("model"))
        profile.bootloader = std::make_shared<const BootloaderDevice>(model.bootloader);
    profile.reboot_time = of_device(timing.boot);
    profile.processing_time = of_device(timing.base);
    profile.own_processing_delay = of_device(profile.own_processing_delay);
    profile.mtu = static_cast<std::uint8_t>(std::min<int>(scenario.setup.parameters.remote.mtu, 180));
    fields.number("api_version", profile.api_version, 1, UINT8_MAX);

    Persistent& settings = device.settings;
    settings.node_address = node.address;
    settings.network_address = scenario.setup.parameters.network;
    settings.channel = std::uint8_t{5};
    if (const auto channel = fields.find("channel"))
        settings.channel =
            static_cast<std::uint8_t>(channel->number(profile.lowest_channel, profile.highest_channel));
    settings.role = model.role();
    bool stopped = false;
    fields.flag("stopped", stopped);
    settings.autostart = !stopped;
    settings.stored = {
        node.stored.image, node.stored.crc, node.stored.sequence, node.stored.type, node.stored.status};
    settings.processed = {
        node.stack.length, node.stack.crc, node.stack.sequence,
        node.stack.length != 0 ? model.stack_area : 0};
    if (node.lock_key != gateway::remote_api::no_lock_key)
        settings.lock_key = node.lock_key;
    settings.lock_bits = node.lock_bits;
    return device;
}

void add_address(Names& names, std::uint32_t address, NodeIndex index, const Value& where)
{
    if (!names.nodes.emplace(address, index).second)
        where.complain(fmt::format("the address {} is there twice", address));
}

/// The addresses of a group of nodes.
std::vector<std::uint32_t> read_addresses(Fields& fields)
{
    std::vector<std::uint32_t> addresses;
    if (const auto given = fields.find("address"))
        for (const Value& each : given->list())
            addresses.push_back(each.address());
    const auto count = fields.find("count");
    const auto first = fields.find("first_address");
    if (addresses.empty() == !(count && first) || (count.has_value() != first.has_value()))
        fields.map().complain("give either 'address' (one or a list), or 'count' and 'first_address'");
    if (!count)
        return addresses;
    const auto number = static_cast<std::uint32_t>(count->number(1, most_nodes));
    const std::uint32_t from = first->address();
    if (from + number < from || !gateway::is_unicast(from + number - 1))
        first->complain("the addresses from here on are not all possible");
    for (std::uint32_t i = 0; i < number; ++i)
        addresses.push_back(from + i);
    return addresses;
}

struct Placing {
    std::vector<std::size_t> tree_of; ///< of each node
    std::vector<Link> links;          ///< that are named
};

void read_group(const Value& value, Names& names, Scenario& into, Placing& placing)
{
    Fields fields(value);
    NodeSetup node;
    node.model = model_of(fields.need("model"), names);
    if (into.setup.models[node.model].kind == NodeKind::sink)
        value.complain("this is a model of sinks");
    read_state(fields, names, node);
    fields.flag("powered", node.powered);
    std::optional<std::size_t> sink;
    if (const auto name = fields.find("sink"))
        sink = sink_of(*name, names);
    const auto router = fields.find("router");
    const bool control = into.setup.models[node.model].kind == NodeKind::control;
    if (control != router.has_value())
        value.complain("'router' is for control nodes, and they need one");
    const auto addresses = read_addresses(fields);
    fields.finish();
    if (into.setup.nodes.size() + addresses.size() > most_nodes)
        value.complain(fmt::format("more than {} nodes", most_nodes));
    for (const std::uint32_t address : addresses) {
        const auto index = static_cast<NodeIndex>(into.setup.sinks.size() + into.setup.nodes.size());
        add_address(names, address, index, value);
        if (router) {
            const auto found = names.nodes.find(router->address());
            if (found == names.nodes.end())
                router->complain("there is no such node before this one");
            placing.links.emplace_back(index, found->second);
        }
        // Control nodes stand outside of the layout.
        placing.tree_of.push_back(
            control ? SIZE_MAX : sink.value_or(into.setup.nodes.size() % into.setup.sinks.size()));
        node.address = address;
        into.setup.nodes.push_back(node);
    }
}

NodeIndex node_at(const Value& address, const Names& names)
{
    const auto found = names.nodes.find(static_cast<std::uint32_t>(address.number(0, UINT32_MAX)));
    if (found == names.nodes.end())
        address.complain(fmt::format("nobody has the address {}", address.text()));
    return found->second;
}

void read_links(const Value& value, const Names& names, std::vector<Link>& into)
{
    for (const Value& each : value.list()) {
        const auto ends = each.list();
        if (ends.size() != 2)
            each.complain("a link is a pair of addresses, such as [1, 101]");
        into.emplace_back(node_at(ends[0], names), node_at(ends[1], names));
    }
}

void read_layout(Fields& scenario, const Names& names, Scenario& into, Placing placing)
{
    const std::size_t sinks = into.setup.sinks.size();
    std::vector<Link> links = std::move(placing.links);
    const auto outside = [&](NodeIndex index) { // of the layout: control nodes
        return index >= sinks && placing.tree_of[index - sinks] == SIZE_MAX;
    };
    const auto add = [&](const std::vector<Link>& more) {
        for (const Link& link : more)
            if (!outside(link.first) && !outside(link.second))
                links.push_back(link);
    };
    const Random random(into.setup.parameters.seed);
    const auto value = scenario.find("layout");
    if (!value) {
        add(lay_out_tree({}, sinks, placing.tree_of, random));
    } else {
        Fields fields(*value);
        if (const auto tree = fields.find("tree")) {
            Fields of_tree(*tree);
            TreeLayout layout;
            of_tree.number("fan_out", layout.fan_out, 1, 10'000);
            of_tree.number("max_hops", layout.max_hops, 1, 200);
            of_tree.flag("second_parents", layout.second_parents);
            of_tree.finish();
            add(lay_out_tree(layout, sinks, placing.tree_of, random));
        }
        if (const auto grid = fields.find("grid")) {
            Fields of_grid(*grid);
            GridLayout layout;
            of_grid.number("width", layout.width, 1, 100'000);
            of_grid.read("range", layout.range, [](const Value& range) { return range.real(1, 50); });
            of_grid.finish();
            add(lay_out_grid(layout, sinks, into.setup.nodes.size()));
        }
        if (const auto named = fields.find("links"))
            read_links(*named, names, links);
        fields.finish();
    }
    into.setup.links = std::move(links);
}

} // namespace

mesh::Image Names::image(const Value& file)
{
    const std::string name = (folder / file.text()).string();
    mesh::Image& image = images[name];
    if (image)
        return image;
    std::ifstream input(name, std::ios::binary);
    if (!input)
        file.complain(fmt::format("cannot read {}", name));
    gateway::Bytes octets{std::istreambuf_iterator<char>(input), {}};
    if (octets.size() < gateway::scratchpad_min_size)
        file.complain(fmt::format("{} is too short for a scratchpad", name));
    image = std::make_shared<const gateway::Bytes>(std::move(octets));
    return image;
}

Stored read_stored(const Value& value, Names& names)
{
    Fields fields(value);
    Stored stored;
    stored.image = names.image(fields.need("file"));
    stored.crc = gateway::read_scratchpad_header(*stored.image).crc;
    stored.sequence = static_cast<std::uint8_t>(fields.need("sequence").number(0, UINT8_MAX));
    stored.status = stored_status::fresh;
    fields.number("status", stored.status, 0, UINT8_MAX);
    stored.type = stored.status == stored_status::fresh ? stored_type::present : stored_type::process;
    fields.finish();
    return stored;
}

void read_sinks(Fields& scenario, Names& names, Scenario& into)
{
    const Value all = scenario.need("sinks");
    const auto entries = all.entries();
    if (entries.empty() || entries.size() > most_sinks)
        all.complain(fmt::format("give 1 to {} sinks", most_sinks));
    std::optional<std::uint16_t> default_model;
    std::vector<std::pair<SinkIndex, Value>> hears;
    for (const auto& [name, value] : entries) {
        Fields fields(value);
        const auto index = static_cast<SinkIndex>(into.setup.sinks.size());
        SinkSetup sink;
        sink.name = name;
        sink.gateway = gateway_of(name);
        sink.node.address = fields.need("address").address();
        if (const auto model = fields.find("model"))
            sink.node.model = model_of(*model, names);
        else
            sink.node.model = default_model ? *default_model
                                            : *(default_model = default_sink_model(names, into.setup.models));
        if (into.setup.models[sink.node.model].kind != NodeKind::sink)
            value.complain("give a model of kind sink");
        read_state(fields, names, sink.node);
        if (const auto heard = fields.find("hears"))
            hears.emplace_back(index, *heard);
        into.sinks.push_back(make_device(into, sink.node, fields));
        fields.finish();
        names.sinks[name] = index;
        add_address(names, sink.node.address, index, value);
        into.setup.sinks.push_back(std::move(sink));
    }
    for (const auto& [index, value] : hears)
        for (const Value& each : value.list())
            into.setup.sinks[index].hears.push_back(sink_of(each, names));
}

void read_nodes(Fields& scenario, Names& names, Scenario& into)
{
    Placing placing;
    for (const Value& group : scenario.need("nodes").list())
        read_group(group, names, into, placing);
    read_layout(scenario, names, into, std::move(placing));
}

} // namespace simulator::scenario
