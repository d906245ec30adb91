// wirepas-sink-simulator: a sink without radio, for the demo, tests and benchmarks (docs/simulator.md).
#include "simulator/options.hpp"
#include "simulator/pty/loop.hpp"

#include <cstdio>
#include <exception>
#include <fmt/format.h>

namespace {

/// Whoever started the program waits for this line.
void announce(const simulator::Pty& pty)
{
    const std::string link = pty.link().empty() ? "" : fmt::format(", linked as {}", pty.link().string());
    fmt::print("wirepas-sink-simulator: sink on {}{}\n", pty.slave().string(), link);
    std::fflush(stdout);
}

void simulate(const simulator::Options& options)
{
    using namespace simulator;
    Device device(options.profile, options.settings, options.line, options.uplink, monotonic_now());
    Pty pty(options.link);
    Loop loop(device, pty, {options.accept_baud});
    announce(pty);
    loop.run();
}

} // namespace

int main(int argc, char** argv)
{
    const auto options = simulator::read_options(argc, argv);
    if (const int* status = std::get_if<int>(&options))
        return *status;
    try {
        simulate(std::get<simulator::Options>(options));
        return 0;
    } catch (const std::exception& error) {
        std::fputs(fmt::format("wirepas-sink-simulator: {}\n", error.what()).c_str(), stderr);
        return 1;
    }
}
