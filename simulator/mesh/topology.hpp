/// Who is in radio reach of whom: a plain adjacency in two arrays, because it is read all the time and
/// changes rarely.
#pragma once

#include "simulator/mesh/event_queue.hpp"

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace simulator::mesh {

using Link = std::pair<NodeIndex, NodeIndex>;

class Topology {
public:
    Topology() = default;
    /// Links go both ways; repetitions and links of a node to itself are dropped.
    Topology(std::size_t nodes, std::span<const Link> links);

    [[nodiscard]] std::span<const NodeIndex> neighbours(NodeIndex node) const
    {
        return std::span(neighbours_).subspan(offsets_[node], offsets_[node + 1] - offsets_[node]);
    }
    [[nodiscard]] std::size_t size() const { return offsets_.empty() ? 0 : offsets_.size() - 1; }

    /// Each link once.
    [[nodiscard]] std::vector<Link> links() const;

    /// The same with other neighbours for one node.
    [[nodiscard]] Topology with_moved(NodeIndex node, std::span<const NodeIndex> neighbours) const;

    [[nodiscard]] std::size_t octets() const
    {
        return offsets_.capacity() * sizeof offsets_[0] + neighbours_.capacity() * sizeof(NodeIndex);
    }

private:
    std::vector<std::uint32_t> offsets_;
    std::vector<NodeIndex> neighbours_;
};

} // namespace simulator::mesh
