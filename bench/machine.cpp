#include "bench/machine.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <sys/utsname.h>
#include <thread>

namespace bench {
namespace {

/// What follows `key` in the first line of a file that begins with it.
std::string value_of(const char* file, std::string_view key)
{
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(key))
            continue;
        const auto begin = line.find_first_not_of(" \t:=\"", key.size());
        return begin == std::string::npos ? "" : line.substr(begin, line.find_last_not_of('"') + 1 - begin);
    }
    return "unknown";
}

} // namespace

std::string describe_machine()
{
    utsname system{};
    uname(&system);
    double load = 0;
    getloadavg(&load, 1);
    const std::string megahertz = value_of("/proc/cpuinfo", "cpu MHz");
    return fmt::format(
        "processor   {}, {} cores at {:.0f} MHz\nsystem      {}, Linux {} ({})\ncompiler    {}\nbuild       "
        "{}\nload        {:.2f} before the run (other work takes from these figures)\n",
        value_of("/proc/cpuinfo", "model name"), std::thread::hardware_concurrency(),
        std::strtod(megahertz.c_str(), nullptr), value_of("/etc/os-release", "PRETTY_NAME"), system.release,
        system.machine, GATEWAY_COMPILER, GATEWAY_BUILD_TYPE, load);
}

} // namespace bench
