#include "tools/local/processes.hpp"

#include "gateway/dbus/sink_contract.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string_view>
#include <unistd.h>

namespace gateway::local {

std::string program_of(std::uint32_t pid)
{
    // Names of threads (comm) are cut at 15 characters: the command line has the whole.
    std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline", std::ios::binary);
    std::string first;
    std::getline(file, first, '\0');
    return std::filesystem::path(first).filename();
}

std::vector<BusProcess> gateway_processes(Bus& bus)
{
    std::map<std::uint32_t, BusProcess> processes;
    for (const std::string& name : bus.names()) {
        const auto pid = bus.process(name); // nothing: it left meanwhile
        if (!pid || *pid == static_cast<std::uint32_t>(getpid()))
            continue;
        BusProcess& process = processes[*pid];
        process.pid = *pid;
        if (!name.starts_with(':'))
            process.names.push_back(name);
    }
    std::vector<BusProcess> found;
    for (auto& [pid, process] : processes) {
        process.program = program_of(pid);
        std::ranges::sort(process.names);
        const bool has_sink = std::ranges::any_of(process.names, [](const std::string& name) {
            return name.starts_with(sink_contract::name_prefix);
        });
        if (has_sink || process.program.starts_with("wirepas-"))
            found.push_back(std::move(process));
    }
    return found;
}

} // namespace gateway::local
