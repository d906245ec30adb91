#include "sink-service/dual_mcu/link.hpp"

#include "sink-service/dual_mcu/codec/attributes.hpp"

#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <poll.h>
#include <random>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace dual_mcu {
namespace {

using gateway::ApplicationCode;
using gateway::fail;

constexpr std::array<std::uint32_t, 3> rate_candidates = {125000, 115200, 1000000};
constexpr std::chrono::milliseconds drain_after_opening{50};
constexpr int probe_attempts = 3; ///< at a configured rate (12.2, step 3)
constexpr std::chrono::seconds first_back_off{1};
constexpr std::chrono::seconds longest_back_off{30};
constexpr std::chrono::milliseconds reopening_of_rebooting_sink{250};
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

/// 1, 2, 4 … 30 s with a little jitter, so that the services of one gateway do not march in step.
std::chrono::milliseconds back_off(int failures)
{
    static thread_local std::minstd_rand random{std::random_device{}()};
    const auto seconds = std::min(first_back_off * (1 << std::min(failures, 5)), longest_back_off);
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(seconds);
    return milliseconds + milliseconds * std::uniform_int_distribution<int>(0, 10)(random) / 100;
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
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = posted_.empty();
        posted_.push_back(std::move(call));
    }
    if (first)
        signal(wake_);
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
        taken.swap(posted_);
    }
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = ::read(wake_, &count, sizeof count);
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
    const auto more = channel_->poll([&](const Frame& indication) {
        ++taken;
        const bool room = listener_.indication(indication, std::chrono::system_clock::now());
        const std::size_t burst =
            requests_wait() ? settings_.polling.burst_while_requests_wait : settings_.polling.burst;
        return room && taken < burst;
    });
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

Result<> Link::try_open(std::uint32_t bits_per_second, int attempts)
{
    auto port = SerialPort::open(settings_.port, bits_per_second);
    if (!port)
        return fail(port.error());
    channel_.emplace(std::move(*port), settings_.leading_ends, stop_, counters_, recorder_);
    current_rate_ = bits_per_second;
    Result<> outcome = channel_->drain(drain_after_opening);
    for (int attempt = 0; outcome && attempt < attempts; ++attempt) {
        const auto confirm =
            channel_->request(encode(CsapAttributeRead{csap::mesh_api_version}, 0), confirm_timeout);
        if (confirm || channel_->port_gone() || stopping())
            return confirm ? Result<>() : fail(confirm.error());
        if (attempt + 1 == attempts)
            outcome = fail(
                ApplicationCode::internal_error, fmt::format(
                                                     "no sink answers on {} at {} bit/s: check that it is a "
                                                     "Wirepas sink with dual-MCU firmware, "
                                                     "and its bit rate (-b)",
                                                     settings_.port, bits_per_second));
    }
    return outcome;
}

void Link::open()
{
    // A sink that is told to reboot may vanish from its port: who waits for it holds exclusive
    // access, and probes by itself. One that was given up meanwhile starts up like a new one.
    if (exclusive_ && published_ && current_rate_ != 0) {
        if (const auto opened = try_open(current_rate_, 0); !opened) {
            channel_.reset();
            schedule_reopening(opened.error().message);
            return;
        }
        state_ = LinkState::online;
        return;
    }

    std::vector<std::uint32_t> rates;
    if (settings_.bits_per_second != 0)
        rates = {settings_.bits_per_second};
    else
        rates.assign(rate_candidates.begin(), rate_candidates.end());
    // The rate that worked is tried first; a firmware update may have changed it (1.2).
    std::stable_partition(
        rates.begin(), rates.end(), [&](std::uint32_t rate) { return rate == current_rate_; });

    Result<> opened;
    for (const std::uint32_t rate : rates) {
        opened = try_open(rate, rates.size() == 1 ? probe_attempts : 1);
        if (opened)
            break;
        const bool no_port = !channel_ || channel_->port_gone();
        channel_.reset();
        if (no_port || stopping())
            break;
    }
    if (!opened) {
        current_rate_ = 0;
        std::string why = opened.error().message;
        if (rates.size() > 1 && why.starts_with("no sink answers"))
            why = fmt::format(
                "no sink answers on {} at 125000, 115200 or 1000000 bit/s: check that it is a Wirepas sink "
                "with "
                "dual-MCU firmware, and set its bit rate (-b) if it is another",
                settings_.port);
        schedule_reopening(why);
        check_for_loss(why);
        return;
    }
    spdlog::info("a sink answers on {} at {} bit/s", settings_.port, current_rate_);
    state_ = LinkState::starting_up;
    spawn(bring_up());
}

gateway::Task<> Link::bring_up()
{
    const ExclusiveAccess access = co_await exclusive_access();
    const Result<> started = co_await listener_.start_up();
    if (!started) {
        close(started.error().message);
        co_return;
    }
    state_ = LinkState::online;
    failed_openings_ = 0;
    last_opening_failure_.clear();
    ++connections_;
    schedule_.poll_now(Clock::now());
    if (!published_) {
        published_ = true;
        listener_.online();
    }
}

void Link::close(const std::string& why)
{
    if (state_ == LinkState::closed)
        return;
    if (channel_)
        last_sign_of_life_ = channel_->last_sign_of_life();
    channel_.reset();
    state_ = LinkState::closed;
    dump_flight_recorder(why);
    schedule_reopening(why);
    for (auto& queue : waiting_) {
        for (Exchange* exchange : std::exchange(queue, {})) {
            exchange->result = fail(ApplicationCode::internal_error, why);
            exchange->waiting.resume();
        }
    }
}

void Link::schedule_reopening(const std::string& why)
{
    const auto pause = exclusive_ ? reopening_of_rebooting_sink : back_off(failed_openings_++);
    reopen_at_ = Clock::now() + pause;
    // The same complaint every half minute for a day helps nobody.
    const bool news = why != last_opening_failure_ || failed_openings_ % 20 == 0;
    last_opening_failure_ = why;
    spdlog::log(
        news ? spdlog::level::warn : spdlog::level::debug, "{}; trying again in {:.1f} s", why,
        std::chrono::duration<double>(pause).count());
}

void Link::check_for_loss(const std::string& why)
{
    if (channel_)
        last_sign_of_life_ = channel_->last_sign_of_life();
    const auto limit = settings_.max_poll_fail_duration;
    if (!published_ || limit.count() == 0 || Clock::now() - last_sign_of_life_ <= limit)
        return;
    published_ = false;
    listener_.lost(fmt::format("no sign of life for {} s: {}", limit.count(), why));
    close(why);
}

void Link::sink_rebooted()
{
    if (channel_)
        channel_->forget_last_indication();
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

gateway::Task<Link::ExclusiveAccess> Link::exclusive_access()
{
    ExclusiveWait wait(*this);
    co_await wait;
    co_return ExclusiveAccess(*this);
}

void Link::release_exclusive_access()
{
    exclusive_ = false; // the next one is resumed from the loop, not from a destructor
}

void Link::grant_exclusive_access()
{
    while (!exclusive_ && !exclusive_waiting_.empty()) {
        ExclusiveWait* next = exclusive_waiting_.front();
        exclusive_waiting_.pop_front();
        next->waiting.resume();
    }
}

Link::ExclusiveWait::~ExclusiveWait()
{
    std::erase(link.exclusive_waiting_, this);
}

void Link::ExclusiveWait::await_suspend(std::coroutine_handle<> handle)
{
    waiting = handle;
    link.exclusive_waiting_.push_back(this);
}

bool Link::Exchange::await_suspend(std::coroutine_handle<> handle)
{
    if (link.state_ == LinkState::closed) {
        result = fail(
            ApplicationCode::internal_error,
            fmt::format(
                "the sink on {} is not reachable: {}", link.settings_.port, link.last_opening_failure_));
        return false;
    }
    waiting = handle;
    link.waiting_[static_cast<std::size_t>(turn)].push_back(this);
    return true;
}

void Link::withdraw(Exchange& exchange)
{
    std::erase(waiting_[static_cast<std::size_t>(exchange.turn)], &exchange);
}

Link::Delay::~Delay()
{
    if (timer)
        link.timers_.erase(*timer);
}

void Link::Delay::await_suspend(std::coroutine_handle<> handle)
{
    waiting = handle;
    timer = link.timers_.emplace(until, this);
}

} // namespace dual_mcu
