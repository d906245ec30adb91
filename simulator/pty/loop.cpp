#include "simulator/pty/loop.hpp"

#include <csignal>
#include <poll.h>

namespace simulator {
namespace {

constexpr Now look_for_host = Milliseconds{10}; // while nobody has the pty open
constexpr Now longest_wait = std::chrono::seconds{1};
constexpr std::size_t unwritten_bound = 65536; // a host that does not read loses octets above it

volatile std::sig_atomic_t stop_requested = 0;

/// SIGINT and SIGTERM reach the process only while it waits.
sigset_t catch_stop_signals()
{
    struct sigaction action {};
    action.sa_handler = [](int /*signal*/) { stop_requested = 1; };
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    for (const int signal : {SIGINT, SIGTERM}) {
        sigaction(signal, &action, nullptr);
        sigaddset(&blocked, signal);
    }
    sigprocmask(SIG_BLOCK, &blocked, &before);
    sigdelset(&before, SIGINT);
    sigdelset(&before, SIGTERM);
    return before;
}

timespec to_timespec(Now duration)
{
    constexpr std::int64_t microseconds = 1'000'000;
    return {duration.count() / microseconds, duration.count() % microseconds * 1000};
}

} // namespace

Now monotonic_now()
{
    return std::chrono::duration_cast<Now>(std::chrono::steady_clock::now().time_since_epoch());
}

Loop::Loop(Device& device, Pty& pty, LoopSettings settings) : device_(device), pty_(pty), settings_(settings)
{
}

void Loop::run()
{
    const sigset_t while_waiting = catch_stop_signals();
    while (stop_requested == 0) {
        device_.advance(monotonic_now());
        write_host();

        const Now now = monotonic_now();
        Now wait = longest_wait;
        if (const auto next = device_.next_event())
            wait = std::clamp(*next - now, Now{0}, longest_wait);
        if (host_gone_)
            wait = std::min(wait, look_for_host);
        const auto events =
            static_cast<short>((device_.wants_input() ? POLLIN : 0) | (unwritten_.empty() ? 0 : POLLOUT));
        pollfd ready{host_gone_ ? -1 : pty_.descriptor(), events, 0};
        const timespec timeout = to_timespec(wait);
        ppoll(&ready, 1, &timeout, &while_waiting);
        if (host_gone_)
            host_gone_ = !pty_.is_open();
        else if (ready.revents != 0)
            read_host();
    }
}

void Loop::read_host()
{
    const auto octets = pty_.read();
    host_gone_ = !octets;
    if (octets && !octets->empty() && (settings_.accept_baud == 0 || settings_.accept_baud == pty_.baud()))
        device_.receive(*octets, monotonic_now());
}

void Loop::write_host()
{
    const gateway::Bytes octets = device_.take_output(monotonic_now());
    if (unwritten_.size() + octets.size() <= unwritten_bound)
        unwritten_.insert(unwritten_.end(), octets.begin(), octets.end());
    if (unwritten_.empty())
        return;
    const std::size_t written = pty_.write(unwritten_);
    unwritten_.erase(unwritten_.begin(), unwritten_.begin() + static_cast<std::ptrdiff_t>(written));
}

} // namespace simulator
