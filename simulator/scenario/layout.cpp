#include "simulator/scenario/layout.hpp"

#include <algorithm>
#include <cmath>

namespace simulator::scenario {
namespace {

using mesh::Link;
using mesh::NodeIndex;
using mesh::Purpose;

struct Place {
    double x = 0;
    double y = 0;
};

bool within(const Place& a, const Place& b, double range)
{
    return std::hypot(a.x - b.x, a.y - b.y) <= range;
}

} // namespace

std::vector<Link> lay_out_tree(
    const TreeLayout& layout, std::size_t sinks, std::span<const std::size_t> tree_of,
    const mesh::Random& random)
{
    std::vector<Link> links;
    for (std::size_t sink = 0; sink < sinks; ++sink) {
        std::vector<std::vector<NodeIndex>> hops = {{static_cast<NodeIndex>(sink)}};
        for (std::size_t i = 0; i < tree_of.size(); ++i) {
            if (tree_of[i] != sink)
                continue;
            const auto node = static_cast<NodeIndex>(sinks + i);
            const auto draw = [&](std::size_t bound, std::uint32_t extra) {
                return random.below(bound, node, Purpose::topology, mesh::Time{0}, extra);
            };
            std::size_t hop = hops.size() - 1;
            const bool full = hop == 0 || hops[hop].size() >= hops[hop - 1].size() * layout.fan_out;
            if (full && hop < layout.max_hops) {
                hops.emplace_back();
                ++hop;
            }
            const auto& above = hops[hop - 1];
            // In turn; what is too much for the last hop crowds there.
            const NodeIndex parent = above[std::min(hops[hop].size() / layout.fan_out, above.size() - 1)];
            links.emplace_back(parent, node);
            if (layout.second_parents && above.size() > 1)
                links.emplace_back(above[draw(above.size(), 1)], node);
            hops[hop].push_back(node);
        }
    }
    return links;
}

std::vector<Link> lay_out_grid(const GridLayout& layout, std::size_t sinks, std::size_t nodes)
{
    const std::size_t width = layout.width;
    const std::size_t height = (nodes + width - 1) / width;
    std::vector<Link> links;
    const auto place_of = [&](std::size_t node) {
        return Place{static_cast<double>(node % width), static_cast<double>(node / width)};
    };
    const auto reach = static_cast<std::size_t>(std::ceil(layout.range));
    for (std::size_t node = 0; node < nodes; ++node) {
        const std::size_t column = node % width;
        for (std::size_t row = node / width; row <= node / width + reach && row < height; ++row)
            for (std::size_t x = column > reach ? column - reach : 0; x <= column + reach && x < width; ++x) {
                const std::size_t other = row * width + x;
                if (other > node && other < nodes && within(place_of(node), place_of(other), layout.range))
                    links.emplace_back(
                        static_cast<NodeIndex>(sinks + node), static_cast<NodeIndex>(sinks + other));
            }
    }
    // On a grid of their own, as square as it gets, in the middle of their fields.
    const auto across = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(sinks))));
    const std::size_t down = across == 0 ? 0 : (sinks + across - 1) / across;
    for (std::size_t sink = 0; sink < sinks; ++sink) {
        const Place place{
            (static_cast<double>(sink % across) + 0.5) * static_cast<double>(width) /
                    static_cast<double>(across) -
                0.5,
            (static_cast<double>(sink / across) + 0.5) * static_cast<double>(height) /
                    static_cast<double>(down) -
                0.5};
        for (std::size_t node = 0; node < nodes; ++node)
            if (within(place, place_of(node), layout.range))
                links.emplace_back(static_cast<NodeIndex>(sink), static_cast<NodeIndex>(sinks + node));
    }
    return links;
}

} // namespace simulator::scenario
