#include "simulator/mesh/state.hpp"

#include <algorithm>

namespace simulator::mesh {
namespace {

void count(Census& census, const Stored& stored, std::uint32_t by)
{
    if (!stored.image)
        return;
    census.stored.at(stored.sequence) += by; // modulo 2^32: adding -1 takes one away
    if (stored.status == stored_status::success)
        census.processed.at(stored.sequence) += by;
}

} // namespace

NodeIndex State::find(std::uint32_t address) const
{
    const auto found = std::ranges::lower_bound(by_address, std::pair{address, NodeIndex{0}});
    return found != by_address.end() && found->first == address ? found->second : no_node;
}

bool is_on_mesh(const State& state, const Node& node)
{
    return node.runs() && !(state.parameters.exchange.off_mesh && node.exchanges());
}

bool follows_v1(const Node& node)
{
    return !knows_targets(node.stack.version) ||
           gateway::OtapAction{node.target.action} == gateway::OtapAction::legacy;
}

bool takes_part(const Node& node)
{
    return node.runs() && !node.locks(gateway::remote_api::otap_allowed);
}

Offer offer_of(const Node& node)
{
    return {node.stored.image != nullptr, node.stored.sequence, node.stored.crc};
}

void schedule(State& state, NodeIndex node, EventKind kind, Time time, std::uint32_t data)
{
    state.events.add(time, kind, node, state.nodes[node].address, data);
}

void change_address(State& state, NodeIndex index, std::uint32_t address)
{
    if (state.find(address) != no_node)
        return;
    Node& node = state.nodes[index];
    std::erase(state.by_address, std::pair{node.address, index});
    node.address = address;
    const std::pair entry{address, index};
    state.by_address.insert(std::ranges::lower_bound(state.by_address, entry), entry);
}

void set_stored(State& state, NodeIndex index, Stored stored)
{
    Node& node = state.nodes[index];
    if (!state.is_sink(index)) {
        count(state.census, node.stored, UINT32_MAX);
        count(state.census, stored, 1);
    }
    node.stored = std::move(stored);
}

} // namespace simulator::mesh
