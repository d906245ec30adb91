#include "tools/sinks/look.hpp"

#include "gateway/address.hpp"
#include "tools/local/sink_facts.hpp"
#include "tools/local/values.hpp"
#include "tools/terminal/table.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

namespace gateway::tools {
namespace {

using local::SinkFacts;
using nlohmann::json;

template<typename T, typename Words>
std::string words(const Result<T>& value, Words in_words)
{
    return value ? in_words(*value) : std::string("-");
}

std::vector<std::string> line(const Style& style, const SinkFacts& facts)
{
    const bool runs = local::stack_runs(facts);
    const std::string stack = local::stack_in_words(facts);
    return {
        style.bold(facts.id),
        runs ? style.good(stack) : style.bad(stack),
        words(facts.link, [](const auto& link) { return link.state; }),
        words(facts.node_address, local::address_in_words),
        words(facts.node_role, role_in_words),
        words(facts.network_address, local::network_address_in_words),
        words(facts.network_channel, [](auto channel) { return std::to_string(channel); }),
        words(facts.firmware_version, local::version_in_words),
    };
}

} // namespace

int list_sinks(const local::LocalOptions& options)
{
    local::Bus bus(options.bus_address);
    const Style style = Style::of_standard_output();
    Table table({"sink", "stack", "link", "address", "role", "network", "channel", "firmware"});
    json all = json::array();
    for (const std::string& id : bus.sinks()) {
        local::Sink sink(bus, id);
        const SinkFacts facts = local::read_facts(sink);
        table.add(line(style, facts));
        all.push_back(local::to_json(facts));
    }
    if (options.json)
        std::cout << all.dump(2) << std::endl;
    else if (!all.empty())
        table.print(std::cout, style);
    if (all.empty())
        std::cerr << "no sink is on the bus at " << bus.address()
                  << "; start wirepas-sink-service, or let `wirepas-gateway doctor` look for the reason\n";
    return local::exit_fine;
}

int show_sink(const local::LocalOptions& options, const std::string& wanted)
{
    local::Bus bus(options.bus_address);
    local::Sink sink(bus, bus.choose_sink(wanted));
    const SinkFacts facts = local::read_facts(sink);
    if (options.json)
        std::cout << local::to_json(facts).dump(2) << std::endl;
    else
        local::print_facts(std::cout, Style::of_standard_output(), facts);
    return local::exit_fine;
}

int switch_stack(const local::LocalOptions& options, const std::string& wanted, bool running)
{
    local::Bus bus(options.bus_address);
    local::Sink sink(bus, bus.choose_sink(wanted));
    const auto runs = [&sink] {
        const auto status = sink.octet("StackStatus");
        if (!status)
            throw local::SinkRefused(status.error());
        return (*status & 1) == 0;
    };
    const bool before = runs();
    if (before != running)
        sink.set_stack(running);
    const char* state = running ? "running" : "stopped";
    if (options.json) {
        std::cout << json({{"sink", sink.id()}, {"stack", state}, {"changed", before != running}}).dump(2)
                  << std::endl;
    } else {
        const Style style = Style::of_standard_output();
        std::cout << style.mark(true) << ' ' << sink.id() << ": the stack is " << state
                  << (before == running ? " already" : "") << std::endl;
    }
    return local::exit_fine;
}

} // namespace gateway::tools
