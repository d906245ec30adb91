/// What coroutines wait for on the link: an exchange, a time, exclusive access.
#include "sink-service/dual_mcu/link.hpp"

#include <fmt/format.h>

namespace dual_mcu {

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
        result = gateway::fail(
            gateway::ApplicationCode::internal_error,
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
