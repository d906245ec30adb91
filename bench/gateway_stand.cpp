#include "bench/gateway_stand.hpp"

#include "bench/backend_client.hpp"
#include "tools/stand/loopback.hpp"

#include <fmt/format.h>
#include <httplib.h>
#include <stdexcept>
#include <thread>

namespace bench {
namespace {

constexpr std::chrono::seconds longest_collection{180};
constexpr std::chrono::milliseconds between_questions{100}; // each costs both services something

gateway::stand::BrokerOptions keeps_sessions()
{
    gateway::stand::BrokerOptions options;
    options.persistent = true;
    return options;
}

/// The sum of a metric over all its labels.
double sum_of(const std::string& metrics, const std::string& name)
{
    double sum = 0;
    std::istringstream lines(metrics);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(name + " ") || line.starts_with(name + "{"))
            sum += std::stod(line.substr(line.rfind(' ')));
    return sum;
}

} // namespace

GatewayStand::GatewayStand(GatewayOptions options)
    : options_(std::move(options)),
      metrics_port_(gateway::stand::free_loopback_port()),
      bus_(directory_.path()),
      broker_(directory_.path(), keeps_sessions())
{
    if (options_.metrics)
        options_.transport.insert(
            options_.transport.end(), {"--metrics_address", fmt::format("127.0.0.1:{}", metrics_port_)});
}

void GatewayStand::add_sink(const std::filesystem::path& port)
{
    const auto index = static_cast<int>(sink_services_.size());
    sink_services_.emplace_back(gateway::stand::sink_service_command(
        directory_.path(), {.port = port,
                            .bus_address = bus_.address(),
                            .sink_id = index,
                            .log_name = fmt::format("sink-service-{}", index)}));
}

void GatewayStand::start_transport()
{
    transport_.emplace(gateway::stand::transport_service_command(
        directory_.path(), {.bus_address = bus_.address(),
                            .broker_port = broker_.port(),
                            .gateway_id = gateway_id,
                            .arguments = options_.transport}));
}

std::size_t GatewayStand::waiting_packets() const
{
    httplib::Client client("127.0.0.1", metrics_port_);
    const auto answer = client.Get("/metrics");
    if (!answer || answer->status != 200)
        throw std::runtime_error("the transport service does not tell its metrics");
    return static_cast<std::size_t>(sum_of(answer->body, "wirepas_gateway_outbox_events"));
}

void GatewayStand::expect_waiting(std::size_t packets) const
{
    std::size_t waiting = 0;
    const auto all_wait = [&] {
        gateway::stand::wait_readable({}, gateway::stand::Deadline(between_questions));
        try {
            waiting = waiting_packets();
        } catch (const std::runtime_error&) { // it has just been started
            return false;
        }
        return waiting >= packets;
    };
    if (!wait_until(all_wait, gateway::stand::Deadline(longest_collection)))
        throw std::runtime_error(
            fmt::format("only {} of {} packets wait in the transport service", waiting, packets));
}

} // namespace bench
