#include "simulator/mesh/attributes.hpp"

#include "gateway/remote_api/attributes.hpp"
#include "simulator/mesh/operations.hpp"
#include "simulator/sink/ticks.hpp"

#include <algorithm>

namespace simulator::mesh {
namespace {

namespace api = gateway::remote_api;
using api::Attribute;
using api::AttributeSet;
using api::ErrorType;

constexpr Attribute network_address{AttributeSet::csap, 2};
constexpr Attribute network_channel{AttributeSet::csap, 3};
constexpr Attribute offline_scan{AttributeSet::csap, 20};
constexpr Attribute access_cycle_range{AttributeSet::msap, 9};

/// Little-endian, in as many octets as the attribute has.
gateway::Bytes number(std::uint64_t value, std::size_t octets)
{
    gateway::Bytes bytes;
    for (std::size_t i = 0; i < octets; ++i)
        bytes.push_back(static_cast<std::uint8_t>(i < sizeof value ? value >> (8 * i) : 0));
    return bytes;
}

std::uint32_t as_number(gateway::ByteView octets)
{
    gateway::Reader reader(octets);
    return octets.size() >= 4   ? reader.u32()
           : octets.size() == 3 ? reader.u24()
           : octets.size() == 2 ? reader.u16()
                                : reader.u8();
}

/// What firmware of this age calls its mesh API.
std::uint16_t api_version(const gateway::FirmwareVersion& stack)
{
    constexpr std::uint16_t of_targets = 15;
    constexpr std::uint16_t newest = 21;
    if (!knows_targets(stack))
        return of_targets - 2;
    return static_cast<std::uint16_t>(
        std::min<unsigned>(of_targets + (stack[0] > 5 ? 4U : stack[1]), newest));
}

std::uint32_t access_cycles(const Model& model)
{
    const auto ms = static_cast<std::uint32_t>(model.access_cycle.count() / 1000);
    return ms << 16 | ms;
}

gateway::Bytes msap_value(const State& state, const Node& node, std::uint16_t id, std::size_t octets)
{
    const Model& model = state.model_of(node);
    constexpr std::uint64_t packet_buffers = 16;
    constexpr std::uint64_t limits = std::uint64_t{8000} << 16 | 2000;
    switch (id) {
    case 3:
        return number(packet_buffers, octets);
    case 6:
        return number(1, octets); // it started by itself
    case 7:
        return number(node.has_route() ? 1 : 0, octets);
    case 8:
        return number(static_cast<std::uint64_t>(to_ticks(state.now)), octets);
    case 9:
        return number(access_cycles(model), octets);
    case 10:
        return number(limits, octets);
    case 11:
        return number(model.low_latency ? 0 : access_cycles(model) & 0xFFFF, octets);
    case 12:
        return number(dual_mcu::max_scratchpad_block, octets);
    case 14:
        return number(node.stored.size(), octets);
    default:
        return number(0, octets); // stack status, usage of buffers, groups
    }
}

gateway::Bytes csap_value(const State& state, const Node& node, std::uint16_t id, std::size_t octets)
{
    const Model& model = state.model_of(node);
    const Extras none;
    const Extras& extras = node.extras ? *node.extras : none;
    switch (id) {
    case 1:
        return number(node.address, octets);
    case 2:
        return number(state.parameters.network, octets);
    case 3:
        return number(5, octets);
    case 4:
        return number(model.role(), octets);
    case 5:
        return number(state.parameters.remote.mtu, octets);
    case 6:
        return number(16, octets);
    case 7:
        return number(node.stored.sequence, octets);
    case 8:
        return number(api_version(node.stack.version), octets);
    case 9:
    case 10:
    case 11:
    case 12:
        return number(node.stack.version.at(id - 9U), octets);
    case 15:
        return number(std::uint64_t{40} << 8 | 1, octets);
    case 16:
        return number(80, octets);
    case 17:
        return number(model.stack_area & 0xFF, octets);
    case 18:
        return number(1, octets);
    case 22:
        return number(extras.lock_bits, octets);
    default:
        return number(0, octets);
    }
}

bool is_key_set(const Node& node, Attribute attribute)
{
    if (attribute == api::lock_key)
        return node.extras && node.extras->lock_key != api::no_lock_key;
    // The network's own keys: a node that answers has them, unless they were taken away.
    const auto written = node.extras ? node.extras->written.find(key_of(attribute))
                                     : decltype(node.extras->written)::iterator{};
    if (!node.extras || written == node.extras->written.end())
        return true;
    return !std::ranges::all_of(written->second, [](std::uint8_t octet) { return octet == 0xFF; });
}

} // namespace

AttributeAnswer read_attribute(const State& state, NodeIndex index, Attribute attribute)
{
    const Node& node = state.nodes[index];
    const api::AttributeRow* row = api::find_attribute(attribute);
    if (row == nullptr)
        return {ErrorType::invalid_value, {}};
    if (row->read == api::ReadAccess::newer_stacks && !knows_targets(node.stack.version))
        return {ErrorType::invalid_value, {}};
    if (row->read == api::ReadAccess::presence_only)
        return {is_key_set(node, attribute) ? ErrorType::write_only_attribute : ErrorType::invalid_value, {}};
    if (node.extras) {
        const auto written = node.extras->written.find(key_of(attribute));
        if (written != node.extras->written.end())
            return {std::nullopt, written->second};
    }
    if (attribute.set == AttributeSet::msap)
        return {std::nullopt, msap_value(state, node, attribute.id, row->size)};
    return {std::nullopt, csap_value(state, node, attribute.id, row->size)};
}

std::optional<ErrorType> check_write(Attribute attribute, gateway::ByteView value, bool broadcast)
{
    constexpr std::array writable = {
        api::node_address,       network_address, network_channel, api::node_role, api::cipher_key,
        api::authentication_key, offline_scan,    api::lock_bits,  api::lock_key,  access_cycle_range};
    if (std::ranges::find(writable, attribute) == writable.end())
        return ErrorType::access_denied;
    if (broadcast && attribute == api::node_address)
        return ErrorType::invalid_broadcast;
    const api::AttributeRow* row = api::find_attribute(attribute);
    if (row == nullptr || value.size() != row->write_size)
        return ErrorType::invalid_length;
    const std::uint32_t number = value.size() <= 4 ? as_number(value) : 0;
    constexpr std::uint32_t highest_channel = 40;
    if ((attribute == api::node_address && !gateway::is_unicast(number)) ||
        (attribute == network_address && !gateway::is_network_address(number)) ||
        (attribute == network_channel && (number == 0 || number > highest_channel)))
        return ErrorType::invalid_value;
    return std::nullopt;
}

void write_attribute(State& state, NodeIndex index, Attribute attribute, gateway::ByteView value)
{
    Node& node = state.nodes[index];
    Extras& extras = node.more();
    if (state.is_sink(index))
        state.to_sinks.push_back(
            {static_cast<SinkIndex>(index), state.now,
             to_sink::Written{attribute, gateway::Bytes(value.begin(), value.end())}});
    if (attribute == api::lock_bits) {
        extras.lock_bits = as_number(value);
    } else if (attribute == api::lock_key) {
        std::ranges::copy(value, extras.lock_key.begin());
    } else if (attribute == api::node_address) {
        change_address(state, index, as_number(value));
    } else if (attribute == api::node_role) {
        const std::uint8_t role = state.model_of(node).role();
        const auto changed = static_cast<std::uint8_t>((role & ~value[1]) | (value[0] & value[1]));
        if (changed != role)
            extras.written[key_of(attribute)] = {changed};
    } else {
        extras.written[key_of(attribute)].assign(value.begin(), value.end());
        if (attribute == network_address && as_number(value) != state.parameters.network &&
            !state.is_sink(index)) {
            abandon_exchanges(state, index);
            node.activity = Activity::elsewhere; // out of reach for ever
            plan_reroute(state);
        }
    }
}

} // namespace simulator::mesh
