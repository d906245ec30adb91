#include "tools/status/status.hpp"

#include "tools/stand/signal_watch.hpp"
#include "tools/stand/wait.hpp"
#include "tools/status/report.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

namespace gateway::tools {
namespace {

constexpr std::chrono::seconds status_limit(5); ///< retained: it comes with the subscription

void look_at_bus(StatusReport& report, const local::LocalOptions& options)
{
    report.bus_address = local::effective_bus_address(options.bus_address);
    try {
        local::Bus bus(options.bus_address);
        report.processes = local::gateway_processes(bus);
        for (const std::string& id : bus.sinks()) {
            SeenSink& seen = report.sinks.emplace_back(SeenSink{.id = id, .facts = {}, .fault = {}});
            try {
                local::Sink sink(bus, id);
                seen.facts = local::read_facts(sink);
            } catch (const local::BusError& error) {
                seen.fault = error.what();
            }
        }
    } catch (const local::BusError& error) {
        report.bus_fault = error.what();
    }
}

void look_at_broker(StatusReport& report, const BrokerOptions& options)
{
    report.gateway_id = options.gateway_id;
    backend::BackendOptions broker = to_backend_options(options);
    broker.stop = stand::interruption();
    report.broker = broker.host + ':' + std::to_string(broker.port);
    try {
        backend::Backend backend(std::move(broker));
        report.event = backend.status_within([](const auto&) { return true; }, status_limit);
        if (!report.event)
            report.broker_fault = "the broker knows no status of gateway " + options.gateway_id +
                                  ": check the id, and that its transport service runs";
    } catch (const backend::BackendError& error) {
        report.broker_fault = error.what();
    }
}

} // namespace

int status(const StatusOptions& options)
{
    const stand::SignalWatch signals;
    StatusReport report;
    report.version = GATEWAY_VERSION;
    look_at_bus(report, options.local);
    if (!options.broker.url.empty())
        look_at_broker(report, options.broker);
    if (stand::interruption().stop_requested())
        return local::exit_interrupted;
    if (options.local.json)
        std::cout << to_json(report).dump(2) << std::endl;
    else
        print(std::cout, Style::of_standard_output(), report);
    return report.faults().empty() ? local::exit_fine : local::exit_refused;
}

} // namespace gateway::tools
