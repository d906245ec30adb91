#include "bench/process_cost.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <string>

namespace bench {

std::chrono::nanoseconds cpu_time_of(pid_t process)
{
    // schedstat counts nanoseconds; stat only ticks of 10 ms.
    std::chrono::nanoseconds sum{0};
    for (const auto& thread : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", process))) {
        std::ifstream file(thread.path() / "schedstat");
        std::chrono::nanoseconds::rep running = 0;
        file >> running;
        sum += std::chrono::nanoseconds(running);
    }
    return sum;
}

std::size_t resident_memory_of(pid_t process)
{
    std::ifstream file(fmt::format("/proc/{}/status", process));
    constexpr std::string_view key = "VmRSS:";
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(key))
            return std::stoul(line.substr(key.size())) * 1024;
    return 0;
}

} // namespace bench
