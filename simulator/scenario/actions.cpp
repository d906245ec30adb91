#include "simulator/scenario/actions.hpp"

#include "gateway/target_and_action.hpp"
#include "simulator/scenario/reading.hpp"

#include <fmt/format.h>

namespace simulator::scenario {
namespace {

namespace action = mesh::action;
using mesh::Action;
using Actions = std::vector<Action>;

template<typename Kind>
void for_each_node(const Value& value, const Surroundings& around, Actions& into)
{
    for (const mesh::NodeIndex node : around.nodes(value))
        into.push_back(Kind{node});
}

mesh::NodeIndex one_node(const Value& value, const Surroundings& around)
{
    const auto nodes = around.nodes(value);
    if (nodes.size() != 1)
        value.complain("give one node");
    return nodes.front();
}

mesh::SinkIndex one_sink(const Value& value, const Surroundings& around)
{
    const mesh::NodeIndex node = one_node(value, around);
    if (!around.is_sink(node))
        value.complain("give a sink");
    return static_cast<mesh::SinkIndex>(node);
}

/// {node: 104, near: [101, 102]}; near nobody: out of reach.
void read_move(const Value& value, const Surroundings& around, Actions& into)
{
    Fields fields(value);
    action::Move move;
    const Value node = fields.need("node");
    move.node = one_node(node, around);
    if (around.is_sink(move.node))
        node.complain("sinks do not move");
    for (const Value& each : fields.need("near").list())
        for (const mesh::NodeIndex neighbour : around.nodes(each))
            move.neighbours.push_back(neighbour);
    fields.finish();
    into.emplace_back(std::move(move));
}

void read_store(const Value& value, const Surroundings& around, Actions& into)
{
    Fields fields(value);
    const auto nodes = around.nodes(fields.need("node"));
    const Value file = fields.need("file");
    const auto sequence = static_cast<std::uint8_t>(fields.need("sequence").number(0, UINT8_MAX));
    fields.finish();
    const mesh::Stored stored = around.stored(file, sequence);
    for (const mesh::NodeIndex node : nodes)
        into.emplace_back(action::Store{node, stored});
}

void read_lock(const Value& value, const Surroundings& around, Actions& into)
{
    Fields fields(value);
    action::Lock lock;
    const auto nodes = around.nodes(fields.need("node"));
    if (const auto key = fields.find("key"))
        std::ranges::copy(key->octets(lock.key.size()), lock.key.begin());
    fields.number("bits", lock.bits, 0, UINT32_MAX);
    fields.finish();
    for (const mesh::NodeIndex node : nodes) {
        lock.node = node;
        into.emplace_back(lock);
    }
}

void read_bootloader_status(const Value& value, const Surroundings& around, Actions& into)
{
    Fields fields(value);
    const auto nodes = around.nodes(fields.need("node"));
    const auto status = static_cast<std::uint8_t>(fields.need("status").number(1, 254));
    fields.finish();
    for (const mesh::NodeIndex node : nodes)
        into.emplace_back(action::BootloaderStatus{node, status});
}

void read_swap(const Value& value, const Surroundings& around, Actions& into)
{
    Fields fields(value);
    action::SwapSink swap;
    swap.sink = one_sink(fields.need("sink"), around);
    const Value address = fields.need("address");
    swap.address = address.address();
    const mesh::NodeIndex holder = around.holder(swap.address);
    if (holder != mesh::no_node && holder != swap.sink)
        address.complain("another node has this address");
    fields.finish();
    into.emplace_back(swap);
}

/// {sink: sink0, action: 3, sequence: 42, crc: 0x2D81, delay: 0x5E}
void read_target(const Value& value, const Surroundings& around, Actions& into)
{
    constexpr std::int64_t legacy = 4;
    Fields fields(value);
    action::SetTarget target;
    target.sink = one_sink(fields.need("sink"), around);
    target.target.action = static_cast<std::uint8_t>(fields.need("action").number(0, legacy));
    fields.number("sequence", target.target.sequence, 0, UINT8_MAX);
    fields.number("crc", target.target.crc, 0, UINT16_MAX);
    fields.number("delay", target.target.parameter, 0, UINT8_MAX);
    fields.finish();
    into.emplace_back(target);
}

void read_one(const std::string& name, const Value& value, const Surroundings& around, Actions& into)
{
    if (name == "power_off")
        for_each_node<action::PowerOff>(value, around, into);
    else if (name == "power_on")
        for_each_node<action::PowerOn>(value, around, into);
    else if (name == "restart")
        for_each_node<action::Restart>(value, around, into);
    else if (name == "clear")
        for (const mesh::NodeIndex node : around.nodes(value))
            into.emplace_back(action::Store{node, {}});
    else if (name == "damage")
        for_each_node<action::Damage>(value, around, into);
    else if (name == "move")
        read_move(value, around, into);
    else if (name == "store")
        read_store(value, around, into);
    else if (name == "lock")
        read_lock(value, around, into);
    else if (name == "bootloader_status")
        read_bootloader_status(value, around, into);
    else if (name == "swap_sink")
        read_swap(value, around, into);
    else if (name == "set_target")
        read_target(value, around, into);
    else if (name == "tell")
        into.emplace_back(action::Tell{value.text()});
    else if (name == "radio")
        into.emplace_back(action::SetRadio{read_radio(value)});
    else
        value.complain(fmt::format(
            "there is no action '{}'; there are bootloader_status, clear, damage, lock, move, power_off, "
            "power_on, radio, restart, set_target, store, swap_sink, tell",
            name));
}

} // namespace

std::vector<Action> read_actions(const Value& value, const Surroundings& around)
{
    Actions actions;
    for (const Value& each : value.list())
        for (const auto& [name, what] : each.entries())
            read_one(name, what, around, actions);
    if (actions.empty())
        value.complain("give an action, such as {restart: 101}");
    return actions;
}

} // namespace simulator::scenario
