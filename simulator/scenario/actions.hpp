/// Actions as people write them: {restart: 101}, {power_off: gw-a}, {store: {node: 104, file: …}}.
#pragma once

#include "simulator/scenario/fields.hpp"
#include "simulator/scenario/scenario.hpp"

#include <functional>

namespace simulator::scenario {

/// How the names in actions are understood: against a scenario that is being read, or a mesh that runs.
struct Surroundings {
    /// Addresses of nodes; names of sinks; names of gateways, for all their sinks. Complains.
    std::function<std::vector<mesh::NodeIndex>(const Value&)> nodes;
    std::function<bool(mesh::NodeIndex)> is_sink;
    std::function<mesh::NodeIndex(std::uint32_t)> holder; ///< of an address; no_node: it is free
    std::function<mesh::Stored(const Value& file, std::uint8_t sequence)> stored;
};

/// One map can hold several actions; they happen in its order.
std::vector<mesh::Action> read_actions(const Value& value, const Surroundings& around);

} // namespace simulator::scenario
