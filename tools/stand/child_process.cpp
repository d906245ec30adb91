#include "tools/stand/child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace gateway::stand {
namespace {

using Strings = std::vector<std::string>;

Strings child_environment(const Command& command)
{
    Strings variables;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        if (!text.starts_with("WM_") && !text.starts_with("DBUS_"))
            variables.emplace_back(text);
    }
    for (const auto& [name, value] : command.environment)
        variables.push_back(name + '=' + value);
    return variables;
}

std::vector<char*> pointers(Strings& texts)
{
    std::vector<char*> all;
    all.reserve(texts.size() + 1);
    for (std::string& text : texts)
        all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

/// What the new process does until it is the program; calls only what may be called after fork.
[[noreturn]] void become(char* const* arguments, char* const* variables, int log, int failure, pid_t parent)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127); // the parent ended before the line above
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD})
        std::signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execve(arguments[0], arguments, variables);
    const int error = errno;
    [[maybe_unused]] const auto written = write(failure, &error, sizeof error);
    _exit(127);
}

/// The system call itself: the declaration in glibc 2.36 is none for C++.
FileDescriptor open_process(pid_t pid)
{
    return FileDescriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

[[noreturn]] void cannot(const std::string& what, int error)
{
    throw std::runtime_error("cannot " + what + ": " + std::generic_category().message(error));
}

ExitStatus exit_status(int status)
{
    if (WIFSIGNALED(status))
        return {std::nullopt, WTERMSIG(status)};
    return {WEXITSTATUS(status), std::nullopt};
}

} // namespace

std::string ExitStatus::describe() const
{
    return signal ? "signal " + std::to_string(*signal) : "exit status " + std::to_string(code.value_or(-1));
}

ChildProcess::ChildProcess(Command command) : command_(std::move(command))
{
    const FileDescriptor log(
        open(command_.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!log)
        cannot("write " + command_.log.string(), errno);
    log_start_ = std::filesystem::file_size(command_.log);

    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        cannot("create a pipe", errno);
    const FileDescriptor failure(ends[0]);
    FileDescriptor failure_writer(ends[1]);

    // Everything that allocates is done before the fork: this process may have threads.
    Strings arguments{command_.program.string()};
    arguments.insert(arguments.end(), command_.arguments.begin(), command_.arguments.end());
    Strings variables = child_environment(command_);
    const std::vector<char*> argument_pointers = pointers(arguments);
    const std::vector<char*> variable_pointers = pointers(variables);
    const pid_t parent = getpid();

    pid_ = fork();
    if (pid_ < 0)
        cannot("start " + command_.name, errno);
    if (pid_ == 0)
        become(argument_pointers.data(), variable_pointers.data(), log.get(), failure_writer.get(), parent);

    setpgid(pid_, pid_); // both sides, because either may be first; it fails after the exec, rightly
    failure_writer.reset();
    int error = 0;
    if (read(failure.get(), &error, sizeof error) == sizeof error) {
        waitpid(pid_, nullptr, 0);
        cannot("run " + command_.program.string(), error);
    }
    ended_ = open_process(pid_);
    if (!ended_) {
        const int reason = errno;
        kill();
        cannot("watch " + command_.name, reason);
    }
}

ChildProcess::~ChildProcess()
{
    terminate();
}

std::optional<ExitStatus> ChildProcess::wait(Deadline deadline)
{
    if (!status_ && wait_readable(std::array{ended_.get()}, deadline))
        reap();
    return status_;
}

bool ChildProcess::wait_for_output(const std::string& text, Deadline deadline)
{
    const FileDescriptor changes(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!changes || inotify_add_watch(changes.get(), command_.log.c_str(), IN_MODIFY) < 0)
        cannot("watch " + command_.log.string(), errno);
    for (;;) {
        // The order matters: what an ended child wrote is complete.
        const bool alive = running();
        if (output().find(text) != std::string::npos)
            return true;
        if (!alive || !wait_readable(std::array{changes.get(), ended_.get()}, deadline))
            return false;
        std::array<char, 4096> events{};
        while (read(changes.get(), events.data(), events.size()) > 0) {
        }
    }
}

std::string ChildProcess::output() const
{
    std::ifstream file(command_.log, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(log_start_));
    return {std::istreambuf_iterator<char>(file), {}};
}

void ChildProcess::signal(int number)
{
    if (!status_)
        ::kill(pid_, number);
}

ExitStatus ChildProcess::terminate()
{
    signal(SIGTERM);
    signal(SIGCONT); // a stopped child would never see the first
    if (const auto ended = reap_within(grace))
        return *ended;
    return kill();
}

ExitStatus ChildProcess::kill()
{
    if (!status_) {
        ::kill(-pid_, SIGKILL);
        ::kill(pid_, SIGKILL);
        reap();
    }
    return *status_;
}

std::optional<ExitStatus> ChildProcess::reap_within(std::chrono::milliseconds limit)
{
    const Deadline deadline(limit);
    while (!status_) {
        pollfd ended{ended_.get(), POLLIN, 0};
        const int ready = poll(&ended, 1, static_cast<int>(deadline.left().count()));
        if (ready > 0)
            reap();
        else if (deadline.passed())
            break;
    }
    return status_;
}

void ChildProcess::reap()
{
    int status = 0;
    pid_t reaped = 0;
    do
        reaped = waitpid(pid_, &status, 0);
    while (reaped < 0 && errno == EINTR);
    status_ = exit_status(status);
}

std::string last_lines(const std::filesystem::path& log, std::size_t count)
{
    std::ifstream file(log, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::size_t begin = text.size();
    for (std::size_t lines = 0; lines < count && begin != 0; ++lines)
        begin = begin < 2 ? 0 : text.rfind('\n', begin - 2) + 1;
    return text.substr(begin);
}

} // namespace gateway::stand
