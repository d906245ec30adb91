// wirepas-sink-simulator: sinks without radio, alone or with a mesh behind them, for the demo, tests and
// benchmarks (docs/simulator.md, docs/mesh.md).
#include "simulator/options.hpp"
#include "simulator/pty/loop.hpp"
#include "simulator/scenario/scenario.hpp"
#include "simulator/state_file.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fmt/format.h>

namespace {

using namespace simulator;

/// Whoever started the program waits for this line.
void announce(const std::string& name, const Pty& pty)
{
    const std::string link = pty.link().empty() ? "" : fmt::format(", linked as {}", pty.link().string());
    fmt::print(
        "wirepas-sink-simulator: sink{}{} on {}{}\n", name.empty() ? "" : " ", name, pty.slave().string(),
        link);
    std::fflush(stdout);
}

void simulate_sink(const Options& options)
{
    Persistent settings = options.settings;
    if (auto saved = options.state_file.empty() ? std::nullopt : load_state(options.state_file))
        settings = std::move(*saved);
    Device device(options.profile, settings, options.line, options.uplink, options.seed, monotonic_now());
    HostPort port(device, {options.accept_baud, options.link, options.state_file}, monotonic_now());
    Loop loop({{"", port}}, nullptr, {options.control_socket, options.exact_line});
    announce("", port.pty());
    loop.run();
}

/// The path of one of several sinks: PATH-gw-a-sink0.
std::filesystem::path path_of(const std::filesystem::path& path, const std::string& sink, std::size_t sinks)
{
    if (path.empty() || sinks == 1)
        return path;
    std::string suffix = "-" + sink;
    std::ranges::replace(suffix, '/', '-');
    return path.string() + suffix;
}

/// A sink's settings survive in its file; the mesh begins anew.
Persistent settings_of(const scenario::SinkDevice& device, const std::filesystem::path& state_file)
{
    if (auto saved = state_file.empty() ? std::nullopt : load_state(state_file))
        return std::move(*saved);
    return device.settings;
}

void simulate_mesh(const Options& options)
{
    const scenario::Scenario scenario = scenario::read_scenario(options.scenario, options.time_factor);
    const std::size_t sinks = scenario.sinks.size();
    const Now now = monotonic_now();
    std::deque<Device> devices;
    std::deque<HostPort> ports;
    std::vector<Device*> behind;
    std::vector<LoopPort> loop_ports;
    for (std::size_t i = 0; i < sinks; ++i) {
        const std::string& name = scenario.setup.sinks[i].name;
        const scenario::SinkDevice& device = scenario.sinks[i];
        const auto state_file = path_of(options.state_file, name, sinks);
        devices.emplace_back(
            device.profile, settings_of(device, state_file), options.line, options.uplink, options.seed + i,
            now);
        ports.emplace_back(
            devices.back(),
            HostPortSettings{options.accept_baud, path_of(options.link, name, sinks), state_file}, now);
        behind.push_back(&devices.back());
        loop_ports.push_back({name, ports.back()});
    }
    MeshedSinks network(scenario.setup, behind, scenario.time_factor, now);
    Loop loop(
        loop_ports, &network,
        {options.control_socket, options.exact_line, options.scenario.parent_path(),
         [](const std::string& notice) {
             fmt::print("{}\n", notice);
             std::fflush(stdout);
         }});
    for (std::size_t i = 0; i < sinks; ++i)
        announce(sinks == 1 ? "" : scenario.setup.sinks[i].name, ports[i].pty());
    loop.run();
}

} // namespace

int main(int argc, char** argv)
{
    const auto options = read_options(argc, argv);
    if (const int* status = std::get_if<int>(&options))
        return *status;
    try {
        const Options& chosen = std::get<Options>(options);
        if (chosen.scenario.empty())
            simulate_sink(chosen);
        else
            simulate_mesh(chosen);
        return 0;
    } catch (const std::exception& error) {
        std::fputs(fmt::format("wirepas-sink-simulator: {}\n", error.what()).c_str(), stderr);
        return 1;
    }
}
