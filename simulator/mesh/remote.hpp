/// The Remote API inside a node (spec/remote-api.md, 3 to 8, 14).
#pragma once

#include "gateway/remote_api/scratchpad_status.hpp"
#include "simulator/mesh/state.hpp"

namespace simulator::mesh {

/// Executes the requests of a packet in their order and gives the payload of the answer; empty: none,
/// for it was no packet. What the requests lead to happens at once, but for what a countdown delays.
gateway::Bytes answer_requests(State& state, NodeIndex node, gateway::ByteView payload, bool broadcast);

/// The node's status, in the generation of its running stack.
gateway::remote_api::ScratchpadStatus status_of(const State& state, const Node& node);

/// The same as octets, as they are in a record of type 0x99.
gateway::Bytes status_octets(const State& state, const Node& node);

} // namespace simulator::mesh
