// The state of a mesh as JSON.
#include "simulator/control/simulation.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace simulator {
namespace {

using nlohmann::json;
using namespace simulator::mesh;

/// As the campaign document calls them (spec/otap-campaign.md, 2.3).
std::string_view state_of(const Node& node)
{
    if (node.fetches())
        return "transferring";
    if (!node.stored.image)
        return "empty";
    if (node.stored.status == stored_status::success)
        return "processed";
    if (node.stored.status != stored_status::fresh)
        return "error";
    return node.stored.type == stored_type::process ? "marked" : "stored";
}

std::string_view activity_of(const Node& node)
{
    switch (node.activity) {
    case Activity::off:
        return "off";
    case Activity::boots:
        return "boots";
    case Activity::in_bootloader:
        return "bootloader";
    case Activity::runs:
        return "runs";
    case Activity::sleeps:
        return "sleeps";
    case Activity::silent_for_ever:
        return "silent";
    case Activity::elsewhere:
        return "elsewhere";
    }
    return "";
}

json stored_json(const Stored& stored)
{
    return {
        {"size", stored.size()},
        {"crc", stored.crc},
        {"sequence", stored.sequence},
        {"type", stored.type},
        {"status", stored.status}};
}

json target_json(const gateway::TargetAndAction& target)
{
    return {
        {"action", target.action},
        {"sequence", target.sequence},
        {"crc", target.crc},
        {"parameter", target.parameter}};
}

json origin_json(const Origin& origin)
{
    return {
        {"sequence", origin.sequence}, {"crc", origin.crc}, {"version", gateway::to_text(origin.version)}};
}

/// Seconds that are left; null: none runs.
json left(Time until, Time now)
{
    return until == never ? json(nullptr) : json(as_seconds(until - now));
}

json node_json(const State& state, NodeIndex index)
{
    const Node& node = state.nodes[index];
    return {
        {"address", node.address},
        {"model", state.model_of(node).name},
        {"sink", node.has_route() ? json(state.sinks[node.sink].name) : json(nullptr)},
        {"hops", node.hops},
        {"parent", node.parent == no_node ? json(nullptr) : json(state.nodes[node.parent].address)},
        {"activity", activity_of(node)},
        {"state", state_of(node)},
        {"serves", node.serves},
        {"stored", stored_json(node.stored)},
        {"stack", origin_json(node.stack)},
        {"application", origin_json(node.application)},
        {"target", target_json(node.target)},
        {"delay_left", left(node.delay_ends, state.now)},
        {"countdown_left", left(node.countdown_ends, state.now)},
        {"locked", node.locks(gateway::remote_api::otap_allowed)},
        {"restarts", node.restarts},
    };
}

json sink_json(const State& state, NodeIndex index)
{
    const Node& node = state.nodes[index];
    const Sink& sink = state.sinks[index];
    std::size_t tree = 0;
    for (NodeIndex i = static_cast<NodeIndex>(state.sinks.size()); i < state.nodes.size(); ++i)
        tree += state.nodes[i].sink == index ? 1 : 0;
    return {
        {"name", sink.name},
        {"address", node.address},
        {"runs", node.runs()},
        {"nodes", tree},
        {"state", state_of(node)},
        {"stored", stored_json(node.stored)},
        {"target", target_json(node.target)},
        {"version", gateway::to_text(node.stack.version)},
        {"delivered", sink.delivered},
        {"overflowed", sink.overflowed},
    };
}

json counters_json(const mesh::Counters& counters)
{
    return {
        {"events", counters.events},
        {"uplink_sent", counters.uplink_sent},
        {"uplink_lost", counters.uplink_lost},
        {"uplink_overflowed", counters.uplink_overflowed},
        {"uplink_delivered", counters.uplink_delivered},
        {"downlink_sent", counters.downlink_sent},
        {"downlink_lost", counters.downlink_lost},
        {"downlink_heard", counters.downlink_heard},
        {"requests", counters.requests},
        {"transfers", counters.transfers},
        {"transfers_failed", counters.transfers_failed},
        {"processed", counters.processed},
        {"restarts", counters.restarts},
        {"fail_safes", counters.fail_safes},
    };
}

} // namespace

json mesh_state_json(const MeshedSinks& network, bool with_nodes)
{
    const State& state = network.mesh().state();
    json sinks = json::array();
    for (NodeIndex sink = 0; sink < state.sinks.size(); ++sink)
        sinks.push_back(sink_json(state, sink));
    std::map<std::string, std::size_t> states;
    json nodes = json::array();
    for (auto node = static_cast<NodeIndex>(state.sinks.size()); node < state.nodes.size(); ++node) {
        ++states[std::string(state_of(state.nodes[node]))];
        if (with_nodes)
            nodes.push_back(node_json(state, node));
    }
    json answer = {
        {"time", as_seconds(state.now)},
        {"time_factor", network.factor()},
        {"sinks", sinks},
        {"node_count", state.nodes.size() - state.sinks.size()},
        {"states", states},
        {"counters", counters_json(state.counters)},
    };
    if (with_nodes)
        answer["nodes"] = nodes;
    return answer;
}

} // namespace simulator
