#include "bench/sink_stand.hpp"
#include "bench/timed_sink.hpp"
#include "bench/uplink.hpp"

#include <fmt/format.h>

namespace bench {
namespace {

void print_latency(
    const char* what, simulator::LineSettings line, simulator::UplinkPlan plan, Durations durations)
{
    TimedSink sink(line, plan);
    const ServiceStand stand(sink.port());
    BusClient client(stand.bus_address());

    std::vector<std::pair<std::uint32_t, Clock::time_point>> received;
    received.reserve(1'000'000);
    client.watch_packets(
        [&](std::uint32_t number, Clock::time_point when) { received.emplace_back(number, when); });
    const auto never = [] { return false; };
    client.run_until(never, Clock::now() + durations.warm_up);
    received.clear();
    client.run_until(never, Clock::now() + durations.measured);

    std::vector<Duration> from_line;
    std::vector<Duration> from_sink;
    for (const auto& [number, when] : received) {
        const TimedSink::Passage passage = sink.passage(number);
        from_line.push_back(when - passage.sent);
        from_sink.push_back(when - passage.arrived);
    }
    const Percentiles line_times = percentiles_of(std::move(from_line));
    const Percentiles sink_times = percentiles_of(std::move(from_sink));
    fmt::print(
        "{:<34} {:>8} {:>8.2f} {:>8.2f} {:>8.2f}", what, received.size(), in_milliseconds(line_times.p50),
        in_milliseconds(line_times.p99), in_milliseconds(line_times.worst));
    // A queue that is always full says nothing about the service.
    if (plan.as_many_as_polled)
        fmt::print("{:>12} {:>8}\n", "-", "-");
    else
        fmt::print("{:>12.2f} {:>8.2f}\n", in_milliseconds(sink_times.p50), in_milliseconds(sink_times.p99));
}

simulator::UplinkPlan at_rate(double packets_per_second)
{
    return {.packets_per_second = packets_per_second, .octets = 20};
}

} // namespace

void measure_latency(Durations durations)
{
    fmt::print(
        "Latency in ms, from the last octet of an indication to its signal, and from the packet's arrival\n"
        "in the sink's memory (which adds the wait for the next poll).\n\n"
        "{:<34} {:>8} {:>8} {:>8} {:>8}{:>12} {:>8}\n",
        "", "packets", "p50", "p99", "worst", "sink p50", "p99");
    const simulator::UplinkPlan all_it_can{.as_many_as_polled = true, .octets = 102};
    print_latency("102 octets, 125000 bit/s, busy", {125000}, all_it_can, durations);
    print_latency("102 octets, 1000000 bit/s, busy", {1000000}, all_it_can, durations);
    print_latency("102 octets, unpaced, busy", {}, all_it_can, durations);
    print_latency("20 octets, 1000000 bit/s, 500/s", {1000000}, at_rate(500), durations);
    print_latency("20 octets, 125000 bit/s, 50/s", {125000}, at_rate(50), durations);
    print_latency("20 octets, 125000 bit/s, 1/s", {125000}, at_rate(1), durations);
    fmt::print("\n");
}

} // namespace bench
