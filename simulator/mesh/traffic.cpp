// What nodes send by themselves: application data, diagnostics, reports of control nodes, statuses.
#include "simulator/mesh/operations.hpp"

#include "gateway/remote_api/control_node_report.hpp"
#include "gateway/remote_api/response.hpp"
#include "simulator/mesh/remote.hpp"

namespace simulator::mesh {
namespace {

constexpr std::uint8_t diagnostics_endpoint = 253;
constexpr std::uint8_t diagnostics_destination = 255;

/// Both octets of a running number in front, so that a receiver sees loss, disorder and repetition.
gateway::Bytes application_payload(const Node& node, std::uint16_t octets)
{
    gateway::Bytes payload;
    gateway::Writer(payload).u32(node.packets);
    for (std::size_t i = payload.size(); i < octets; ++i)
        payload.push_back(static_cast<std::uint8_t>(node.address + i));
    return payload;
}

/// Of the layout only the role's place is known; the rest is ours.
gateway::Bytes diagnostics_payload(const State& state, const Node& node)
{
    const Model& model = state.model_of(node);
    gateway::Bytes payload;
    gateway::Writer writer(payload);
    writer.u16(static_cast<std::uint16_t>(model.access_cycle.count() / 1000));
    writer.u8(model.role());
    writer.u16(model.millivolts);
    writer.u8(node.hops);
    writer.u32(node.has_route() && node.parent != no_node ? state.nodes[node.parent].address : 0);
    return payload;
}

gateway::Bytes control_payload(const State& state, const Node& node)
{
    const Model& model = state.model_of(node);
    gateway::remote_api::ControlNodeReport report;
    report.address = node.address;
    report.millivolts = model.millivolts;
    report.processed_sequence = node.stack.sequence;
    report.stored_sequence = node.stored.sequence;
    report.sent = node.packets;
    report.last_send_microseconds = static_cast<std::uint32_t>(state.now.count());
    return gateway::remote_api::encode(report);
}

} // namespace

void plan_reports(State& state, NodeIndex index)
{
    const Node& node = state.nodes[index];
    const auto& reports = state.model_of(node).reports;
    for (std::uint32_t which = 0; which < reports.size(); ++which) {
        const Time phase = state.random.between(
            Time{0}, reports[which].every, node.address, Purpose::report_phase, Time{0}, which);
        schedule(state, index, EventKind::reports, state.now + phase, which);
    }
}

void report(State& state, NodeIndex index, std::uint32_t which)
{
    const Node& node = state.nodes[index];
    if (node.activity == Activity::silent_for_ever || node.activity == Activity::elsewhere)
        return;
    const Report& plan = state.model_of(node).reports[which];
    schedule(state, index, EventKind::reports, state.now + plan.every, which);
    if (!is_on_mesh(state, node))
        return;
    switch (plan.content) {
    case Report::Content::application:
        send_up(
            state, index,
            {plan.source_endpoint, plan.destination_endpoint, plan.qos,
             application_payload(node, plan.octets)});
        break;
    case Report::Content::diagnostics:
        send_up(
            state, index,
            {diagnostics_endpoint, diagnostics_destination, plan.qos, diagnostics_payload(state, node)});
        break;
    case Report::Content::control_node:
        send_up(
            state, index,
            {gateway::remote_api::control_node_endpoint, gateway::remote_api::control_node_endpoint, plan.qos,
             control_payload(state, node)});
        look_around(state, index);
        break;
    }
}

void plan_status(State& state, NodeIndex index)
{
    const Node& node = state.nodes[index];
    if (state.is_sink(index) || state.model_of(node).kind == NodeKind::control)
        return; // a sink tells its host, a control node its router
    const Time wait = state.random.between(
        std::chrono::seconds{2}, std::chrono::seconds{10}, node.address, Purpose::unasked_delay, state.now);
    schedule(state, index, EventKind::tells_status, state.now + wait);
}

void tell_status(State& state, NodeIndex index)
{
    namespace api = gateway::remote_api;
    const Node& node = state.nodes[index];
    if (!is_on_mesh(state, node) || !node.has_route())
        return; // lost; nobody repeats it
    const std::vector<api::Response> records{status_of(state, node)};
    if (auto payload = api::encode(records, state.parameters.remote.mtu))
        send_up(state, index, {api::node_endpoint, api::backend_endpoint, 0, std::move(*payload)});
}

} // namespace simulator::mesh
