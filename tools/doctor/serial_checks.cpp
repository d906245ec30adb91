#include "tools/doctor/serial_checks.hpp"

#include "gateway/file_descriptor.hpp"
#include "tools/local/processes.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <grp.h>
#include <optional>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <termios.h>
#include <unistd.h>

namespace gateway::tools {
namespace {

namespace fs = std::filesystem;

std::string group_name(gid_t group)
{
    const ::group* entry = getgrgid(group); // NOLINT(concurrency-mt-unsafe): one thread
    return entry == nullptr ? std::to_string(group) : entry->gr_name;
}

std::string user_name(uid_t user)
{
    const passwd* entry = getpwuid(user); // NOLINT(concurrency-mt-unsafe): one thread
    return entry == nullptr ? std::to_string(user) : entry->pw_name;
}

/// Ports that could have been meant.
std::vector<std::string> ports_there()
{
    std::vector<std::string> ports;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/dev/serial/by-id", error))
        ports.push_back(entry.path());
    if (!ports.empty())
        return ports;
    for (const auto& entry : fs::directory_iterator("/dev", error)) {
        const std::string name = entry.path().filename();
        if (name.starts_with("ttyACM") || name.starts_with("ttyUSB"))
            ports.push_back(entry.path());
    }
    return ports;
}

/// Another process that has the file open, as far as this user can see.
std::optional<std::uint32_t> holder_of(const fs::path& device)
{
    std::error_code error;
    for (const auto& process : fs::directory_iterator("/proc", error)) {
        const std::string pid = process.path().filename();
        if (pid.find_first_not_of("0123456789") != std::string::npos || pid == std::to_string(getpid()))
            continue;
        std::error_code hidden;
        for (fs::directory_iterator at(process.path() / "fd", hidden), end; !hidden && at != end;
             at.increment(hidden)) {
            std::error_code closed;
            if (fs::read_symlink(at->path(), closed) == device)
                return static_cast<std::uint32_t>(std::stoul(pid));
        }
    }
    return std::nullopt;
}

Finding absent(const std::string& path, int error)
{
    const auto ports = ports_there();
    return {
        .area = "serial port",
        .check = path,
        .verdict = Verdict::failure,
        .detail = std::generic_category().message(error),
        .advice = ports.empty() ? "plug the sink in, and look at dmesg"
                                : fmt::format("check uart_port; there is {}", fmt::join(ports, ", "))};
}

Finding permission(const std::string& path, const struct stat& about)
{
    Finding made{
        .area = "serial port",
        .check = path,
        .verdict = Verdict::fine,
        .detail = fmt::format(
            "{}:{}, mode {:04o}", user_name(about.st_uid), group_name(about.st_gid), about.st_mode & 07777U),
        .advice = {}};
    if (access(path.c_str(), R_OK | W_OK) == 0)
        return made;
    made.verdict = Verdict::failure;
    made.detail += fmt::format(": {} may not use it", user_name(geteuid()));
    made.advice = fmt::format(
        "usermod -aG {} {} (the service's user), then restart the service", group_name(about.st_gid),
        user_name(geteuid()));
    return made;
}

/// Opens the port, which nobody is seen to use.
void try_open(const std::string& path, Finding& made)
{
    const FileDescriptor port(open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    termios settings{};
    if (!port) {
        made.verdict = Verdict::failure;
        made.detail = "cannot be opened: " + std::generic_category().message(errno);
        made.advice = errno == EBUSY ? "another program has it for itself; find it as root: fuser -v " + path
                                     : "plug the sink in again, and look at dmesg";
    } else if (tcgetattr(port.get(), &settings) != 0) {
        made.verdict = Verdict::failure;
        made.detail = "is no serial port";
        made.advice = "check uart_port";
    } else if (flock(port.get(), LOCK_EX | LOCK_NB) != 0) {
        made.verdict = Verdict::failure;
        made.detail = "another program has locked it";
        made.advice = "find it as root: fuser -v " + path;
    } else {
        made.detail = "free";
    }
}

Finding use(const std::string& path, const std::vector<PortInUse>& in_use)
{
    Finding made{
        .area = "serial port", .check = "use of it", .verdict = Verdict::fine, .detail = {}, .advice = {}};
    std::error_code error;
    const fs::path device = fs::canonical(path, error);
    const auto used = std::ranges::find_if(in_use, [&](const PortInUse& port) {
        std::error_code gone;
        return port.path == path || (!error && fs::canonical(port.path, gone) == device);
    });
    if (used != in_use.end()) {
        made.detail = "by the service of " + used->sink_id;
        return made;
    }
    if (const auto holder = holder_of(device)) {
        const std::string program = local::program_of(*holder);
        made.detail = fmt::format("by {} (process {})", program, *holder);
        const bool ours = program == "wirepas-sink-service" || program == "sinkService";
        made.verdict = ours ? Verdict::warning : Verdict::failure;
        made.advice = ours ? "it has no sink on the bus (yet): look at its log"
                           : fmt::format("stop it: a sink needs its port alone (kill {})", *holder);
        return made;
    }
    try_open(path, made);
    return made;
}

} // namespace

Findings check_port(const std::string& path, const std::vector<PortInUse>& in_use)
{
    struct stat about {};
    if (stat(path.c_str(), &about) != 0)
        return {absent(path, errno)};
    if (!S_ISCHR(about.st_mode))
        return {
            {.area = "serial port",
             .check = path,
             .verdict = Verdict::failure,
             .detail = "is no device",
             .advice = "check uart_port"}};
    Finding permitted = permission(path, about);
    if (permitted.verdict != Verdict::fine)
        return {std::move(permitted)};
    return {std::move(permitted), use(path, in_use)};
}

} // namespace gateway::tools
