#include "tools/status/report.hpp"

#include "tools/local/values.hpp"
#include "tools/terminal/table.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <ostream>

namespace gateway::tools {
namespace {

namespace api = wirepas::proto::gateway_api;
using nlohmann::json;

bool link_is_bad(const local::SinkFacts& facts)
{
    return facts.link && facts.link->state != "online";
}

void print_processes(std::ostream& out, const Style& style, const StatusReport& report)
{
    Table table({"service", "process", "on the bus as"});
    for (const local::BusProcess& process : report.processes)
        table.add(
            {process.program.empty() ? "?" : process.program, std::to_string(process.pid),
             fmt::format("{}", fmt::join(process.names, ", "))});
    table.print(out, style);
}

void print_sinks(std::ostream& out, const Style& style, const StatusReport& report)
{
    Table table({"sink", "stack", "link", "address", "network", "channel", "firmware", "scratchpad"});
    for (const SeenSink& sink : report.sinks) {
        if (!sink.facts) {
            table.add({style.bold(sink.id), style.bad(sink.fault)});
            continue;
        }
        const local::SinkFacts& facts = *sink.facts;
        const auto text = [](const auto& value, const auto& in_words) {
            return value ? in_words(*value) : std::string("-");
        };
        const std::string link = text(facts.link, [](const auto& health) { return health.state; });
        const std::string stack = local::stack_in_words(facts);
        table.add(
            {style.bold(sink.id), local::stack_runs(facts) ? style.good(stack) : style.bad(stack),
             link_is_bad(facts) ? style.bad(link) : link,
             text(facts.node_address, [](auto address) { return std::to_string(address); }),
             text(facts.network_address, [](auto address) { return fmt::format("0x{:06X}", address); }),
             text(facts.network_channel, [](auto channel) { return std::to_string(channel); }),
             text(facts.firmware_version, local::version_in_words),
             text(facts.stored.length, [&](auto length) {
                 return length == 0 ? std::string("none")
                                    : fmt::format("sequence {}", facts.stored.sequence.value_or(0));
             })});
    }
    table.print(out, style);
}

void print_backend_view(std::ostream& out, const Style& style, const StatusReport& report)
{
    out << '\n' << style.bold("Seen from the broker at " + report.broker) << '\n';
    Table table;
    if (!report.event) {
        table.add({style.faint("gateway"), report.gateway_id});
        table.add({style.faint("state"), style.bad(report.broker_fault)});
        table.print(out, style);
        return;
    }
    const api::StatusEvent& event = *report.event;
    const bool online = event.state() == api::ON;
    table.add({style.faint("gateway"), event.header().gw_id()});
    table.add({style.faint("state"), online ? style.good("ONLINE") : style.bad("OFFLINE")});
    if (event.has_gw_model() || event.has_gw_version())
        table.add({style.faint("model"), event.gw_model() + ' ' + event.gw_version()});
    std::vector<std::string> sinks;
    for (const api::SinkReadConfig& sink : event.configs())
        sinks.push_back(
            sink.sink_id() +
            (sink.has_sink_state() ? sink.sink_state() == api::ON ? " running" : " stopped" : ""));
    table.add({style.faint("sinks"), sinks.empty() ? "none" : fmt::format("{}", fmt::join(sinks, ", "))});
    table.print(out, style);
}

json sink_json(const SeenSink& sink)
{
    if (sink.facts)
        return local::to_json(*sink.facts);
    return {{"sink", sink.id}, {"error", sink.fault}};
}

json backend_json(const StatusReport& report)
{
    if (report.broker.empty())
        return {};
    json made = {
        {"broker", report.broker},
        {"gateway", report.gateway_id},
        {"error", report.broker_fault.empty() ? json() : json(report.broker_fault)},
        {"state", nullptr},
        {"sinks", json::array()}};
    if (report.event) {
        made["state"] = report.event->state() == api::ON ? "ONLINE" : "OFFLINE";
        made["model"] = report.event->gw_model();
        made["version"] = report.event->gw_version();
        for (const api::SinkReadConfig& sink : report.event->configs())
            made["sinks"].push_back(
                {{"sink", sink.sink_id()}, {"stack", sink.sink_state() == api::ON ? "running" : "stopped"}});
    }
    return made;
}

} // namespace

std::vector<std::string> StatusReport::faults() const
{
    std::vector<std::string> lines;
    if (!bus_fault.empty())
        lines.push_back(bus_fault);
    else if (sinks.empty())
        lines.emplace_back("no sink is on the bus");
    for (const SeenSink& sink : sinks) {
        if (!sink.facts)
            lines.push_back(sink.fault);
        else if (link_is_bad(*sink.facts))
            lines.push_back(fmt::format("the link of {} is {}", sink.id, sink.facts->link->state));
        else if (!local::stack_runs(*sink.facts))
            lines.push_back(
                fmt::format("the stack of {} is {}", sink.id, local::stack_in_words(*sink.facts)));
    }
    if (!broker_fault.empty())
        lines.push_back(broker_fault);
    else if (event && event->state() != api::ON)
        lines.push_back(fmt::format("gateway {} is OFFLINE for its backends", gateway_id));
    return lines;
}

void print(std::ostream& out, const Style& style, const StatusReport& report)
{
    out << style.bold("wirepas-gateway " + report.version) << style.faint(", bus at " + report.bus_address)
        << '\n';
    if (report.bus_fault.empty()) {
        if (!report.processes.empty()) {
            out << '\n';
            print_processes(out, style, report);
        }
        if (!report.sinks.empty()) {
            out << '\n';
            print_sinks(out, style, report);
        }
    }
    if (!report.broker.empty())
        print_backend_view(out, style, report);
    out << '\n';
    const auto faults = report.faults();
    for (const std::string& fault : faults)
        out << style.mark(false) << ' ' << fault << '\n';
    if (faults.empty())
        out << style.mark(true) << " all is well\n";
    else
        out << style.faint("wirepas-gateway doctor looks for reasons") << '\n';
    out << std::flush;
}

json to_json(const StatusReport& report)
{
    json services = json::array();
    for (const local::BusProcess& process : report.processes)
        services.push_back({{"program", process.program}, {"pid", process.pid}, {"names", process.names}});
    json sinks = json::array();
    for (const SeenSink& sink : report.sinks)
        sinks.push_back(sink_json(sink));
    const auto faults = report.faults();
    return {
        {"ok", faults.empty()},
        {"faults", faults},
        {"version", report.version},
        {"bus",
         {{"address", report.bus_address},
          {"error", report.bus_fault.empty() ? json() : json(report.bus_fault)}}},
        {"services", std::move(services)},
        {"sinks", std::move(sinks)},
        {"gateway", backend_json(report)}};
}

} // namespace gateway::tools
