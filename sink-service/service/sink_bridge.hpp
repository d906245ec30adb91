/// Between the service's loop, which owns the bus, and the link's thread, which owns the sink: the
/// two meet here, in two queues and in whether there is room for packets, and nowhere else.
#pragma once

#include "gateway/event_loop.hpp"
#include "sink-service/dual_mcu/sink.hpp"

#include <atomic>
#include <list>
#include <map>
#include <memory>

namespace sink_service {

/// What the sink reports, on the loop's thread.
class SinkEvents {
public:
    SinkEvents() = default;
    SinkEvents(const SinkEvents&) = delete;
    SinkEvents& operator=(const SinkEvents&) = delete;
    virtual ~SinkEvents() = default;

    virtual void sink_online() = 0;
    virtual void sink_lost(const std::string& why) = 0;
    virtual void state_changed(const dual_mcu::SinkState& before, const dual_mcu::SinkState& now) = 0;
    virtual void packet_received(const dual_mcu::UplinkPacket& packet) = 0;
    virtual void stack_started() = 0;
    virtual void stack_stopped() = 0;
    virtual void upload_progressed(std::size_t octets, std::size_t total) = 0;
};

/// Used on the loop's thread, but for the private half. Operations under way are bounded.
class SinkBridge final : private dual_mcu::SinkObserver {
public:
    template<typename T>
    using Operation = std::function<gateway::Task<gateway::Result<T>>(dual_mcu::Sink&)>;
    template<typename T>
    using Done = std::function<void(gateway::Result<T>)>;

    static constexpr std::size_t max_operations = 256;
    static constexpr std::size_t max_packets_under_way = 64; ///< to the bus; the link stops polling then

    SinkBridge(gateway::EventLoop& loop, dual_mcu::SinkSettings settings, SinkEvents& events);

    void start() { sink_.link().start(); }
    void stop() { sink_.link().stop(); }

    /// The last known state of the sink.
    [[nodiscard]] const dual_mcu::SinkState& state() const { return state_; }

    /// What must live as long as the calls that came over it are not answered: the D-Bus connection.
    void set_session(std::shared_ptr<void> session) { session_ = std::move(session); }

    /// Runs an operation on the link's thread and calls `done` on the loop with its outcome.
    template<typename T>
    void run(Operation<T> operation, Done<T> done)
    {
        if (answers_.size() >= max_operations) {
            done(too_many());
            return;
        }
        const std::uint64_t number = next_answer_++;
        auto answer = std::make_shared<Answer<T>>(Answer<T>{session_, std::move(done)});
        begin<T>(std::move(operation), [this, number, answer = answer.get()](gateway::Result<T> outcome) {
            loop_.post([this, number, answer, outcome = std::move(outcome)] {
                const auto kept = answers_.extract(number);
                answer->done(outcome);
            });
        });
        answers_.emplace(number, std::move(answer));
    }

    /// Uploads a scratchpad for the caller with this unique bus name.
    void upload(std::uint8_t sequence, gateway::Bytes file, std::string caller, Done<void> done);
    /// Cancels the upload under way; false when there is none.
    bool cancel_upload();
    /// A unique name left the bus: its upload ends.
    void caller_left(const std::string& caller);

    /// Whether the link takes indications from the sink: not while the consumers have too much.
    void pause(bool paused);

    /// Calls `alive` on the loop when the link's thread has turned once more.
    void probe(std::function<void()> alive);

    /// Logs the latest frames.
    void dump_flight_recorder();

private:
    /// A pending call needs its connection even to be dropped, and both belong to the loop's thread.
    template<typename T>
    struct Answer {
        std::shared_ptr<void> session; ///< destroyed last
        Done<T> done;
    };

    template<typename T>
    void begin(Operation<T> operation, Done<T> done)
    {
        sink_.link().post([this, operation = std::move(operation), done = std::move(done)] {
            sink_.link().spawn(perform<T>(sink_, operation, done));
        });
    }

    template<typename T>
    static gateway::Task<> perform(dual_mcu::Sink& sink, Operation<T> operation, Done<T> done)
    {
        gateway::Result<T> outcome = co_await operation(sink);
        done(std::move(outcome));
    }

    static tl::unexpected<gateway::Error> too_many();

    // On the link's thread.
    void online(const dual_mcu::SinkState& state) override;
    void lost(const std::string& why) override;
    void state_changed(const dual_mcu::SinkState& state) override;
    void packet_received(dual_mcu::UplinkPacket packet) override;
    void stack_started() override;
    void stack_stopped() override;
    [[nodiscard]] bool can_take_packets() const override
    {
        return !paused_ && packets_under_way_ < max_packets_under_way;
    }

    void deliver(const dual_mcu::UplinkPacket& packet);
    void wake_link();
    void take_state(const dual_mcu::SinkState& state);

    gateway::EventLoop& loop_;
    SinkEvents& events_;
    dual_mcu::SinkState state_; ///< the loop's copy
    std::shared_ptr<void> session_;
    std::map<std::uint64_t, std::shared_ptr<void>> answers_; ///< the loop's: of the operations under way
    std::uint64_t next_answer_ = 0;
    std::list<std::string> uploaders_; ///< the loop's: unique names; the first uploads, others are refused
    std::atomic<std::size_t> packets_under_way_ = 0;
    std::atomic<bool> paused_ = false;
    dual_mcu::Sink sink_;
};

} // namespace sink_service
