/// probe_broker beside the loop.
#pragma once

#include "gateway/event_loop.hpp"
#include "transport/mqtt/broker_probe.hpp"

#include <functional>
#include <memory>

namespace transport {

/// One probe at a time, on a thread of its own; everything is called, and calls back, on the loop's.
class BrokerInquiry {
public:
    using Answer = std::function<void(const BrokerFinding&)>;

    explicit BrokerInquiry(gateway::EventLoop& loop) : loop_(loop) {}
    BrokerInquiry(const BrokerInquiry&) = delete;
    BrokerInquiry& operator=(const BrokerInquiry&) = delete;
    ~BrokerInquiry() { cancel(); }

    /// `answer` is called within about 10 s, unless cancelled before. While an
    /// earlier probe runs, it answers this question.
    void ask(const BrokerSettings& settings, Answer answer);
    /// Waits a moment for the thread: only the system's name resolution cannot be interrupted, and
    /// its thread is left behind.
    void cancel();

private:
    struct Shared;

    gateway::EventLoop& loop_;
    std::shared_ptr<Shared> shared_;
};

} // namespace transport
