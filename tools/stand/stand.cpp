#include "tools/stand/stand.hpp"

#include "tools/stand/start.hpp"

#include <stdexcept>

namespace gateway::stand {

Stand::Stand(StandOptions options) : options_(std::move(options))
{
    bus_.emplace(directory());
    announce("D-Bus message bus", bus_->address());
    broker_.emplace(directory(), options_.broker);
    announce("MQTT broker", "127.0.0.1:" + std::to_string(broker_->port()));
    sink_.emplace(
        directory(),
        SimulatedSinkOptions{
            .name = "sink0", .uplink_rate = options_.uplink_rate, .arguments = options_.simulator_arguments});
    announce("simulated sink", sink_->port().string());
    start_sink_service();
    announce("sink service", "process " + std::to_string(sink_service_->pid()));
    start_transport_service();
    announce("transport service", "process " + std::to_string(transport_service_->pid()));
}

void Stand::start_sink_service()
{
    sink_service_.emplace(sink_service_command(
        directory(), {
                         .port = sink_->port(),
                         .bus_address = bus_->address(),
                         .sink_id = 0,
                         .log_name = "sink-service",
                         .arguments = options_.sink_arguments,
                     }));
}

void Stand::start_transport_service()
{
    transport_service_.emplace(transport_service_command(
        directory(), {
                         .bus_address = bus_->address(),
                         .broker_port = broker_->port(),
                         .gateway_id = options_.gateway_id,
                         .log_name = "transport-service",
                         .arguments = options_.transport_arguments,
                     }));
}

std::vector<ChildProcess*> Stand::processes()
{
    std::vector<ChildProcess*> all;
    const auto add = [&all](std::optional<ChildProcess>& process) {
        if (process)
            all.push_back(&*process);
    };
    if (bus_)
        add(bus_->process());
    if (broker_)
        add(broker_->process());
    if (sink_)
        all.push_back(&sink_->process());
    add(sink_service_);
    add(transport_service_);
    return all;
}

void Stand::expect_all_running()
{
    for (ChildProcess* process : processes()) {
        if (const auto ended = process->status())
            throw std::runtime_error(failure_of(*process, "ended with " + ended->describe()));
    }
}

std::string Stand::logs()
{
    std::string text;
    for (ChildProcess* process : processes()) {
        const auto ended = process->status();
        text += failure_of(*process, ended ? "ended with " + ended->describe() : "runs");
        if (!text.ends_with('\n'))
            text += '\n';
    }
    return text;
}

void Stand::announce(const std::string& part, const std::string& where) const
{
    if (options_.on_started)
        options_.on_started(part, where);
}

} // namespace gateway::stand
