#include "transport/requests/lane.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <vector>

namespace transport {

void Lane::add(LaneJob job)
{
    // A job that can run at once does not wait, whatever its size.
    const bool must_wait = running_ > 0 || !waiting_.empty();
    if (must_wait && (waiting_.size() >= max_waiting || waiting_octets_ + job.octets > max_octets)) {
        job.refuse(api::SINK_OUT_OF_MEMORY);
        return;
    }
    waiting_octets_ += job.octets;
    const auto until = Clock::now() + job.patience;
    waiting_.push_back({std::move(job), until});
    pump_and_watch(until);
}

void Lane::add_ahead(LaneJob job)
{
    waiting_octets_ += job.octets;
    const auto until = Clock::now() + job.patience;
    waiting_.push_front({std::move(job), until});
    pump_and_watch(until);
}

/// Runs what may run; `until` is when the patience of the newest ends.
void Lane::pump_and_watch(Clock::time_point until)
{
    pump();
    // One timer, for the first to expire; when it finds that one gone it is set again.
    if (!waiting_.empty() && (!timer_ || until < armed_for_))
        arm_timer();
}

bool Lane::front_may_run() const
{
    if (waiting_.empty())
        return false;
    if (running_ == 0)
        return true;
    return running_pipelined_ && waiting_.front().job.pipelined && running_ < max_pipelined;
}

void Lane::pump()
{
    // A job that ends at once comes back here: the loop of the first call goes on then.
    if (std::exchange(pumping_, true))
        return;
    while (front_may_run()) {
        LaneJob job = std::move(waiting_.front().job);
        waiting_.pop_front();
        waiting_octets_ -= job.octets;
        ++running_;
        running_pipelined_ = job.pipelined;
        tasks_.start(execute(std::move(job)));
    }
    pumping_ = false;
    if (idle() && idle_)
        idle_();
}

gateway::Task<void> Lane::execute(LaneJob job)
{
    try {
        auto task = job.run();
        co_await task;
    } catch (const std::exception& error) {
        spdlog::error("a request failed unexpectedly: {}", error.what());
        job.refuse(api::INTERNAL_ERROR);
    }
    --running_;
    pump();
}

void Lane::clear(api::ErrorCode code)
{
    waiting_octets_ = 0;
    for (std::deque<Waiting> refused = std::exchange(waiting_, {}); const Waiting& waiting : refused)
        waiting.job.refuse(code);
}

void Lane::arm_timer()
{
    const auto first = std::ranges::min_element(waiting_, {}, &Waiting::until);
    if (first == waiting_.end() || (timer_ && armed_for_ <= first->until))
        return;
    armed_for_ = first->until;
    timer_ = loop_.after(
        std::chrono::ceil<gateway::EventLoop::Duration>(armed_for_ - Clock::now()), [this] { expire(); });
}

void Lane::expire()
{
    timer_.reset();
    const auto now = Clock::now();
    std::vector<LaneJob> expired;
    std::erase_if(waiting_, [&](Waiting& waiting) {
        if (waiting.until > now)
            return false;
        waiting_octets_ -= waiting.job.octets;
        expired.push_back(std::move(waiting.job));
        return true;
    });
    for (const LaneJob& job : expired)
        job.refuse(api::SINK_TIMEOUT);
    arm_timer();
    pump();
}

} // namespace transport
