// script: what happens at a time, again and again, or when something has come true.
#include "simulator/scenario/actions.hpp"
#include "simulator/scenario/reading.hpp"

#include "gateway/scratchpad_file.hpp"

#include <fmt/format.h>

namespace simulator::scenario {
namespace {

using namespace simulator::mesh;

/// {stored: 42, share: 40 %} or {processed: 42, share: 0.4}
Condition read_condition(const Value& value)
{
    Fields fields(value);
    const auto stored = fields.find("stored");
    const auto processed = fields.find("processed");
    if (stored.has_value() == processed.has_value())
        value.complain("give either 'stored' or 'processed': a sequence");
    Condition condition;
    condition.processed = processed.has_value();
    condition.sequence = static_cast<std::uint8_t>((stored ? *stored : *processed).number(1, UINT8_MAX));
    condition.share = fields.need("share").share();
    fields.finish();
    return condition;
}

Step read_step(const Value& value, const Surroundings& around)
{
    Fields fields(value);
    Step step;
    if (const auto at = fields.find("at"))
        step.at = at->duration();
    if (const auto every = fields.find("every")) {
        step.every = every->duration();
        if (*step.every < std::chrono::seconds{1})
            every->complain("give at least 1 s");
    }
    if (const auto when = fields.find("when"))
        step.when = read_condition(*when);
    if (step.when.has_value() == (step.at || step.every))
        value.complain("give either 'when', or 'at' and 'every' or one of them");
    step.actions = read_actions(fields.need("do"), around);
    fields.finish();
    return step;
}

/// Names against what has been read so far: everything.
Surroundings surroundings_of(Names& names, const Scenario& scenario)
{
    Surroundings around;
    around.nodes = [&names, &scenario](const Value& value) {
        std::vector<NodeIndex> nodes;
        for (const Value& each : value.list()) {
            const std::string name = each.text();
            const std::size_t before = nodes.size();
            for (SinkIndex sink = 0; sink < scenario.setup.sinks.size(); ++sink) {
                const SinkSetup& setup = scenario.setup.sinks[sink];
                if (setup.name == name || (setup.gateway == name && !name.empty()))
                    nodes.push_back(sink);
            }
            if (nodes.size() != before)
                continue;
            const auto found = names.nodes.find(static_cast<std::uint32_t>(each.number(0, UINT32_MAX)));
            if (found == names.nodes.end())
                each.complain(fmt::format("nobody has the address {}", name));
            nodes.push_back(found->second);
        }
        return nodes;
    };
    around.is_sink = [&scenario](NodeIndex node) { return node < scenario.setup.sinks.size(); };
    around.holder = [&names](std::uint32_t address) {
        const auto found = names.nodes.find(address);
        return found == names.nodes.end() ? no_node : found->second;
    };
    around.stored = [&names](const Value& file, std::uint8_t sequence) {
        const Image image = names.image(file);
        return Stored{
            image, gateway::read_scratchpad_header(*image).crc, sequence, stored_type::present,
            stored_status::fresh};
    };
    return around;
}

} // namespace

void read_script(Fields& scenario, Names& names, Scenario& into)
{
    const auto script = scenario.find("script");
    if (!script)
        return;
    const Surroundings around = surroundings_of(names, into);
    for (const Value& step : script->list())
        into.setup.script.push_back(read_step(step, around));
}

} // namespace simulator::scenario
