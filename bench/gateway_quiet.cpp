// What a gateway does with the few packets of an ordinary network: delay, CPU time, and nothing at all.
#include "bench/gateway_flow.hpp"
#include "bench/paho_yardstick.hpp"
#include "bench/process_cost.hpp"
#include "bench/rows.hpp"
#include "bench/timed_sink.hpp"

#include <fmt/format.h>

namespace bench {
namespace {

constexpr double packets_per_second = 50;

void print_delay(const char* where, std::uint32_t baud, const Extent& extent)
{
    TimedSink sink({baud}, {.packets_per_second = packets_per_second, .octets = 20});
    GatewayStand gateway;
    std::vector<std::pair<std::uint32_t, TimedSink::Clock::time_point>> received;
    BackendClient backend(gateway.broker().port(), Session::clean, [&](const ReceivedPacket& packet) {
        received.emplace_back(packet.number, packet.received);
    });
    gateway.start_transport();
    gateway.add_sink(sink.port());
    backend.wait_until_online(1);
    backend.run_for(extent.warm_up);
    received.clear();
    backend.run_for(2 * extent.measured);

    std::vector<Duration> from_line;
    std::vector<Duration> from_memory;
    for (const auto& [number, when] : received) {
        const TimedSink::Passage passage = sink.passage(number);
        from_line.push_back(when - passage.sent);
        from_memory.push_back(when - passage.arrived);
    }
    print_row(
        fmt::format("delay at 50/s, {}: from the sink's memory", where),
        in_words(percentiles_of(std::move(from_memory))), fmt::format("{} packets", received.size()),
        "p50 / p99 <= 3 / 8 ms");
    print_row("… from the last octet on the line", in_words(percentiles_of(std::move(from_line))), "", "");
}

} // namespace

void measure_delay(const Extent& extent)
{
    print_delay("unpaced", 0, extent);
    print_delay("125000 bit/s", 125'000, extent);
}

void measure_cost(const Extent& extent)
{
    const Extent longer{.warm_up = extent.warm_up, .measured = extent.idle};
    const Flow flow = measure_flow({"--start", "--uplink-rate", "50"}, 1, longer);
    print_row(
        "CPU ms/1000 at 50/s, sink service", fmt::format("{:.1f}", flow.sink_cpu_ms_per_1000), "", "<= 60");
    const PahoFigures paho = measure_paho(
        {.topic = flow.topic, .octets = flow.octets, .rate = static_cast<int>(packets_per_second)}, longer);
    print_row(
        "CPU ms/1000 at 50/s, transport service", fmt::format("{:.1f}", flow.transport_cpu_ms_per_1000),
        fmt::format("Paho at 50/s: {:.1f}", paho.cpu_ms_per_1000), "<= 150");

    const SimulatorProgram sink({"--start"});
    GatewayStand gateway;
    BackendClient backend(gateway.broker().port(), Session::clean, {});
    gateway.start_transport();
    gateway.add_sink(sink.port());
    backend.wait_until_online(1);
    backend.run_for(extent.warm_up);
    const Duration sink_before = cpu_time_of(gateway.sink_service());
    const Duration transport_before = cpu_time_of(gateway.transport());
    backend.run_for(extent.idle);
    const auto seconds = static_cast<double>(extent.idle.count());
    print_row(
        "idle CPU ms/s, sink service",
        fmt::format("{:.2f}", in_milliseconds(cpu_time_of(gateway.sink_service()) - sink_before) / seconds),
        "", "<= 5");
    print_row(
        "idle CPU ms/s, transport service",
        fmt::format("{:.2f}", in_milliseconds(cpu_time_of(gateway.transport()) - transport_before) / seconds),
        "", "<= 0.7");
}

} // namespace bench
