// transport-benchmark [quick] [NAME]...: a whole gateway, measured from outside with real processes
// (docs/performance.md). Prints; judges nothing. Names: see below.
#include "bench/gateway.hpp"
#include "bench/machine.hpp"
#include "bench/rows.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <set>
#include <string>

namespace {

struct Measurement {
    const char* name;
    void (*measure)(const bench::Extent& extent);
};

constexpr std::array measurements = {
    Measurement{"throughput", bench::measure_throughput},
    Measurement{"two-sinks", bench::measure_two_sinks},
    Measurement{"line", bench::measure_line},
    Measurement{"delay", bench::measure_delay},
    Measurement{"cost", bench::measure_cost},
    Measurement{"memory", bench::measure_memory},
    Measurement{"requests", bench::measure_requests},
    Measurement{"scratchpad", bench::measure_scratchpad},
    Measurement{"start", bench::measure_start},
    Measurement{"replay", bench::measure_replay},
};

bench::Extent quick()
{
    using namespace std::chrono_literals;
    return {
        .warm_up = 500ms,
        .measured = 2000ms,
        .rounds = 1,
        .idle = 5s,
        .requests = 100,
        .starts = 3,
        .large_backlog = false};
}

bool is_known(const std::string& name)
{
    return std::ranges::any_of(measurements, [&](const Measurement& known) { return name == known.name; });
}

void measure(const std::set<std::string>& wanted, const bench::Extent& extent)
{
    fmt::print("{}\n", bench::describe_machine());
    bench::print_head();
    for (const auto& [name, function] : measurements)
        if (wanted.empty() || wanted.contains(name))
            function(extent);
    fmt::print("\n");
}

} // namespace

int main(int argc, char** argv)
{
    std::set<std::string> wanted(argv + 1, argv + argc);
    const bench::Extent extent = wanted.erase("quick") > 0 ? quick() : bench::Extent();
    for (const std::string& name : wanted) {
        if (!is_known(name)) {
            fmt::print(stderr, "transport-benchmark: nothing is named {}\n", name);
            return 2;
        }
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0); // lines appear as they are measured, into files too
    try {
        measure(wanted, extent);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "transport-benchmark: {}\n", error.what());
        return 1;
    }
}
