#include "simulator/mesh/topology.hpp"

#include <algorithm>

namespace simulator::mesh {

Topology::Topology(std::size_t nodes, std::span<const Link> links) : offsets_(nodes + 1)
{
    std::vector<Link> both;
    both.reserve(2 * links.size());
    for (const auto& [a, b] : links) {
        if (a == b)
            continue;
        both.emplace_back(a, b);
        both.emplace_back(b, a);
    }
    std::ranges::sort(both);
    both.erase(std::unique(both.begin(), both.end()), both.end());
    neighbours_.reserve(both.size());
    for (const auto& [from, to] : both) {
        ++offsets_[from + 1];
        neighbours_.push_back(to);
    }
    for (std::size_t i = 1; i < offsets_.size(); ++i)
        offsets_[i] += offsets_[i - 1];
}

std::vector<Link> Topology::links() const
{
    std::vector<Link> links;
    for (NodeIndex node = 0; node < size(); ++node)
        for (const NodeIndex neighbour : neighbours(node))
            if (node < neighbour)
                links.emplace_back(node, neighbour);
    return links;
}

Topology Topology::with_moved(NodeIndex node, std::span<const NodeIndex> neighbours) const
{
    std::vector<Link> moved = links();
    std::erase_if(moved, [node](const Link& link) { return link.first == node || link.second == node; });
    for (const NodeIndex neighbour : neighbours)
        moved.emplace_back(node, neighbour);
    return {size(), moved};
}

} // namespace simulator::mesh
