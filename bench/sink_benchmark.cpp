// sink-benchmark [quick] [uplink|latency|upload|downlink|idle]...: the sink service, measured from
// outside (docs/performance.md). Prints; judges nothing.
#include "bench/machine.hpp"
#include "bench/upload.hpp"

#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <set>
#include <string>

namespace {

void measure(const std::set<std::string>& wanted, bench::Durations durations)
{
    const auto is_wanted = [&](const char* what) { return wanted.empty() || wanted.contains(what); };
    fmt::print("{}\n", bench::describe_machine());
    if (is_wanted("uplink"))
        bench::measure_uplink(durations);
    if (is_wanted("latency"))
        bench::measure_latency(durations);
    if (is_wanted("upload"))
        bench::measure_upload(FIXTURES "/scratchpads/stack-app-400k.otap");
    if (is_wanted("downlink"))
        bench::measure_downlink(durations);
    if (is_wanted("idle"))
        bench::measure_idle(durations);
}

} // namespace

int main(int argc, char** argv)
{
    std::set<std::string> wanted(argv + 1, argv + argc);
    bench::Durations durations;
    if (wanted.erase("quick") > 0)
        durations = {std::chrono::milliseconds(500), std::chrono::milliseconds(1500), 3};
    std::setvbuf(stdout, nullptr, _IOLBF, 0); // lines appear as they are measured, into files too
    try {
        measure(wanted, durations);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "sink-benchmark: {}\n", error.what());
        return 1;
    }
}
