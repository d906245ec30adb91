/// Waits until several tasks have ended.
#pragma once

#include "gateway/event_loop.hpp"

#include <coroutine>
#include <cstddef>
#include <memory>

namespace transport {

/// Counts down; `co_await latch` resumes, from the loop, once it is 0. The loop and not the last
/// task resumes, because the waiting coroutine may own the tasks and destroy them then.
class Latch {
public:
    Latch(gateway::EventLoop& loop, std::size_t count) : loop_(loop), count_(count) {}
    Latch(const Latch&) = delete;
    Latch& operator=(const Latch&) = delete;
    ~Latch() { *alive_ = false; }

    void count_down()
    {
        if (--count_ != 0 || !waiting_)
            return;
        loop_.post([alive = alive_, waiting = waiting_] {
            if (*alive)
                waiting.resume();
        });
    }

    [[nodiscard]] bool await_ready() const { return count_ == 0; }
    void await_suspend(std::coroutine_handle<> waiting) { waiting_ = waiting; }
    void await_resume() const {}

private:
    gateway::EventLoop& loop_;
    std::size_t count_;
    std::coroutine_handle<> waiting_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace transport
