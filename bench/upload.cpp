#include "bench/upload.hpp"

#include "bench/generated_scratchpad.hpp"
#include "bench/line_limits.hpp"
#include "bench/sink_stand.hpp"
#include "gateway/dbus/sink_contract.hpp"

#include <fmt/format.h>
#include <fstream>
#include <stdexcept>

namespace bench {
namespace {

using namespace gateway::sink_contract;
using std::chrono::milliseconds;

constexpr std::uint32_t baud = 115200;
constexpr std::chrono::minutes longest_upload{5};
constexpr std::size_t kilobytes_256 = 256 * 1024;

gateway::Bytes read_file(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// What others do between two moments of an upload.
using Others = std::function<void(BusClient& client)>;

double seconds_of_upload(BusClient& client, gateway::ByteView file, const Others& others)
{
    const Clock::time_point begun = Clock::now();
    client.begin_upload(42, file);
    const auto ended = [&] { return client.uploaded(); };
    if (!others)
        client.run_until(ended, begun + longest_upload);
    while (!ended()) {
        others(client);
        client.run_until(ended, Clock::now() + milliseconds(20));
    }
    return std::chrono::duration<double>(Clock::now() - begun).count();
}

void print_row(const char* what, double seconds, double limit)
{
    fmt::print("{:<52} {:>8.2f} {:>8.2f} {:>8.1f} %\n", what, seconds, limit, limit * 100 / seconds);
}

void print_answers(const char* what, std::vector<Duration> times)
{
    const std::size_t count = times.size();
    const Percentiles found = percentiles_of(std::move(times));
    fmt::print(
        "    {:<48} {:>8} {:>8.2f} {:>8.2f} {:>8.2f}\n", what, count, in_milliseconds(found.p50),
        in_milliseconds(found.p99), in_milliseconds(found.worst));
}

} // namespace

void measure_upload(const std::filesystem::path& scratchpad)
{
    const gateway::Bytes file = read_file(scratchpad);
    const double limit = static_cast<double>(octets_of_upload(file)) * bits_per_octet / baud;
    fmt::print(
        "Upload of {} octets at {} bit/s; limit: the octets of requests and confirms at ten bits each.\n\n"
        "{:<52} {:>8} {:>8} {:>10}\n",
        file.size(), baud, "", "s", "limit", "of limit");
    {
        const SimulatorProgram sink({"--baud", std::to_string(baud)});
        const ServiceStand stand(sink.port());
        BusClient client(stand.bus_address());
        print_row("alone", seconds_of_upload(client, file, nullptr), limit);

        std::vector<Duration> properties;
        const double watched = seconds_of_upload(client, file, [&](BusClient& bus) {
            properties.push_back(bus.read_property(config_interface, "StackStatus"));
        });
        print_row("with a property read every 20 ms", watched, limit);

        std::vector<Duration> calls;
        const double disturbed = seconds_of_upload(client, file, [&](BusClient& bus) {
            properties.push_back(bus.read_property(config_interface, "StackStatus"));
            calls.push_back(bus.read_target());
        });
        print_row("… and a call that the sink must answer", disturbed, limit);
        fmt::print(
            "\n    {:<48} {:>8} {:>8} {:>8} {:>8}\n", "answers meanwhile, ms", "calls", "p50", "p99",
            "worst");
        print_answers("property StackStatus", std::move(properties));
        print_answers("GetTargetScratchpad (an exchange with the sink)", std::move(calls));
    }
    {
        const gateway::Bytes generated = generated_scratchpad(kilobytes_256);
        const SimulatorProgram sink({"--start", "--reboot-ms", "5"});
        const ServiceStand stand(sink.port());
        BusClient client(stand.bus_address());
        const double stop = in_milliseconds(client.set_stack_state(false));
        const double upload = seconds_of_upload(client, generated, nullptr);
        fmt::print(
            "\n256 KB, unpaced: stop of the stack {:.2f} s, upload {:.2f} s, together {:.2f} s\n\n",
            stop / 1000, upload, stop / 1000 + upload);
    }
}

void measure_downlink(Durations durations)
{
    const SimulatorProgram sink(
        {"--start", "--uplink-rate", "max", "--uplink-size", "102", "--baud", std::to_string(baud)});
    const ServiceStand stand(sink.port());
    BusClient client(stand.bus_address());
    std::uint64_t packets = 0;
    client.watch_packets([&](std::uint32_t /*number*/, Clock::time_point /*received*/) { ++packets; });
    const auto never = [] { return false; };
    client.run_until(never, Clock::now() + durations.warm_up);

    packets = 0;
    std::vector<Duration> times;
    const Clock::time_point begun = Clock::now();
    while (Clock::now() - begun < durations.measured) {
        times.push_back(client.send_message(1001, gateway::Bytes(20, 0x55)));
        client.run_until(never, Clock::now() + milliseconds(50));
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    fmt::print(
        "SendMessage of 20 octets every 50 ms while {:.0f} packets/s of 102 octets come up at {} bit/s\n\n"
        "    {:<48} {:>8} {:>8} {:>8} {:>8}\n",
        static_cast<double>(packets) / seconds, baud, "answers, ms", "calls", "p50", "p99", "worst");
    print_answers("SendMessage", std::move(times));
    fmt::print("\n");
}

} // namespace bench
