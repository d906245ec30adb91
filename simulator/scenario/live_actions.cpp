#include "simulator/scenario/live_actions.hpp"

#include "gateway/scratchpad_file.hpp"
#include "simulator/scenario/actions.hpp"
#include "simulator/scenario/reading.hpp"

#include <fmt/format.h>

namespace simulator::scenario {
namespace {

using namespace simulator::mesh;

std::vector<NodeIndex> nodes_named(const Value& value, const State& state)
{
    std::vector<NodeIndex> nodes;
    for (const Value& each : value.list()) {
        const std::string name = each.text();
        const std::size_t before = nodes.size();
        for (NodeIndex sink = 0; sink < state.sinks.size(); ++sink)
            if (state.sinks[sink].name == name || (!name.empty() && state.sinks[sink].gateway == name))
                nodes.push_back(sink);
        if (nodes.size() != before)
            continue;
        const NodeIndex found = state.find(static_cast<std::uint32_t>(each.number(0, UINT32_MAX)));
        if (found == no_node)
            each.complain(fmt::format("nobody has the address {}", name));
        nodes.push_back(found);
    }
    return nodes;
}

} // namespace

std::vector<Action> read_live_actions(
    const std::string& text, const State& state, const std::filesystem::path& folder)
{
    Names names;
    names.folder = folder;
    Surroundings around;
    around.nodes = [&state](const Value& value) { return nodes_named(value, state); };
    around.is_sink = [&state](NodeIndex node) { return state.is_sink(node); };
    around.holder = [&state](std::uint32_t address) { return state.find(address); };
    around.stored = [&names](const Value& file, std::uint8_t sequence) {
        const Image image = names.image(file);
        return Stored{
            image, gateway::read_scratchpad_header(*image).crc, sequence, stored_type::present,
            stored_status::fresh};
    };
    return read_actions(load_text(text, "action"), around);
}

} // namespace simulator::scenario
