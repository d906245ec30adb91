// What a gateway holds while the broker is away: its memory, and how it is delivered afterwards.
#include "bench/gateway.hpp"
#include "bench/gateway_stand.hpp"
#include "bench/packet_counter.hpp"
#include "bench/process_cost.hpp"
#include "bench/rows.hpp"
#include "bench/sink_stand.hpp"

#include <fmt/format.h>

namespace bench {
namespace {

constexpr std::chrono::minutes longest_replay{3};

/// As quickly as the gateway takes them: at a rate, some would be lost in the mesh when it falls behind.
std::vector<std::string> packets(std::size_t count)
{
    return {"--start", "--uplink-rate", "max", "--uplink-count", std::to_string(count)};
}

std::string megabytes(std::size_t octets)
{
    return fmt::format("{:.1f} MB", static_cast<double>(octets) / 1e6);
}

void print_memory(const char* what, const GatewayStand& gateway)
{
    print_row(
        fmt::format("RSS of sink, transport service {}", what),
        megabytes(resident_memory_of(gateway.sink_service())) + ", " +
            megabytes(resident_memory_of(gateway.transport())),
        "", "<= 7, <= 15 MB");
}

/// The subscriber's session is made and left: what comes meanwhile waits for it at the broker.
void leave_session(GatewayStand& gateway)
{
    const BackendClient backend(gateway.broker().port(), Session::kept, {});
}

void print_memory_of_backlog(const char* where, std::vector<std::string> transport)
{
    constexpr std::size_t count = 10'000;
    GatewayStand gateway({.transport = std::move(transport), .metrics = true});
    leave_session(gateway);
    gateway.broker().stop();
    const SimulatorProgram sink(packets(count));
    gateway.add_sink(sink.port());
    gateway.start_transport();
    gateway.expect_waiting(count);
    print_memory(fmt::format("{}: {}", where, count).c_str(), gateway);
    gateway.broker().start();
    PacketCounter counter;
    BackendClient backend(
        gateway.broker().port(), Session::kept, [&](const ReceivedPacket& packet) { counter.take(packet); });
    backend.expect(
        "all packets", [&] { return counter.packets() == count; }, longest_replay);
    backend.run_for(std::chrono::seconds(1));
    print_memory("after the backlog", gateway);
    print_row("… order", counter.verdict(), "", "all in order");
}

enum class Meanwhile : std::uint8_t { nothing, transport_is_killed };

void print_replay(std::size_t count, Meanwhile meanwhile)
{
    GatewayStand gateway({.metrics = true});
    leave_session(gateway);
    gateway.broker().stop();
    const SimulatorProgram sink(packets(count));
    gateway.start_transport();
    const auto begun = BackendClient::Clock::now();
    gateway.add_sink(sink.port());
    gateway.expect_waiting(count);
    const std::chrono::duration<double> collected = BackendClient::Clock::now() - begun;
    if (meanwhile == Meanwhile::transport_is_killed) {
        gateway.kill_transport();
        gateway.start_transport();
        gateway.expect_waiting(count);
    }
    PacketCounter counter;
    gateway.broker().start();
    BackendClient backend(
        gateway.broker().port(), Session::kept, [&](const ReceivedPacket& packet) { counter.take(packet); });
    const Duration cpu_before = cpu_time_of(gateway.transport());
    backend.expect(
        "all packets", [&] { return counter.packets() == count; }, longest_replay);
    const Duration cpu = cpu_time_of(gateway.transport()) - cpu_before;
    const std::chrono::duration<double> replay = counter.latest() - counter.first();
    backend.run_for(std::chrono::milliseconds(200)); // what comes twice comes now
    print_row(
        fmt::format(
            "replay of {}{}: messages/s", count, meanwhile == Meanwhile::nothing ? "" : ", transport killed"),
        fmt::format("{:.0f}", static_cast<double>(count) / replay.count()),
        fmt::format("collected within {:.1f} s", collected.count()), "");
    print_row("… order", counter.verdict(), "", "all in order, none lost");
    print_row(
        "… CPU ms/1000, transport service",
        fmt::format("{:.1f}", in_milliseconds(cpu) * 1000 / static_cast<double>(count)), "", "");
}

} // namespace

void measure_memory(const Extent& extent)
{
    {
        const SimulatorProgram sink({"--start"});
        GatewayStand gateway({.metrics = true});
        BackendClient backend(gateway.broker().port(), Session::clean, {});
        gateway.start_transport();
        gateway.add_sink(sink.port());
        backend.wait_until_online(1);
        backend.run_for(extent.warm_up);
        print_memory("when idle", gateway);
    }
    {
        const SimulatorProgram sink({"--start", "--uplink-rate", "max", "--uplink-size", "102"});
        GatewayStand gateway({.metrics = true});
        BackendClient backend(gateway.broker().port(), Session::clean, {});
        gateway.start_transport();
        gateway.add_sink(sink.port());
        backend.wait_until_online(1);
        backend.run_for(extent.warm_up + extent.measured);
        print_memory("amid traffic", gateway);
    }
    print_memory_of_backlog("on disk", {});
}

void measure_replay(const Extent& extent)
{
    constexpr std::size_t usual = 5000;
    constexpr std::size_t large = 100'000;
    print_replay(usual, Meanwhile::nothing);
    print_replay(usual, Meanwhile::transport_is_killed);
    if (extent.large_backlog)
        print_replay(large, Meanwhile::transport_is_killed);
}

} // namespace bench
