#include "bench/gateway_flow.hpp"

#include "bench/process_cost.hpp"

namespace bench {
namespace {

Duration cpu_of_sink_services(const GatewayStand& gateway, std::size_t sinks)
{
    Duration sum{0};
    for (std::size_t i = 0; i < sinks; ++i)
        sum += cpu_time_of(gateway.sink_service(i));
    return sum;
}

} // namespace

Flow measure_flow(const std::vector<std::string>& simulator, std::size_t sinks, const Extent& extent)
{
    std::deque<SimulatorProgram> programs;
    for (std::size_t i = 0; i < sinks; ++i)
        programs.emplace_back(simulator);
    GatewayStand gateway;
    PacketCounter counter;
    BackendClient backend(
        gateway.broker().port(), Session::clean, [&](const ReceivedPacket& packet) { counter.take(packet); });
    gateway.start_transport();
    for (const SimulatorProgram& program : programs)
        gateway.add_sink(program.port());
    backend.wait_until_online(static_cast<int>(sinks));
    backend.run_for(extent.warm_up);

    const std::uint64_t packets_before = counter.packets();
    const auto begun = counter.latest();
    const Duration sink_before = cpu_of_sink_services(gateway, sinks);
    const Duration transport_before = cpu_time_of(gateway.transport());
    backend.run_for(extent.measured);
    const Duration sink = cpu_of_sink_services(gateway, sinks) - sink_before;
    const Duration transport = cpu_time_of(gateway.transport()) - transport_before;
    if (counter.packets() == packets_before)
        throw std::runtime_error("no packets came through the gateway");
    const auto counted = static_cast<double>(counter.packets() - packets_before);

    Flow flow;
    flow.per_second = counted / std::chrono::duration<double>(counter.latest() - begun).count();
    flow.sink_cpu_ms_per_1000 = in_milliseconds(sink) * 1000 / counted;
    flow.transport_cpu_ms_per_1000 = in_milliseconds(transport) * 1000 / counted;
    flow.topic = backend.event_topic();
    flow.octets = backend.event_size();
    flow.out_of_order = counter.out_of_order();
    flow.missing = counter.missing();
    return flow;
}

} // namespace bench
