#include "bench/uplink.hpp"

#include "bench/bare_host.hpp"
#include "bench/line_limits.hpp"
#include "bench/placement.hpp"
#include "bench/process_cost.hpp"
#include "bench/sink_stand.hpp"

#include <fmt/format.h>
#include <optional>

namespace bench {
namespace {

struct Measured {
    double per_second = 0;
    bool in_order = true;
    double cpu_ms_per_1000 = 0;
    double resident_mb = 0;
};

/// What to feed, and where.
struct Load {
    std::string rate = "max";
    std::size_t size = 20;
    std::uint32_t baud = 0;
    Placement placement = two_cores;
};

SimulatorProgram start_simulator(const Load& load)
{
    const OnCore core(load.placement.simulator);
    std::vector<std::string> options = {
        "--start", "--uplink-rate",          load.rate, "--uplink-size", std::to_string(load.size),
        "--baud",  std::to_string(load.baud)};
    if (load.baud != 0)
        options.emplace_back("--exact-line");
    return SimulatorProgram(options);
}

BareHostFigures measure_alone(const Load& load, Durations durations)
{
    const SimulatorProgram sink = start_simulator(load);
    const OnCore core(load.placement.host);
    return measure_bare_host(sink.port(), durations.measured);
}

/// Counts what comes in a span of time; the numbers must follow each other.
Measured measure_service(const Load& load, Durations durations)
{
    const SimulatorProgram sink = start_simulator(load);
    const ServiceStand stand = [&] {
        const OnCore core(load.placement.host);
        return ServiceStand(sink.port());
    }();
    BusClient client(stand.bus_address());

    std::uint64_t packets = 0;
    std::optional<std::uint32_t> last;
    Measured measured;
    Clock::time_point latest{};
    client.watch_packets([&](std::uint32_t number, Clock::time_point received) {
        measured.in_order &= !last || number == *last + 1;
        last = number;
        latest = received;
        ++packets;
    });
    const auto never = [] { return false; };
    client.run_until(never, Clock::now() + durations.warm_up);

    const auto packets_before = packets;
    const auto cpu_before = cpu_time_of(stand.service());
    const Clock::time_point begun = latest;
    client.run_until(never, Clock::now() + durations.measured);
    const auto counted = static_cast<double>(packets - packets_before);
    const auto cpu = cpu_time_of(stand.service()) - cpu_before;

    measured.per_second = counted / std::chrono::duration<double>(latest - begun).count();
    measured.cpu_ms_per_1000 = in_milliseconds(cpu) * 1000 / std::max(counted, 1.0);
    measured.resident_mb = static_cast<double>(resident_memory_of(stand.service())) / 1e6;
    return measured;
}

/// Median and range of a few rounds.
struct Spread {
    double low = 0;
    double median = 0;
    double high = 0;
};

Spread spread_of(std::vector<double> values)
{
    std::ranges::sort(values);
    return {values.front(), values[values.size() / 2], values.back()};
}

std::string in_words(const Spread& spread, int digits)
{
    return fmt::format(
        "{:.{}f} ({:.{}f}-{:.{}f})", spread.median, digits, spread.low, digits, spread.high, digits);
}

/// Bare host and service take turns, so that both meet the same machine.
void print_row(const Load& load, Durations durations)
{
    std::vector<double> service;
    std::vector<double> bare;
    std::vector<double> ratio;
    std::vector<double> cpu;
    std::vector<double> bare_cpu;
    bool in_order = true;
    for (int round = 0; round < durations.rounds; ++round) {
        const BareHostFigures alone = measure_alone(load, durations);
        bare.push_back(alone.per_second);
        bare_cpu.push_back(alone.cpu_ms_per_1000);
        const Measured measured = measure_service(load, durations);
        service.push_back(measured.per_second);
        ratio.push_back(measured.per_second * 100 / bare.back());
        cpu.push_back(measured.cpu_ms_per_1000);
        in_order &= measured.in_order;
    }
    const double limit =
        load.baud == 0 ? 0 : load.baud / bits_per_octet / octets_of_uplink_exchange(load.size);
    const int digits = load.baud == 0 ? 0 : 1;
    const Spread reached = spread_of(service);
    fmt::print(
        "{:>8} {:>6} {:<9} {:>22} {:>22} {:>17} {:>7} {:>7} {:>5} {:>19} {:>10}\n",
        load.baud == 0 ? "unpaced" : std::to_string(load.baud), load.size, load.placement.name,
        in_words(reached, digits), in_words(spread_of(bare), digits), in_words(spread_of(ratio), 0),
        load.baud == 0 ? "-" : fmt::format("{:.1f}", limit),
        load.baud == 0 ? "-" : fmt::format("{:.1f} %", reached.median * 100 / limit), in_order ? "all" : "NO",
        in_words(spread_of(cpu), 0), fmt::format("{:.0f}", spread_of(bare_cpu).median));
}

} // namespace

void measure_uplink(Durations durations)
{
    fmt::print(
        "Uplink: packets per second at the signal MessageReceived; median (lowest-highest) of {} rounds. "
        "Bare\n"
        "host: the same simulator answered without gateway and bus, in turns with the service. Limit: the\n"
        "octets of indication and response at ten bits each.\n\n"
        "{:>8} {:>6} {:<9} {:>22} {:>22} {:>17} {:>7} {:>7} {:>5} {:>19} {:>10}\n",
        durations.rounds, "bit/s", "octets", "on", "packets/s", "bare host", "% of bare host", "limit",
        "of it", "order", "CPU ms/1000", "bare host");
    for (const Placement& placement : {one_core, two_cores})
        for (const std::size_t size : {20U, 102U})
            print_row({.size = size, .placement = placement}, durations);
    for (const std::uint32_t baud : {115200U, 125000U, 1000000U})
        for (const std::size_t size : {20U, 102U})
            print_row({.size = size, .baud = baud}, durations);
    const Measured slow = measure_service({.rate = "50"}, durations);
    fmt::print(
        "\nAt 50 packets/s: {:.1f} ms of CPU time for 1000 packets, RSS {:.1f} MB, in order: {}\n\n",
        slow.cpu_ms_per_1000, slow.resident_mb, slow.in_order ? "all" : "NO");
}

void measure_idle(Durations durations)
{
    const SimulatorProgram sink({"--start"});
    const ServiceStand stand(sink.port());
    BusClient client(stand.bus_address());
    const auto never = [] { return false; };
    client.run_until(never, Clock::now() + durations.warm_up);
    const auto cpu_before = cpu_time_of(stand.service());
    const std::chrono::seconds watched(10);
    client.run_until(never, Clock::now() + watched);
    const double cpu = in_milliseconds(cpu_time_of(stand.service()) - cpu_before);
    fmt::print(
        "Idle: {:.2f} ms of CPU time a second, RSS {:.1f} MB\n\n", cpu / static_cast<double>(watched.count()),
        static_cast<double>(resident_memory_of(stand.service())) / 1e6);
}

} // namespace bench
