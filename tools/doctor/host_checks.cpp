#include "tools/doctor/host_checks.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <system_error>
#include <unistd.h>

namespace gateway::tools {
namespace {

constexpr std::time_t year_2020 = 1'577'836'800; ///< earlier: not set (spec/gateway-backend-api.md, 7.1)
constexpr std::uint64_t mebi = 1024 * 1024;
constexpr std::uint64_t least_space = 16 * mebi;
constexpr std::uint64_t little_space = 128 * mebi;
constexpr std::uint64_t least_files = 64;
constexpr std::uint64_t few_open_files = 1024;

std::string date(std::time_t at)
{
    std::tm parts{};
    gmtime_r(&at, &parts);
    return fmt::format(
        "{:04}-{:02}-{:02} {:02}:{:02} UTC", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
        parts.tm_hour, parts.tm_min);
}

/// The soft limit in /proc/<pid>/limits.
std::optional<std::uint64_t> open_files_limit(std::uint32_t pid)
{
    std::ifstream file(fmt::format("/proc/{}/limits", pid));
    for (std::string line; std::getline(file, line);) {
        constexpr std::string_view title = "Max open files";
        if (!line.starts_with(title))
            continue;
        const auto digits = line.find_first_of("0123456789", title.size());
        return digits == std::string::npos
                   ? std::nullopt
                   : std::optional<std::uint64_t>(std::strtoull(&line[digits], nullptr, 10));
    }
    return std::nullopt;
}

/// Nothing when this user may not look.
std::optional<std::uint64_t> open_files(std::uint32_t pid)
{
    std::error_code error;
    std::uint64_t count = 0;
    for (std::filesystem::directory_iterator at(fmt::format("/proc/{}/fd", pid), error), end;
         !error && at != end; at.increment(error))
        ++count;
    return error ? std::nullopt : std::optional(count);
}

Finding judge_open_files(const std::string& who, std::uint64_t limit, std::optional<std::uint64_t> used)
{
    Finding made{
        .area = "limits",
        .check = "open files, " + who,
        .verdict = Verdict::fine,
        .detail = {},
        .advice = {}};
    made.detail = used ? fmt::format("{} of {}", *used, limit) : fmt::format("up to {}", limit);
    if (used && *used * 10 > limit * 8) {
        made.verdict = Verdict::failure;
        made.advice = "restart the service and report this: it should need a few dozen";
    } else if (limit < few_open_files) {
        made.verdict = Verdict::warning;
        made.advice = "raise it: LimitNOFILE=1024 in the unit, or ulimit -n 1024";
    }
    return made;
}

} // namespace

Findings judge_clock(std::time_t now, bool synchronised)
{
    Findings made;
    const bool set = now >= year_2020;
    made.push_back(
        {.area = "clock",
         .check = "set",
         .verdict = set ? Verdict::fine : Verdict::failure,
         .detail = date(now),
         .advice =
             set ? "" : "set it: packets get wrong times, and TLS certificates seem not to be valid yet"});
    made.push_back(
        {.area = "clock",
         .check = "synchronised",
         .verdict = synchronised ? Verdict::fine : Verdict::warning,
         .detail = synchronised ? "yes" : "the kernel says no",
         .advice =
             synchronised ? "" : "timedatectl set-ntp true, and check that a time server can be reached"});
    return made;
}

Findings check_clock()
{
    timex kernel{};
    const int state = adjtimex(&kernel);
    const bool synchronised = state >= 0 && state != TIME_ERROR && (kernel.status & STA_UNSYNC) == 0;
    return judge_clock(std::time(nullptr), synchronised);
}

Finding judge_space(const std::string& directory, const DiskSpace& space)
{
    Finding made{
        .area = "disk",
        .check = "space",
        .verdict = Verdict::fine,
        .detail = fmt::format("{} MiB free at {}", space.free_octets / mebi, directory),
        .advice = {}};
    if (space.read_only) {
        made.verdict = Verdict::failure;
        made.detail = directory + " is on a read-only file system";
        made.advice = "mount it writable, or set state_directory to another place";
    } else if (space.free_octets < least_space || space.free_files < least_files) {
        made.verdict = Verdict::failure;
        made.advice = "free some: packets that wait for the broker are not stored, and a restart loses them";
    } else if (space.free_octets < little_space) {
        made.verdict = Verdict::warning;
        made.advice = "free some: a long outage of the broker may fill it";
    }
    return made;
}

Findings check_state_directory(const std::string& directory)
{
    Finding exists{
        .area = "disk",
        .check = "state directory",
        .verdict = Verdict::fine,
        .detail = directory,
        .advice = {}};
    struct statvfs about {};
    if (statvfs(directory.c_str(), &about) != 0) {
        exists.verdict = Verdict::failure;
        exists.detail = directory + ": " + std::generic_category().message(errno);
        exists.advice = "mkdir it and give it to the service's user, or set state_directory to another place";
        return {exists};
    }
    if (access(directory.c_str(), W_OK | X_OK) != 0) {
        exists.verdict = errno == EROFS ? Verdict::failure : Verdict::warning;
        exists.detail = directory + ": this user cannot write";
        exists.advice = "run the doctor as the service's user, or chown the folder to it";
    }
    return {
        exists, judge_space(
                    directory, {.free_octets = std::uint64_t{about.f_bavail} * about.f_frsize,
                                // File systems without a table of files tell 0 of 0.
                                .free_files = about.f_files == 0 ? UINT64_MAX : about.f_favail,
                                .read_only = (about.f_flag & ST_RDONLY) != 0})};
}

Findings check_limits(const std::vector<local::BusProcess>& processes)
{
    Findings made;
    rlimit own{};
    if (getrlimit(RLIMIT_NOFILE, &own) == 0)
        made.push_back(judge_open_files("this user", own.rlim_cur, std::nullopt));
    for (const local::BusProcess& process : processes)
        if (const auto limit = open_files_limit(process.pid))
            made.push_back(judge_open_files(
                fmt::format("{} ({})", process.program, process.pid), *limit, open_files(process.pid)));
    return made;
}

} // namespace gateway::tools
