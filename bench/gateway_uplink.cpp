#include "bench/gateway_flow.hpp"
#include "bench/line_limits.hpp"
#include "bench/paho_yardstick.hpp"
#include "bench/rows.hpp"
#include "bench/timed_sink.hpp"

#include <fmt/format.h>

namespace bench {
namespace {

std::vector<std::string> as_much_as_possible(std::size_t octets, std::uint32_t baud = 0)
{
    std::vector<std::string> options = {"--start",           "--uplink-rate",        "max",
                                        "--uplink-size",     std::to_string(octets), "--baud",
                                        std::to_string(baud)};
    if (baud != 0)
        options.emplace_back("--exact-line");
    return options;
}

/// One figure of several rounds.
using Series = std::vector<double>;

struct Rounds {
    Series per_second, sink_cpu, transport_cpu;
    std::uint64_t out_of_order = 0;
    std::uint64_t missing = 0;

    void add(const Flow& flow)
    {
        per_second.push_back(flow.per_second);
        sink_cpu.push_back(flow.sink_cpu_ms_per_1000);
        transport_cpu.push_back(flow.transport_cpu_ms_per_1000);
        out_of_order += flow.out_of_order;
        missing += flow.missing;
    }
    [[nodiscard]] std::string order() const
    {
        return fmt::format("{} disordered, {} missing", out_of_order, missing);
    }
};

struct PahoRounds {
    Series per_second, cpu;

    void add(const PahoFigures& figures)
    {
        per_second.push_back(figures.per_second);
        cpu.push_back(figures.cpu_ms_per_1000);
    }
};

void print_throughput(std::size_t octets, const char* reference, const Extent& extent)
{
    Rounds ours;
    PahoRounds wide;
    PahoRounds narrow;
    std::size_t message_octets = 0;
    // In turns, so that all meet the same machine.
    for (int round = 0; round < extent.rounds; ++round) {
        const Flow flow = measure_flow(as_much_as_possible(octets), 1, extent);
        ours.add(flow);
        message_octets = flow.octets;
        wide.add(measure_paho({.topic = flow.topic, .octets = flow.octets, .window = 20}, extent));
        narrow.add(measure_paho({.topic = flow.topic, .octets = flow.octets, .window = 1}, extent));
    }
    const std::string what = fmt::format("uplink, {} octets", octets);
    print_row(
        what + ": messages/s", in_words(ours.per_second, 0),
        fmt::format(
            "Paho, window 20: {:.0f}, 1: {:.0f}", median_of(wide.per_second), median_of(narrow.per_second)),
        fmt::format("1.1 x reference ({})", reference));
    print_row(
        "… of Paho alone", fmt::format("{:.2f} x", median_of(ours.per_second) / median_of(wide.per_second)),
        fmt::format("messages of {} octets", message_octets), "");
    print_row("… order", ours.order(), "", "all in order");
    print_row("… CPU ms/1000, sink service", in_words(ours.sink_cpu, 1), "", "<= 16");
    print_row(
        "… CPU ms/1000, transport service", in_words(ours.transport_cpu, 1),
        fmt::format("Paho, window 20: {:.1f}, 1: {:.1f}", median_of(wide.cpu), median_of(narrow.cpu)),
        fmt::format(
            "<= 1.4 x Paho; is {:.2f} x, window 1: {:.2f} x",
            median_of(ours.transport_cpu) / median_of(wide.cpu),
            median_of(ours.transport_cpu) / median_of(narrow.cpu)));
}

/// From the last octet of each indication to the subscriber, both sinks together.
Percentiles delay_of_two_sinks(const Extent& extent)
{
    const simulator::UplinkPlan all_it_can{.as_many_as_polled = true, .octets = 20};
    TimedSink first({}, all_it_can);
    TimedSink second({}, all_it_can);
    GatewayStand gateway;
    struct Arrival {
        bool is_first;
        std::uint32_t number;
        TimedSink::Clock::time_point received;
    };
    std::vector<Arrival> arrivals;
    arrivals.reserve(1'000'000);
    BackendClient backend(gateway.broker().port(), Session::clean, [&](const ReceivedPacket& packet) {
        arrivals.push_back({packet.sink == "sink0", packet.number, packet.received});
    });
    gateway.start_transport();
    gateway.add_sink(first.port());
    gateway.add_sink(second.port());
    backend.wait_until_online(2);
    backend.run_for(extent.warm_up);
    arrivals.clear();
    backend.run_for(extent.measured);
    std::vector<Duration> delays;
    for (const Arrival& arrival : arrivals)
        delays.push_back(arrival.received - (arrival.is_first ? first : second).passage(arrival.number).sent);
    return percentiles_of(std::move(delays));
}

void print_line(std::uint32_t baud, const char* goal, const Extent& extent)
{
    constexpr std::size_t octets = 102;
    Rounds ours;
    for (int round = 0; round < extent.rounds; ++round)
        ours.add(measure_flow(as_much_as_possible(octets, baud), 1, extent));
    const double limit = baud / bits_per_octet / octets_of_uplink_exchange(octets);
    print_row(
        fmt::format("uplink, {} octets, {} bit/s: messages/s", octets, baud), in_words(ours.per_second, 1),
        fmt::format("the line's limit: {:.1f}", limit),
        fmt::format("{}; is {:.1f} %", goal, median_of(ours.per_second) * 100 / limit));
}

} // namespace

void measure_throughput(const Extent& extent)
{
    print_throughput(20, "9,400 there", extent);
    print_throughput(102, "9,200 there", extent);
}

void measure_two_sinks(const Extent& extent)
{
    Rounds ours;
    for (int round = 0; round < extent.rounds; ++round)
        ours.add(measure_flow(as_much_as_possible(20), 2, extent));
    print_row(
        "two sinks, 20 octets: messages/s", in_words(ours.per_second, 0), "",
        "1.3 x reference (14,700 there)");
    print_row("… order", ours.order(), "", "all in order");
    print_row(
        "… last octet to subscriber, p50 / p99", in_words(delay_of_two_sinks(extent)), "", "p99 <= 50 ms");
}

void measure_line(const Extent& extent)
{
    print_line(125'000, ">= 97 %", extent);
    print_line(1'000'000, ">= 95 %", extent);
}

} // namespace bench
