// wirepas-sink-simulator: a sink without radio, for the demo, tests and benchmarks (docs/simulator.md).
#include "simulator/options.hpp"
#include "simulator/pty/loop.hpp"
#include "simulator/state_file.hpp"

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
    Persistent settings = options.settings;
    if (auto saved = options.state_file.empty() ? std::nullopt : load_state(options.state_file))
        settings = std::move(*saved);
    Device device(options.profile, settings, options.line, options.uplink, options.seed, monotonic_now());
    Loop loop(device, {options.accept_baud, options.link, options.state_file, options.control_socket});
    announce(loop.pty());
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
