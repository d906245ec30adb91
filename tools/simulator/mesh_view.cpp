#include "tools/simulator/mesh_view.hpp"

#include "tools/terminal/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <ostream>

namespace gateway::tools {
namespace {

using nlohmann::json;

/// "42 0x2D81", "-" for none.
std::string scratchpad_text(const json& stored)
{
    if (stored.at("size").get<std::uint32_t>() == 0)
        return "-";
    return fmt::format("{} 0x{:04X}", stored.at("sequence").get<int>(), stored.at("crc").get<int>());
}

std::string target_text(const json& target)
{
    static constexpr std::array words = {
        "no OTAP", "propagate only", "propagate and process", "propagate, process with delay", "legacy"};
    const auto action = target.at("action").get<std::size_t>();
    const std::string word = action < words.size() ? words.at(action) : fmt::format("action {}", action);
    if (action == 0 || action >= 4)
        return word;
    return fmt::format("{} {} 0x{:04X}", word, target.at("sequence").get<int>(), target.at("crc").get<int>());
}

/// "error 4", "stored, 12 min left", "bootloader"
std::string state_text(const json& node)
{
    const auto activity = node.at("activity").get<std::string>();
    auto state = node.at("state").get<std::string>();
    if (state == "error")
        state += fmt::format(" {}", node.at("stored").at("status").get<int>());
    if (activity != "runs")
        state += ", " + activity;
    for (const char* timer : {"delay_left", "countdown_left"})
        if (node.at(timer).is_number())
            state += ", " + time_text(node.at(timer).get<double>()) + " left";
    if (node.at("locked").get<bool>())
        state += ", locked";
    return state;
}

std::string origin_text(const json& origin)
{
    const int sequence = origin.at("sequence").get<int>();
    const auto version = origin.at("version").get<std::string>();
    return sequence == 0 ? version : fmt::format("{} from {}", version, sequence);
}

void print_sinks(std::ostream& out, const Style& style, const json& sinks)
{
    Table table({"sink", "address", "stack", "nodes", "scratchpad", "state", "target", "packets"});
    for (const json& sink : sinks)
        table.add(
            {sink.at("name").get<std::string>(), std::to_string(sink.at("address").get<std::uint32_t>()),
             sink.at("version").get<std::string>() + (sink.at("runs").get<bool>() ? "" : ", stopped"),
             std::to_string(sink.at("nodes").get<std::size_t>()), scratchpad_text(sink.at("stored")),
             sink.at("state").get<std::string>(), target_text(sink.at("target")),
             std::to_string(sink.at("delivered").get<std::uint64_t>())});
    table.print(out, style);
}

void print_nodes(std::ostream& out, const Style& style, const json& nodes, std::size_t most)
{
    Table table({"node", "model", "sink", "hops", "scratchpad", "state", "stack", "application", "restarts"});
    std::size_t shown = 0;
    for (const json& node : nodes) {
        if (shown++ == most)
            break;
        const json& sink = node.at("sink");
        table.add(
            {std::to_string(node.at("address").get<std::uint32_t>()), node.at("model").get<std::string>(),
             sink.is_string() ? sink.get<std::string>() : "no route",
             sink.is_string() ? std::to_string(node.at("hops").get<int>()) : "-",
             scratchpad_text(node.at("stored")), state_text(node), origin_text(node.at("stack")),
             origin_text(node.at("application")), std::to_string(node.at("restarts").get<int>())});
    }
    table.print(out, style);
    if (nodes.size() > most)
        out << style.faint(fmt::format("and {} more: --nodes {}", nodes.size() - most, nodes.size())) << '\n';
}

} // namespace

std::string time_text(double seconds)
{
    const auto whole = static_cast<std::int64_t>(seconds);
    if (whole < 60)
        return fmt::format("{} s", whole);
    if (whole < 3600)
        return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

void print_mesh(std::ostream& out, const Style& style, const json& mesh, std::size_t most_nodes)
{
    const double factor = mesh.at("time_factor").get<double>();
    out << "The mesh is " << time_text(mesh.at("time").get<double>()) << " old; its time passes "
        << (factor > 0 ? fmt::format("{} times as fast as ours", factor) : std::string("by commands alone"))
        << ".\n\n";
    print_sinks(out, style, mesh.at("sinks"));
    std::string states;
    for (const auto& [state, count] : mesh.at("states").items())
        states += fmt::format("{}{} {}", states.empty() ? "" : ", ", count.get<std::size_t>(), state);
    out << '\n' << mesh.at("node_count").get<std::size_t>() << " nodes: " << states << '\n';
    if (most_nodes == 0)
        return;
    out << '\n';
    print_nodes(out, style, mesh.at("nodes"), most_nodes);
}

} // namespace gateway::tools
