#include "transport/metrics/process_numbers.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace transport {
namespace {

/// Fields of /proc/self/stat behind the name (proc(5)): the third is the first here.
struct Stat {
    std::uint64_t threads = 0;
    std::uint64_t started_ticks = 0; ///< since the machine started
    std::uint64_t resident_pages = 0;
};

Stat read_stat()
{
    constexpr std::size_t threads = 20 - 3;
    constexpr std::size_t started = 22 - 3;
    constexpr std::size_t resident = 24 - 3;
    std::ifstream file("/proc/self/stat");
    std::string name;
    std::getline(file, name, ')'); // the one that may hold blanks
    std::string field;
    Stat stat;
    for (std::size_t i = 0; i <= resident && file >> field; ++i) {
        if (i == threads)
            stat.threads = std::stoull(field);
        else if (i == started)
            stat.started_ticks = std::stoull(field);
        else if (i == resident)
            stat.resident_pages = std::stoull(field);
    }
    return stat;
}

/// When the machine started, since 1970.
double boot_time_s()
{
    std::ifstream file("/proc/stat");
    std::string word;
    while (file >> word) {
        double seconds = 0;
        if (word == "btime" && file >> seconds)
            return seconds;
    }
    return 0;
}

std::uint64_t count_descriptors()
{
    std::error_code error;
    std::uint64_t count = 0;
    for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
         entry.increment(error))
        ++count;
    return count > 0 ? count - 1 : 0; // less the one that counts
}

double seconds(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

} // namespace

ProcessNumbers read_process_numbers()
{
    ProcessNumbers numbers;
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        numbers.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        numbers.max_descriptors = limit.rlim_cur;
    const Stat stat = read_stat();
    numbers.threads = stat.threads;
    numbers.resident_octets = stat.resident_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    static const double boot = boot_time_s();
    numbers.started_s =
        boot + static_cast<double>(stat.started_ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
    numbers.open_descriptors = count_descriptors();
    return numbers;
}

} // namespace transport
