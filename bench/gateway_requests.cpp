// What backends ask for: packets to the mesh, scratchpads; and how soon there is somebody to ask.
#include "bench/backend_client.hpp"
#include "bench/gateway.hpp"
#include "bench/gateway_stand.hpp"
#include "bench/generated_scratchpad.hpp"
#include "bench/rows.hpp"
#include "bench/sink_stand.hpp"
#include "bench/timed_sink.hpp"

#include <fmt/format.h>

namespace bench {
namespace {

using Clock = BackendClient::Clock;

constexpr const char* sink0 = "sink0";
constexpr std::size_t payload_octets = 20;

std::string numbered_payload(std::uint32_t number)
{
    std::string payload;
    gateway::Writer writer(payload);
    writer.u32(number);
    payload.resize(payload_octets, 'x');
    return payload;
}

/// A sink that sends at once: the radio is not what is measured.
simulator::Profile quick_radio()
{
    simulator::Profile profile;
    profile.transmit_time = simulator::Milliseconds{0};
    return profile;
}

void print_one_after_the_other(BackendClient& backend, TimedSink& sink, std::uint32_t count)
{
    const std::size_t before = sink.downlinks().size();
    std::vector<Clock::time_point> asked;
    std::vector<Duration> answered;
    for (std::uint32_t number = 0; number < count; ++number) {
        asked.push_back(Clock::now());
        const std::uint64_t request = backend.send_data(sink0, numbered_payload(number));
        answered.push_back(backend.wait_for_ok(request) - asked.back());
    }
    std::vector<Duration> at_the_sink;
    const auto downlinks = sink.downlinks();
    for (std::size_t i = before; i < downlinks.size(); ++i)
        at_the_sink.push_back(downlinks[i].arrived - asked.at(downlinks[i].number));
    print_row(
        "send_data to response, p50 / p99", in_words(percentiles_of(std::move(answered))),
        fmt::format("{} requests", count), "<= 3 / 8 ms");
    print_row(
        "… to the sink's UART, p50 / p99", in_words(percentiles_of(std::move(at_the_sink))), "",
        "p50 <= 0.7 ms");
}

void print_eight_at_a_time(BackendClient& backend, TimedSink& sink, std::uint32_t count)
{
    constexpr std::size_t at_a_time = 8;
    const std::size_t answers_before = backend.responses().size();
    const std::size_t packets_before = sink.downlinks().size();
    const auto answers = [&] { return backend.responses().size() - answers_before; };
    const Clock::time_point begun = Clock::now();
    for (std::uint32_t number = 0; number < count; ++number) {
        backend.expect("a response", [&] { return number < answers() + at_a_time; });
        backend.send_data(sink0, numbered_payload(number));
    }
    backend.expect("the last response", [&] { return answers() == count; });
    const std::chrono::duration<double> took = Clock::now() - begun;

    std::size_t refused = 0;
    for (const auto& [id, response] : backend.responses())
        refused += response.ok ? 0 : 1;
    std::size_t disordered = 0;
    const auto downlinks = sink.downlinks();
    for (std::size_t i = packets_before + 1; i < downlinks.size(); ++i)
        disordered += downlinks[i].number < downlinks[i - 1].number ? 1 : 0;
    print_row(
        "eight send_data in flight: responses/s", fmt::format("{:.0f}", count / took.count()),
        fmt::format("{} requests, {} refused", count, refused), "10 x reference (180 there)");
    print_row(
        "… order at the sink",
        fmt::format("{} disordered, {} missing", disordered, count - (downlinks.size() - packets_before)), "",
        "all in order");
}

/// Until the response to its last piece.
double seconds_of_upload(std::string_view file, std::size_t piece)
{
    // As short a reboot as of a sink whose stop is not what is measured.
    const SimulatorProgram sink({"--start", "--reboot-ms", "5"});
    GatewayStand gateway;
    BackendClient backend(gateway.broker().port(), Session::clean, {});
    gateway.start_transport();
    gateway.add_sink(sink.port());
    backend.wait_until_online(1);
    const Clock::time_point begun = Clock::now();
    Clock::time_point ended = begun;
    for (std::size_t offset = 0; offset < file.size(); offset += piece)
        ended = backend.wait_for_ok(backend.upload(sink0, file.substr(offset, piece), offset, file.size()));
    return std::chrono::duration<double>(ended - begun).count();
}

} // namespace

void measure_requests(const Extent& extent)
{
    TimedSink sink({}, {}, quick_radio());
    GatewayStand gateway;
    BackendClient backend(gateway.broker().port(), Session::clean, {});
    gateway.start_transport();
    gateway.add_sink(sink.port());
    backend.wait_until_online(1);
    backend.run_for(extent.warm_up);
    const auto count = static_cast<std::uint32_t>(extent.requests);
    print_one_after_the_other(backend, sink, count);
    print_eight_at_a_time(backend, sink, 10 * count);
}

void measure_scratchpad(const Extent& extent)
{
    constexpr std::size_t kilobyte = 1024;
    const gateway::Bytes octets = generated_scratchpad(256 * kilobyte);
    const std::string file(octets.begin(), octets.end());
    std::vector<double> whole;
    std::vector<double> chunks;
    for (int round = 0; round < extent.rounds; ++round) {
        whole.push_back(seconds_of_upload(file, file.size()));
        chunks.push_back(seconds_of_upload(file, 32 * kilobyte));
    }
    print_row("256 KB scratchpad, whole: s", in_words(std::move(whole), 2), "", "<= 0.7");
    print_row("… in 32 KB chunks: s", in_words(std::move(chunks), 2), "", "<= 0.8");
}

void measure_start(const Extent& extent)
{
    const SimulatorProgram sink({"--start"});
    GatewayStand gateway;
    gateway.add_sink(sink.port());
    BackendClient backend(gateway.broker().port(), Session::clean, {});
    std::vector<double> seconds;
    // The first start is not counted: its sink service may still be starting, too.
    for (int i = 0; i <= extent.starts; ++i) {
        const Clock::time_point begun = Clock::now();
        gateway.start_transport();
        const Clock::time_point online = backend.wait_until_online(1);
        if (i > 0)
            seconds.push_back(std::chrono::duration<double>(online - begun).count());
        gateway.end_transport();
        backend.wait_until_offline();
    }
    print_row("start to ONLINE with its sink: s", in_words(std::move(seconds), 3), "", "<= 0.15");
}

} // namespace bench
