/// A program that runs beside this one and never outlives it.
#pragma once

#include "gateway/file_descriptor.hpp"
#include "tools/stand/wait.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace gateway::stand {

/// What to run. The child gets this process's environment without `WM_*` and `DBUS_*`, so that
/// settings of the machine's own gateway do not leak in, and `environment` on top.
struct Command {
    std::string name; ///< for messages
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;
    std::filesystem::path log; ///< standard output and error are appended here
};

/// How a child ended: exactly one of the two.
struct ExitStatus {
    std::optional<int> code;
    std::optional<int> signal;

    bool operator==(const ExitStatus&) const = default;
    [[nodiscard]] std::string describe() const; ///< "exit status 1", "signal 9"
};

/// Starts when created; at destruction it is asked to end, then killed. It is the leader of a process
/// group of its own, so that Ctrl-C on the terminal reaches only this process, and the kernel kills it
/// when the thread that created it ends in any way: create it on a thread that stays. For one thread.
class ChildProcess {
public:
    static constexpr std::chrono::milliseconds grace{3000}; ///< between the request to end and the kill

    /// Throws std::runtime_error when the program cannot be run.
    explicit ChildProcess(Command command);
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();

    [[nodiscard]] const Command& command() const { return command_; }
    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] bool running() { return !status(); }
    /// How it ended; nothing while it runs.
    [[nodiscard]] std::optional<ExitStatus> status() { return reap_within(std::chrono::milliseconds(0)); }

    /// How it ended, or nothing when it still runs at the deadline.
    std::optional<ExitStatus> wait(Deadline deadline);

    /// True when `text` is in what this run wrote. False at the deadline, or when it ended without.
    bool wait_for_output(const std::string& text, Deadline deadline);
    /// What this run wrote so far.
    [[nodiscard]] std::string output() const;

    void signal(int number);
    /// SIGTERM, and SIGKILL after `grace`. Not interrupted.
    ExitStatus terminate();
    /// SIGKILL to it and what it started.
    ExitStatus kill();

private:
    std::optional<ExitStatus> reap_within(std::chrono::milliseconds limit);
    void reap();

    Command command_;
    std::uintmax_t log_start_ = 0; ///< earlier runs wrote before it
    pid_t pid_ = -1;
    FileDescriptor ended_; ///< readable when the child has ended
    std::optional<ExitStatus> status_;
};

/// The last lines of a log, for messages about failures; empty when there are none.
std::string last_lines(const std::filesystem::path& log, std::size_t count);

} // namespace gateway::stand
