#include "sink-service/dual_mcu/link.hpp"

#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace dual_mcu {
namespace {

using gateway::ApplicationCode;
using gateway::fail;

constexpr std::chrono::hours far_away{24};

int make_event_descriptor()
{
    const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0)
        throw std::system_error(errno, std::generic_category(), "cannot create the link's wake-up");
    return fd;
}

void signal(int event_descriptor)
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t put = ::write(event_descriptor, &one, sizeof one);
}

} // namespace

std::string_view describe(LinkState state)
{
    switch (state) {
    case LinkState::closed:
        return "closed";
    case LinkState::starting_up:
        return "starting up";
    case LinkState::online:
        return "online";
    }
    return "unknown";
}

Link::Link(LinkSettings settings, LinkListener& listener)
    : settings_(std::move(settings)),
      listener_(listener),
      wake_(make_event_descriptor()),
      stop_(make_event_descriptor()),
      schedule_(settings_.polling)
{
    tasks_.emplace();
}

Link::~Link()
{
    stop();
    ::close(wake_);
    ::close(stop_);
}

void Link::start()
{
    thread_ = std::thread([this] { run(); });
}

void Link::stop()
{
    if (!thread_.joinable())
        return;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    signal(stop_);
    signal(wake_);
    thread_.join();
}

bool Link::stopping()
{
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void Link::post(std::function<void()> call)
{
    const std::lock_guard lock(mutex_);
    if (posted_.empty())
        signal(wake_);
    posted_.push_back(std::move(call));
}

void Link::spawn(gateway::Task<> task)
{
    if (tasks_)
        tasks_->start(std::move(task));
}

void Link::run()
{
    while (!stopping()) {
        run_posted();
        run_timers();
        grant_exclusive_access();
        if (state_ == LinkState::closed && Clock::now() >= reopen_at_)
            open();
        else if (!take_turn())
            wait();
    }
    tasks_.reset();
    channel_.reset();
    state_ = LinkState::closed;
    const std::lock_guard lock(mutex_);
    posted_.clear();
}

void Link::run_posted()
{
    std::deque<std::function<void()>> taken;
    {
        const std::lock_guard lock(mutex_);
        if (posted_.empty())
            return;
        // Together, so that the descriptor tells exactly whether something is posted.
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t got = ::read(wake_, &count, sizeof count);
        taken.swap(posted_);
    }
    for (const auto& call : taken)
        call();
}

void Link::run_timers()
{
    while (!timers_.empty() && timers_.begin()->first <= Clock::now()) {
        Delay& delay = *timers_.begin()->second;
        timers_.erase(timers_.begin());
        delay.timer.reset();
        delay.waiting.resume();
    }
}

/// One exchange, or one poll, of those that wait; false when nothing is due.
bool Link::take_turn()
{
    if (state_ == LinkState::closed)
        return false;
    if (exclusive_) {
        auto& queue = waiting_[static_cast<std::size_t>(Turn::exclusive)];
        if (queue.empty())
            return false;
        serve(*queue.front());
        return true;
    }
    // The place of `exclusive` in the round is the poll's.
    for (std::size_t i = 0; i < turns; ++i) {
        const std::size_t turn = (next_turn_ + i) % turns;
        if (static_cast<Turn>(turn) == Turn::exclusive) {
            if (!polls_allowed() || Clock::now() < schedule_.next())
                continue;
            next_turn_ = turn + 1;
            poll_once();
            return true;
        }
        if (waiting_[turn].empty())
            continue;
        next_turn_ = turn + 1;
        serve(*waiting_[turn].front());
        return true;
    }
    return false;
}

void Link::serve(Exchange& exchange)
{
    waiting_[static_cast<std::size_t>(exchange.turn)].pop_front();
    if (Clock::now() > exchange.not_after) {
        exchange.result = fail(ApplicationCode::out_of_memory, "the line to the sink was not free in time");
        exchange.waiting.resume();
        return;
    }
    exchange.result = channel_->request(exchange.request, exchange.timeout);
    if (!exchange.result) {
        const std::string why = exchange.result.error().message;
        if (channel_->port_gone())
            close(why);
        else
            check_for_loss(why);
    }
    exchange.waiting.resume();
}

bool Link::polls_allowed() const
{
    return state_ == LinkState::online && !exclusive_ && listener_.can_take_indications();
}

bool Link::requests_wait()
{
    if (std::ranges::any_of(waiting_, [](const auto& queue) { return !queue.empty(); }))
        return true;
    const std::lock_guard lock(mutex_);
    return !posted_.empty();
}

void Link::poll_once()
{
    std::size_t taken = 0;
    const auto wants_more = [&] {
        ++taken;
        const std::size_t burst =
            requests_wait() ? settings_.polling.burst_while_requests_wait : settings_.polling.burst;
        return taken < burst && listener_.can_take_indications();
    };
    const auto take = [&](const Frame& indication, std::chrono::system_clock::time_point received) {
        listener_.indication(indication, received);
    };
    const auto more = channel_->poll({wants_more, take});
    if (more) {
        schedule_.polled(Clock::now(), taken, *more);
        return;
    }
    schedule_.failed(Clock::now());
    const std::string why = more.error().message;
    if (channel_->port_gone())
        close(why);
    else
        check_for_loss(why);
}

void Link::wait()
{
    Deadline deadline = Clock::now() + far_away;
    if (!timers_.empty())
        deadline = std::min(deadline, timers_.begin()->first);
    if (polls_allowed())
        deadline = std::min(deadline, schedule_.next());
    if (state_ == LinkState::closed)
        deadline = std::min(deadline, reopen_at_);

    if (channel_) {
        if (const auto idle = channel_->idle(deadline, wake_); !idle)
            close(idle.error().message);
        return;
    }
    const auto left = std::max(deadline - Clock::now(), Clock::duration::zero());
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    pollfd watched{wake_, POLLIN, 0};
    ::poll(&watched, 1, static_cast<int>(milliseconds));
}

void Link::sink_rebooted()
{
    last_indication_.reset();
}

LinkStatus Link::status() const
{
    return {state_, settings_.port, current_rate_, counters_, connections_};
}

void Link::dump_flight_recorder(std::string_view why) const
{
    spdlog::info("the latest frames ({}):", why);
    for (const std::string& line : recorder_.lines())
        spdlog::info("  {}", line);
}

} // namespace dual_mcu
