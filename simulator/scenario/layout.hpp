/// Where nodes stand, as links between them (spec/otap-campaign.md, 13.2, topology). Pure.
#pragma once

#include "simulator/mesh/random.hpp"
#include "simulator/mesh/topology.hpp"

namespace simulator::scenario {

/// Trees from the sinks, filled by breadth; every node below the first hop is in reach of a second one
/// of the hop above, so that there is another way.
struct TreeLayout {
    std::uint32_t fan_out = 8;
    std::uint32_t max_hops = 6;
    bool second_parents = true;
};
/// `tree_of[i]` is the sink of node i, both by their own index from 0; nodes come behind the sinks in
/// the links.
std::vector<mesh::Link> lay_out_tree(
    const TreeLayout& layout, std::size_t sinks, std::span<const std::size_t> tree_of,
    const mesh::Random& random);

/// A plane with one node on every point, row by row, and the sinks evenly spread over it.
struct GridLayout {
    std::uint32_t width = 10;
    double range = 1.5; ///< in distances of neighbours
};
std::vector<mesh::Link> lay_out_grid(const GridLayout& layout, std::size_t sinks, std::size_t nodes);

} // namespace simulator::scenario
