#include "transport/backpressure/backpressure.hpp"

#include "transport/requests/stack_switch.hpp"
#include "transport/sinks/sink.hpp"

#include <spdlog/spdlog.h>

namespace transport {
namespace {

/// Behind the longest upload.
constexpr std::chrono::hours longest_turn{1};
constexpr std::uint8_t highest_cost = 254;

double in_seconds(TripRule::Clock::duration duration)
{
    return std::chrono::duration<double>(duration).count();
}

} // namespace

/// What is done to one sink.
struct Backpressure::Guard : std::enable_shared_from_this<Backpressure::Guard> {
    explicit Guard(std::shared_ptr<Sink> guarded) : sink(std::move(guarded)) {}

    std::shared_ptr<Sink> sink;

    bool writing_cost = false;
    bool cost_changed = false; ///< since the writing under way began
    bool not_a_sink = false;   ///< it has no cost until its stack is started anew
    bool cost_complaint = false;
    gateway::EventLoop::Handle cost_retry;

    bool turned_away = false; ///< stopped, or found stopped, since the trip
    bool in_lane = false;
    bool stack_complaint = false;
    gateway::EventLoop::Handle stack_retry;

    gateway::TaskScope tasks;
};

Backpressure::Backpressure(
    gateway::EventLoop& loop, const TransportSettings& settings, Measure measure, InLane in_lane)
    : Backpressure(loop, settings, std::move(measure), std::move(in_lane), Periods())
{
}

Backpressure::Backpressure(
    gateway::EventLoop& loop, const TransportSettings& settings, Measure measure, InLane in_lane,
    const Periods& periods)
    : loop_(loop),
      settings_(settings.buffering),
      measure_(std::move(measure)),
      in_lane_(std::move(in_lane)),
      periods_(periods),
      stopped_sinks_(settings.state_directory),
      rule_(settings.buffering)
{
}

Backpressure::~Backpressure() = default;

void Backpressure::start()
{
    if (!rule_.active())
        return;
    if (settings_.stop_stack && stopped_sinks_.any(StopReason::black_hole)) {
        spdlog::warn(
            "black-hole protection: an earlier run has stopped stacks; they start when packets flow");
        rule_.begin_tripped(TripRule::Clock::now());
    }
    // At once: with a backlog of an earlier run the sinks' cost stays raised.
    check();
    checks_ = loop_.every(periods_.check, [this] { check(); });
}

void Backpressure::stop()
{
    ended_ = true;
    checks_.reset();
    for (const auto& [id, guard] : guards_) {
        guard->cost_retry.reset();
        guard->stack_retry.reset();
    }
}

void Backpressure::check()
{
    const Backlog backlog = measure_();
    const TripRule::Verdict verdict = rule_.check(backlog, TripRule::Clock::now());
    if (verdict != TripRule::Verdict::unchanged)
        tripped_or_recovered(verdict, backlog);
}

void Backpressure::tripped_or_recovered(TripRule::Verdict verdict, const Backlog& backlog)
{
    const bool trips = verdict == TripRule::Verdict::trip;
    ++(trips ? trips_ : recoveries_);
    std::string sinks;
    for (const auto& [id, guard] : guards_)
        sinks += (sinks.empty() ? "" : ", ") + id;
    if (trips)
        spdlog::error(
            "black-hole protection trips: {} packets queued, {:.0f} s without an acknowledgement; {}: {}",
            backlog.queued, in_seconds(rule_.waiting()),
            settings_.stop_stack ? "stops the stacks" : "raises the sink cost to 254", sinks);
    else
        spdlog::warn(
            "black-hole protection recovers: {} packets queued, {:.0f} s without an acknowledgement; {}: {}",
            backlog.queued, in_seconds(rule_.waiting()),
            settings_.stop_stack ? "starts the stacks that it stopped" : "restores the sink cost", sinks);
    left_running_.clear();
    for (const auto& [id, guard] : guards_) {
        guard->turned_away = false;
        if (settings_.stop_stack)
            tend(guard);
        else
            set_cost(*guard);
    }
}

/// True while a stopped stack has to stay so.
bool Backpressure::keeps_stopped(std::string_view sink_id) const
{
    return settings_.stop_stack && rule_.tripped() && !left_running_.contains(sink_id);
}

void Backpressure::sink_appeared(const std::shared_ptr<Sink>& sink)
{
    auto& guard = guards_[sink->id()];
    guard = std::make_shared<Guard>(sink);
    set_cost(*guard);
    tend(guard);
}

void Backpressure::sink_disappeared(const Sink& sink)
{
    const GuardPtr guard = guard_of(sink);
    if (guard == nullptr)
        return;
    guards_.erase(sink.id());
    guard->cost_retry.reset();
    guard->stack_retry.reset();
    loop_.post([guard] { /* destroyed here: outside of what it waits for */ });
}

void Backpressure::stack_started(const Sink& sink)
{
    if (const GuardPtr guard = guard_of(sink)) {
        guard->not_a_sink = false;
        set_cost(*guard);
    }
}

Backpressure::GuardPtr Backpressure::guard_of(const Sink& sink) const
{
    const auto found = guards_.find(sink.id());
    return found != guards_.end() && found->second->sink.get() == &sink ? found->second : nullptr;
}

// The cost.

std::uint8_t Backpressure::wanted_cost() const
{
    return rule_.tripped() && !settings_.stop_stack ? highest_cost : settings_.minimal_sink_cost;
}

void Backpressure::set_cost(Guard& guard)
{
    if (guard.not_a_sink || ended_)
        return;
    guard.cost_retry.reset();
    guard.cost_changed = true;
    if (!std::exchange(guard.writing_cost, true))
        guard.tasks.start(write_cost(guard));
}

gateway::Task<void> Backpressure::write_cost(Guard& guard)
{
    while (std::exchange(guard.cost_changed, false)) {
        auto call = guard.sink->write("SinkCost", wanted_cost());
        const auto written = co_await call;
        if (written) {
            guard.cost_complaint = false;
            continue;
        }
        const BusFailure& failure = written.error();
        if (failure.fault == BusFault::gone || guard.sink->gone() || ended_)
            break;
        if (failure.fault == BusFault::application &&
            failure.code == gateway::ApplicationCode::node_not_a_sink) {
            guard.not_a_sink = !guard.cost_changed;
            continue;
        }
        if (!std::exchange(guard.cost_complaint, true))
            spdlog::warn(
                "{}: the sink cost cannot be set: {}; tried again every {:.0f} s", guard.sink->id(),
                failure.message, in_seconds(periods_.cost_retry));
        guard.cost_retry = loop_.after(periods_.cost_retry, [this, &guard] { set_cost(guard); });
    }
    guard.writing_cost = false;
}

// The stack.

Backpressure::Wish Backpressure::wish(const Guard& guard) const
{
    if (ended_ || guard.sink->gone())
        return Wish::none;
    if (keeps_stopped(guard.sink->id()))
        return guard.turned_away ? Wish::none : Wish::stop;
    return stopped_sinks_.find(guard.sink->id()) ? Wish::start : Wish::none;
}

void Backpressure::tend(const GuardPtr& guard)
{
    guard->stack_retry.reset();
    if (wish(*guard) == Wish::none || std::exchange(guard->in_lane, true))
        return;
    LaneJob job;
    job.patience = longest_turn;
    job.run = [this, guard] { return change_stack(guard); };
    job.refuse = [this, guard](api::ErrorCode) {
        guard->in_lane = false;
        tend_later(*guard);
    };
    in_lane_(guard->sink->id(), std::move(job));
}

void Backpressure::tend_later(Guard& guard)
{
    if (wish(guard) == Wish::none)
        return;
    guard.stack_retry =
        loop_.after(periods_.stack_retry, [this, guard = &guard] { tend(guard->shared_from_this()); });
}

void Backpressure::complain(Guard& guard, const char* what, const std::string& why)
{
    if (!std::exchange(guard.stack_complaint, true))
        spdlog::error(
            "{}: cannot {} the stack: {}; tried again every {:.0f} s", guard.sink->id(), what, why,
            in_seconds(periods_.stack_retry));
}

gateway::Task<void> Backpressure::change_stack(GuardPtr guard)
{
    bool done = true;
    if (const Wish wanted = wish(*guard); wanted == Wish::stop) {
        auto stop = stop_stack(guard);
        done = co_await stop;
    } else if (wanted == Wish::start) {
        auto start = start_stack(guard);
        done = co_await start;
    }
    guard->in_lane = false;
    if (done) {
        guard->stack_complaint = false;
        tend(guard); // the wish may have changed meanwhile
    } else {
        tend_later(*guard);
    }
}

gateway::Task<bool> Backpressure::stop_stack(GuardPtr guard)
{
    Sink& sink = *guard->sink;
    auto reading = read_running(guard->sink);
    const auto running = co_await reading;
    if (!running) {
        complain(*guard, "stop", running.error().message);
        co_return false;
    }
    if (!keeps_stopped(sink.id()))
        co_return true;
    if (!*running) {
        // Stopped by a request that was not over when the service was killed; else by an operator.
        if (stopped_sinks_.find(sink.id()))
            stopped_sinks_.set(sink.id(), StopReason::black_hole);
        guard->turned_away = true;
        co_return true;
    }
    stopped_sinks_.set(sink.id(), StopReason::black_hole);
    auto call = sink.set_stack_state(false);
    const auto done = co_await call;
    if (!done || !*done) {
        complain(*guard, "stop", done ? "the sink service says no" : done.error().message);
        co_return false;
    }
    guard->turned_away = true;
    co_return true;
}

gateway::Task<bool> Backpressure::start_stack(GuardPtr guard)
{
    Sink& sink = *guard->sink;
    // Also when it reads as running: the stop of a run that was killed may still be under way, and the
    // sink service does one after the other.
    auto call = sink.set_stack_state(true);
    const auto done = co_await call;
    if (!done || !*done) {
        complain(*guard, "start", done ? "the sink service says no" : done.error().message);
        co_return false;
    }
    auto reading = read_running(guard->sink);
    const auto running = co_await reading;
    if (!running || !*running) {
        complain(*guard, "start", running ? "it reads as stopped" : running.error().message);
        co_return false;
    }
    stopped_sinks_.remove(sink.id());
    spdlog::info("{}: its stack runs again", sink.id());
    co_return true;
}

// Requests.

void Backpressure::will_stop(const Sink& sink)
{
    stopped_sinks_.set(sink.id(), StopReason::request);
}

bool Backpressure::may_start(const Sink& sink)
{
    if (!keeps_stopped(sink.id()))
        return true;
    spdlog::warn("{}: stays stopped until the broker takes packets again", sink.id());
    stopped_sinks_.set(sink.id(), StopReason::black_hole);
    return false;
}

void Backpressure::runs_again(const Sink& sink)
{
    stopped_sinks_.remove(sink.id());
}

void Backpressure::request_ended(const Sink& sink)
{
    if (const GuardPtr guard = guard_of(sink); guard != nullptr && stopped_sinks_.find(sink.id()))
        tend_later(*guard);
}

void Backpressure::operator_decided(const Sink& sink, bool running)
{
    if (!running) {
        left_running_.erase(sink.id());
        stopped_sinks_.remove(sink.id());
        if (const GuardPtr guard = guard_of(sink))
            guard->turned_away = true;
        return;
    }
    if (rule_.tripped())
        left_running_.insert(sink.id());
    if (stopped_sinks_.find(sink.id()))
        stopped_sinks_.set(sink.id(), StopReason::request);
}

} // namespace transport
