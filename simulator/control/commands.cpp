#include "simulator/control/commands.hpp"

#include "simulator/control/fields.hpp"
#include "simulator/control/state_json.hpp"
#include "simulator/sink/attribute_table.hpp"
#include "simulator/sink/operations.hpp"

#include <fmt/format.h>

namespace simulator {
namespace {

using nlohmann::json;

constexpr std::int64_t u8_max = UINT8_MAX;
constexpr std::int64_t u16_max = UINT16_MAX;
constexpr std::int64_t u32_max = UINT32_MAX;
constexpr std::int64_t longest_milliseconds = 86'400'000;

struct Context {
    Device& device;
    Cable& cable;
    Now now;
};

/// Adds to the answer; throws CommandError before it has changed anything.
using Command = void (*)(Context&, Fields&, json& answer);

template<typename T>
struct Word {
    std::string_view word;
    T value;
};

constexpr std::array kinds = {
    Word{"flip", FaultKind::flip},
    Word{"drop", FaultKind::drop},
    Word{"truncate", FaultKind::truncate},
    Word{"duplicate", FaultKind::duplicate},
    Word{"delay", FaultKind::delay},
    Word{"stall", FaultKind::stall},
    Word{"wrong-frame-id", FaultKind::wrong_frame_id},
    Word{"garbage", FaultKind::garbage},
    Word{"reboot-before", FaultKind::reboot_before},
    Word{"reboot-after", FaultKind::reboot_after},
};

constexpr std::array frame_classes = {
    Word{"any", FrameClass::any},
    Word{"request", FrameClass::request},
    Word{"response", FrameClass::response},
    Word{"confirm", FrameClass::confirm},
    Word{"indication", FrameClass::indication},
};

template<typename Table>
auto meaning(const Table& table, const std::string& field, const std::string& word)
{
    using Entry = typename Table::value_type;
    const auto found = std::ranges::find(table, word, &Entry::word);
    if (found != table.end())
        return found->value;
    std::string accepted;
    for (const Entry& entry : table)
        accepted += fmt::format("{}{}", accepted.empty() ? "" : ", ", entry.word);
    throw CommandError(fmt::format("\"{}\" must be one of {}", field, accepted));
}

std::optional<Milliseconds> milliseconds(Fields& fields)
{
    const auto number = fields.number("ms", 0, longest_milliseconds);
    return number ? std::optional(Milliseconds{*number}) : std::nullopt;
}

void add_fault(Context& context, Fields& fields, json& /*answer*/)
{
    FaultRule rule;
    rule.kind = meaning(kinds, "kind", fields.text("kind").value_or(""));
    rule.frames = meaning(frame_classes, "frames", fields.text("frames").value_or("any"));
    if (const auto primitive = fields.number("primitive", 0, u8_max))
        rule.primitive = static_cast<std::uint8_t>(*primitive);
    rule.skip = fields.number_or<std::uint64_t>("skip", 0, 0, u32_max);
    rule.count = fields.number_or<std::uint64_t>("count", 1, 0, u32_max);
    rule.probability = fields.fraction("probability").value_or(1);
    rule.duration = milliseconds(fields).value_or(Milliseconds{0});
    rule.octets = fields.number_or<std::size_t>("octets", 0, 0, u16_max);
    fields.finish();
    context.device.faults().add(rule);
}

void clear_faults(Context& context, Fields& fields, json& /*answer*/)
{
    fields.finish();
    context.device.faults().clear();
}

void be_silent(Context& context, Fields& fields, json& /*answer*/)
{
    const auto duration = milliseconds(fields);
    fields.finish();
    context.device.be_silent(duration, context.now);
}

void speak(Context& context, Fields& fields, json& /*answer*/)
{
    fields.finish();
    context.device.speak();
}

void send_octets(Context& context, Fields& fields, json& /*answer*/)
{
    auto octets = fields.octets("hex");
    const auto random = fields.number("random", 1, u16_max);
    fields.finish();
    if (octets.has_value() == random.has_value())
        throw CommandError("give either \"hex\" or \"random\"");
    if (random)
        octets = context.device.faults().garbage(static_cast<std::size_t>(*random));
    context.device.send_raw(std::move(*octets), context.now);
}

void reboot(Context& context, Fields& fields, json& /*answer*/)
{
    fields.finish();
    context.device.reboot(context.now);
}

void unplug(Context& context, Fields& fields, json& /*answer*/)
{
    const auto duration = milliseconds(fields);
    const auto link = fields.text("link");
    fields.finish();
    context.cable.plugged = false;
    context.cable.plugged_again = duration ? std::optional(context.now + *duration) : std::nullopt;
    if (link)
        context.cable.link = *link;
}

void replug(Context& context, Fields& fields, json& /*answer*/)
{
    const auto link = fields.text("link");
    fields.finish();
    if (link)
        context.cable.link = *link;
    context.cable.plugged_again = context.now;
}

dual_mcu::Neighbour neighbour_from(const json& object)
{
    Fields fields(object);
    dual_mcu::Neighbour neighbour;
    neighbour.address = fields.number_or<std::uint32_t>("address", 0, 0, u32_max);
    neighbour.link_reliability = fields.number_or<std::uint8_t>("link_reliability", 255, 0, u8_max);
    neighbour.normalised_rssi = fields.number_or<std::int8_t>("normalised_rssi", 60, INT8_MIN, INT8_MAX);
    neighbour.cost = fields.number_or<std::uint8_t>("cost", 1, 0, u8_max);
    neighbour.channel = fields.number_or<std::uint8_t>("channel", 1, 0, u8_max);
    neighbour.type = fields.number_or<std::uint8_t>("type", 0, 0, u8_max);
    neighbour.tx_power = fields.number_or<std::int8_t>("tx_power", 8, INT8_MIN, INT8_MAX);
    neighbour.rx_power = fields.number_or<std::int8_t>("rx_power", -70, INT8_MIN, INT8_MAX);
    neighbour.age = fields.number_or<std::uint16_t>("age", 0, 0, u16_max);
    fields.finish();
    return neighbour;
}

void set_circumstances(Context& context, Fields& fields, json& /*answer*/)
{
    Circumstances around = context.device.sink().circumstances();
    around.out_of_memory = fields.flag("out_of_memory").value_or(around.out_of_memory);
    around.storage_fails = fields.flag("storage_fails").value_or(around.storage_fails);
    around.downlink_dropped = fields.flag("downlink_dropped").value_or(around.downlink_dropped);
    around.neighbours_unavailable =
        fields.flag("neighbours_unavailable").value_or(around.neighbours_unavailable);
    around.scratchpad_damaged = fields.flag("scratchpad_damaged").value_or(around.scratchpad_damaged);
    around.install_quality.quality =
        fields.number_or<std::uint8_t>("install_quality", around.install_quality.quality, 0, u8_max);
    around.install_quality.errors =
        fields.number_or<std::uint8_t>("install_errors", around.install_quality.errors, 0, u8_max);
    if (const json* neighbours = fields.any("neighbours")) {
        if (!neighbours->is_array())
            throw CommandError("\"neighbours\" must be an array");
        around.neighbours.clear();
        for (const json& neighbour : *neighbours)
            around.neighbours.push_back(neighbour_from(neighbour));
    }
    fields.finish();
    context.device.sink().circumstances() = std::move(around);
}

void inject_uplink(Context& context, Fields& fields, json& answer)
{
    UplinkPacket packet;
    packet.source = fields.number_or<std::uint32_t>("source", 1001, 0, u32_max);
    packet.source_endpoint = fields.number_or<std::uint8_t>("source_endpoint", 1, 0, u8_max);
    packet.destination =
        fields.number_or<std::uint32_t>("destination", gateway::any_sink_address, 0, u32_max);
    packet.destination_endpoint = fields.number_or<std::uint8_t>("destination_endpoint", 1, 0, u8_max);
    packet.qos = fields.number_or<std::uint8_t>("qos", 0, 0, 3);
    packet.hop_count = fields.number_or<std::uint8_t>("hop_count", 1, 0, u8_max);
    packet.travel_time = fields.number_or<std::uint32_t>("travel_time", 0, 0, u32_max);
    const auto count = fields.number_or<std::uint32_t>("count", 1, 1, 100'000);
    auto payload = fields.octets("payload");
    fields.finish();
    if (!payload || payload->empty() || payload->size() > gateway::max_packet_size)
        throw CommandError(
            fmt::format("\"payload\" must be 1 to {} octets in hexadecimal", gateway::max_packet_size));
    packet.payload = std::move(*payload);
    std::uint32_t accepted = 0;
    for (std::uint32_t i = 0; i < count; ++i)
        accepted += context.device.sink().received_from_mesh(packet, context.now) ? 1 : 0;
    answer["accepted"] = accepted;
}

/// An attribute's octets: a number is little-endian in the attribute's size.
gateway::Bytes attribute_octets(const dual_mcu::Attribute& attribute, const json& value)
{
    const json object = {{"value", value}};
    Fields fields(object);
    if (value.is_string() && !value.get_ref<const std::string&>().starts_with("0x"))
        return *fields.octets("value");
    const auto number = static_cast<std::uint64_t>(*fields.number("value", 0, u32_max));
    gateway::Bytes octets;
    for (std::size_t i = 0; i < attribute.min_size; ++i)
        octets.push_back(i < sizeof number ? static_cast<std::uint8_t>(number >> (8 * i)) : 0);
    return octets;
}

/// As the Remote API does: whatever the stack is doing, and past the feature lock.
void set_attributes(Context& context, Fields& fields, json& /*answer*/)
{
    const json* attributes = fields.any("attributes");
    fields.finish();
    if (attributes == nullptr || !attributes->is_object())
        throw CommandError("give \"attributes\": an object of names and values");
    SinkState& state = context.device.sink().mutable_state();
    std::vector<std::pair<const AttributeRow*, gateway::Bytes>> changes;
    for (const auto& [name, value] : attributes->items()) {
        const auto all = dual_mcu::all_attributes();
        const auto found = std::ranges::find(all, name, &dual_mcu::Attribute::name);
        const AttributeRow* row =
            found == all.end() ? nullptr : find_attribute_row(state, found->access_point, found->id);
        if (row == nullptr || row->store == nullptr)
            throw CommandError(fmt::format("no attribute \"{}\" that can be written", name));
        gateway::Bytes octets = attribute_octets(*found, value);
        if (octets.size() < found->min_size || octets.size() > found->max_size ||
            !row->is_valid(state, octets))
            throw CommandError(fmt::format("not a value for \"{}\"", name));
        changes.emplace_back(row, std::move(octets));
    }
    for (const auto& [row, octets] : changes)
        row->store(state, octets);
}

/// As another sink of the network would distribute it.
void set_app_config(Context& context, Fields& fields, json& /*answer*/)
{
    SinkState& state = context.device.sink().mutable_state();
    dual_mcu::AppConfig config;
    config.diagnostics_interval = fields.number_or<std::uint16_t>("diagnostics_interval", 0, 0, u16_max);
    gateway::Bytes octets = fields.octets("octets").value_or(gateway::Bytes{});
    fields.finish();
    if (!is_diagnostics_interval(config.diagnostics_interval))
        throw CommandError("\"diagnostics_interval\" must be 0, 30, 60, 120, 300, 600 or 1800");
    if (octets.size() > state.app_config_octets())
        throw CommandError(fmt::format("\"octets\" must be at most {} octets", state.app_config_octets()));
    octets.resize(state.app_config_octets(), 0);
    config.octets.assign(octets);
    store_app_config(state, config, context.now);
}

void tell_state(Context& context, Fields& fields, json& answer)
{
    fields.finish();
    answer.update(state_json(context.device, context.now));
    answer.update(mesh_json(context.device.sink().take_for_mesh()));
    answer["plugged"] = context.cable.plugged;
}

constexpr std::array commands = {
    Word<Command>{"fault", add_fault},
    Word<Command>{"clear-faults", clear_faults},
    Word<Command>{"silence", be_silent},
    Word<Command>{"speak", speak},
    Word<Command>{"send", send_octets},
    Word<Command>{"reboot", reboot},
    Word<Command>{"unplug", unplug},
    Word<Command>{"replug", replug},
    Word<Command>{"circumstances", set_circumstances},
    Word<Command>{"uplink", inject_uplink},
    Word<Command>{"set", set_attributes},
    Word<Command>{"app-config", set_app_config},
    Word<Command>{"state", tell_state},
};

} // namespace

json execute(Device& device, Cable& cable, const json& command, Now now)
{
    try {
        json answer = {{"ok", true}};
        Fields fields(command);
        Context context{device, cable, now};
        meaning(commands, "command", fields.text("command").value_or(""))(context, fields, answer);
        return answer;
    } catch (const std::exception& error) {
        return {{"ok", false}, {"error", error.what()}};
    }
}

std::string execute_line(Device& device, Cable& cable, std::string_view line, Now now)
{
    const json command = json::parse(line, nullptr, false);
    if (command.is_discarded())
        return json{{"ok", false}, {"error", "not JSON"}}.dump();
    return execute(device, cable, command, now).dump();
}

} // namespace simulator
