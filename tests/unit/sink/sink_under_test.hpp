/// A Sink on a port, with what it reports written down.
#pragma once

#include "sink-service/dual_mcu/sink.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>

namespace test {

inline constexpr std::chrono::seconds patience{20};

/// Timers of seconds shortened to what a test can wait for.
dual_mcu::SinkSettings quick_settings(const std::string& port);

class SinkUnderTest final : private dual_mcu::SinkObserver {
public:
    struct Events {
        int online = 0;
        int lost = 0;
        int started = 0;
        int stopped = 0;
        dual_mcu::SinkState state;
        std::vector<dual_mcu::UplinkPacket> packets;
    };

    explicit SinkUnderTest(const std::string& port) : SinkUnderTest(quick_settings(port)) {}
    explicit SinkUnderTest(dual_mcu::SinkSettings settings);
    ~SinkUnderTest() override { sink_.link().stop(); }

    /// Waits until what was reported satisfies `condition`; false after `patience`.
    bool wait_until(const std::function<bool(const Events&)>& condition);
    bool wait_online()
    {
        return wait_until([](const Events& events) { return events.online > 0; });
    }
    Events events();

    /// Runs an operation on the link's thread and waits for its outcome.
    template<typename Operation>
    auto run(Operation operation)
    {
        using Outcome = decltype(operation(sink_).await_resume());
        auto handover = std::make_shared<Handover<Outcome>>();
        sink_.link().post(
            [this, operation, handover] { sink_.link().spawn(perform(sink_, operation, handover)); });
        std::unique_lock lock(handover->mutex);
        if (!handover->arrived.wait_for(lock, patience * 3, [&] { return handover->outcome.has_value(); }))
            FAIL("the operation did not end");
        return *handover->outcome;
    }

    /// Starts an operation and does not wait.
    template<typename Operation>
    void begin(Operation operation)
    {
        using Outcome = decltype(operation(sink_).await_resume());
        auto handover = std::make_shared<Handover<Outcome>>();
        sink_.link().post(
            [this, operation, handover] { sink_.link().spawn(perform(sink_, operation, handover)); });
    }

    dual_mcu::LinkStatus link_status();
    /// From now on the consumer takes packets, or not.
    void take_packets(bool yes);

private:
    template<typename Outcome>
    struct Handover {
        std::mutex mutex;
        std::condition_variable arrived;
        std::optional<Outcome> outcome;
    };

    template<typename Operation, typename Outcome>
    static gateway::Task<> perform(
        dual_mcu::Sink& sink, Operation operation, std::shared_ptr<Handover<Outcome>> handover)
    {
        Outcome outcome = co_await operation(sink);
        const std::lock_guard lock(handover->mutex);
        handover->outcome.emplace(std::move(outcome));
        handover->arrived.notify_one();
    }

    void note(const std::function<void(Events&)>& change);

    void online(const dual_mcu::SinkState& state) override;
    void lost(const std::string& why) override;
    void state_changed(const dual_mcu::SinkState& state) override;
    void packet_received(dual_mcu::UplinkPacket packet) override;
    void stack_started() override;
    void stack_stopped() override;
    [[nodiscard]] bool can_take_packets() const override { return takes_packets_; }

    std::mutex mutex_;
    std::condition_variable changed_;
    Events events_;
    bool takes_packets_ = true; ///< the link thread's
    dual_mcu::Sink sink_;
};

} // namespace test
