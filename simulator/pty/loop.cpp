#include "simulator/pty/loop.hpp"

#include "simulator/state_file.hpp"

#include <csignal>
#include <poll.h>
#include <sys/prctl.h>

namespace simulator {
namespace {

constexpr Now look_for_host = Milliseconds{10}; // while nobody has the pty open
constexpr std::size_t unwritten_bound = 65536;  // a host that does not read loses octets above it

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

Loop::Loop(Device& device, LoopSettings settings)
    : device_(device), settings_(std::move(settings)), pty_(std::make_unique<Pty>(settings_.link))
{
    cable_.link = settings_.link;
    if (!settings_.control_socket.empty())
        control_ = std::make_unique<ControlServer>(settings_.control_socket, [this](std::string_view line) {
            std::string answer = execute_line(device_, cable_, line, monotonic_now());
            move_cable(); // done when the answer says so
            return answer;
        });
    saved_ = device_.sink().state().persistent;
}

void Loop::run()
{
    prctl(PR_SET_TIMERSLACK, 1UL); // a paced line counts in microseconds
    const sigset_t while_waiting = catch_stop_signals();
    std::vector<pollfd> descriptors;
    while (stop_requested == 0) {
        device_.advance(monotonic_now());
        write_host();
        save();

        descriptors.assign(1, host());
        if (control_)
            control_->watch(descriptors);
        const timespec timeout = to_timespec(longest_wait());
        const int ready = ppoll(descriptors.data(), descriptors.size(), &timeout, &while_waiting);
        if (host_gone_)
            host_gone_ = !pty_->is_open();
        else if (ready > 0 && descriptors.front().revents != 0)
            read_host();
        if (control_ && ready > 0)
            control_->serve();
        move_cable();
    }
}

/// An unplugged device has no power: it boots when it is plugged in again.
void Loop::move_cable()
{
    const Now now = monotonic_now();
    if (!cable_.plugged && pty_) {
        pty_.reset();
        unwritten_.clear();
        host_gone_ = false;
    }
    if (cable_.plugged_again && *cable_.plugged_again <= now) {
        cable_.plugged_again.reset();
        cable_.plugged = true;
        if (!pty_) {
            pty_ = std::make_unique<Pty>(cable_.link);
            device_.take_output(Now::max());
            device_.reboot(now);
        }
    }
}

Now Loop::longest_wait() const
{
    const Now now = monotonic_now();
    Now wait = std::chrono::seconds{1};
    if (const auto next = device_.next_event())
        wait = std::min(wait, *next - now);
    if (cable_.plugged_again)
        wait = std::min(wait, *cable_.plugged_again - now);
    if (host_gone_)
        wait = std::min(wait, look_for_host);
    return std::max(wait, Now{0});
}

pollfd Loop::host() const
{
    const bool watch = pty_ && !host_gone_;
    const auto events =
        static_cast<short>((device_.wants_input() ? POLLIN : 0) | (unwritten_.empty() ? 0 : POLLOUT));
    return {watch ? pty_->descriptor() : -1, events, 0};
}

void Loop::read_host()
{
    const auto octets = pty_->read();
    host_gone_ = !octets;
    if (octets && !octets->empty() && (settings_.accept_baud == 0 || settings_.accept_baud == pty_->baud()))
        device_.receive(*octets, monotonic_now());
}

void Loop::write_host()
{
    const gateway::Bytes octets = device_.take_output(monotonic_now());
    if (!pty_)
        return;
    if (unwritten_.size() + octets.size() <= unwritten_bound)
        unwritten_.insert(unwritten_.end(), octets.begin(), octets.end());
    if (unwritten_.empty())
        return;
    const std::size_t written = pty_->write(unwritten_);
    unwritten_.erase(unwritten_.begin(), unwritten_.begin() + static_cast<std::ptrdiff_t>(written));
}

void Loop::save()
{
    if (settings_.state_file.empty() || saved_ == device_.sink().state().persistent)
        return;
    saved_ = device_.sink().state().persistent;
    save_state(settings_.state_file, saved_);
}

} // namespace simulator
