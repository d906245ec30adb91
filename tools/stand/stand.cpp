#include "tools/stand/stand.hpp"

#include "tools/stand/start.hpp"

namespace gateway::stand {

Stand::Stand(StandOptions options) : options_(std::move(options))
{
    announce("D-Bus message bus");
    bus_.emplace(directory());
    announce("MQTT broker");
    broker_.emplace(directory());
    announce("simulated sink");
    sink_.emplace(
        directory(),
        SimulatedSinkOptions{
            .name = "sink0", .uplink_rate = options_.uplink_rate, .arguments = options_.simulator_arguments});
    announce("sink service");
    start_sink_service();
    announce("transport service");
    start_transport_service();
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

void Stand::announce(const std::string& part) const
{
    if (options_.on_start)
        options_.on_start(part);
}

} // namespace gateway::stand
