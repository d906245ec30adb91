#include "simulator/pty/loop.hpp"

#include <csignal>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>

namespace simulator {
namespace {

/// To be woken takes a process longer than some octets take on a fast line. With `exact_line` the loop is
/// awake so long before something is due, and while the host probably answers.
constexpr Now awake_before{300};
constexpr Now awake_after{1000};

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

Loop::Loop(std::vector<LoopPort> ports, MeshedSinks* network, LoopSettings settings)
    : ports_(std::move(ports)), network_(network), settings_(std::move(settings))
{
    if (!settings_.control_socket.empty())
        control_ = std::make_unique<ControlServer>(
            settings_.control_socket, [this](std::string_view line) { return execute(line); });
}

void Loop::run()
{
    prctl(PR_SET_TIMERSLACK, 1UL); // a paced line counts in microseconds
    const sigset_t while_waiting = catch_stop_signals();
    std::vector<pollfd> descriptors;
    while (stop_requested == 0) {
        advance();
        for (const LoopPort& each : ports_)
            if (each.port.write_host(now()))
                octets_moved_ = now();

        descriptors.clear();
        for (const LoopPort& each : ports_)
            descriptors.push_back(each.port.watch());
        if (control_)
            control_->watch(descriptors);
        const timespec timeout = to_timespec(next_wait());
        if (settings_.exact_line)
            sched_yield(); // the kernel moves the octets of a pty in a thread of its own
        const int ready = ppoll(descriptors.data(), descriptors.size(), &timeout, &while_waiting);
        for (std::size_t i = 0; i < ports_.size(); ++i)
            ports_[i].port.read_host(ready > 0 && descriptors[i].revents != 0, now());
        if (control_ && ready > 0)
            control_->serve();
        move_cables();
    }
}

void Loop::advance()
{
    if (!network_) {
        for (const LoopPort& each : ports_)
            each.port.device().advance(now());
        return;
    }
    network_->advance(now());
    for (const CableChange& change : network_->take_cable_changes()) {
        HostPort& port = ports_[change.sink].port;
        if (change.plugged)
            port.plug();
        else
            port.unplug();
    }
    for (const std::string& notice : network_->mesh().take_notices())
        if (settings_.on_notice)
            settings_.on_notice(notice);
    move_cables();
}

void Loop::move_cables()
{
    for (const LoopPort& each : ports_)
        each.port.move_cable(now());
}

Now Loop::longest_wait() const
{
    const Now present = now();
    Now wait = std::chrono::seconds{1};
    const auto consider = [&](std::optional<Now> when) {
        if (when)
            wait = std::min(wait, *when - present);
    };
    for (const LoopPort& each : ports_)
        consider(each.port.next_event(present));
    if (network_)
        consider(network_->next_event());
    return std::max(wait, Now{0});
}

Now Loop::next_wait() const
{
    const Now wait = longest_wait();
    if (!settings_.exact_line)
        return wait;
    if (now() - octets_moved_ < awake_after)
        return Now{0};
    return std::max(wait - awake_before, Now{0});
}

std::string Loop::execute(std::string_view line)
{
    Simulation simulation{{}, network_, settings_.folder, {}};
    for (const LoopPort& each : ports_)
        simulation.sinks.push_back({each.name, &each.port.device(), &each.port.cable()});
    std::string answer = execute_line(simulation, line, now());
    skipped_ += simulation.skipped;
    if (network_)
        advance();
    move_cables(); // done when the answer says so
    return answer;
}

} // namespace simulator
