/// A client of one sink on the bus, directly on sd-bus: as little as possible between the bus and the
/// clock.
#pragma once

#include "bench/percentiles.hpp"
#include "gateway/bytes.hpp"

#include <functional>
#include <memory>
#include <string>

struct sd_bus;
struct sd_bus_message;
struct sd_bus_slot;

namespace bench {

using Clock = std::chrono::steady_clock;

/// Everything throws std::runtime_error when the bus or the sink refuses. One thread.
class BusClient {
public:
    /// What a MessageReceived signal brought: the running number in its payload, and when it came.
    using OnPacket = std::function<void(std::uint32_t number, Clock::time_point received)>;

    explicit BusClient(const std::string& address);
    BusClient(const BusClient&) = delete;
    BusClient& operator=(const BusClient&) = delete;
    ~BusClient();

    /// Calls for every packet from now on, from `run_until`.
    void watch_packets(OnPacket on_packet);

    /// Serves the connection until `done` holds; false at the deadline.
    bool run_until(const std::function<bool()>& done, Clock::time_point deadline);

    /// True when the sink has its name on the bus.
    bool sink_is_there();

    // Calls that wait for their answer, and how long that took.
    Duration read_property(const char* interface, const char* name);
    Duration read_target();
    Duration set_stack_state(bool running);
    Duration send_message(std::uint32_t destination, gateway::ByteView payload);

    /// Begins an upload; `uploaded()` says when it has ended.
    void begin_upload(std::uint8_t sequence, gateway::ByteView scratchpad);
    [[nodiscard]] bool uploaded() const { return uploaded_; }

private:
    struct Free {
        void operator()(sd_bus* bus) const;
        void operator()(sd_bus_message* message) const;
        void operator()(sd_bus_slot* slot) const;
    };
    using Message = std::unique_ptr<sd_bus_message, Free>;

    static int take_signal(sd_bus_message* message, void* self, void* error);
    static int take_upload_answer(sd_bus_message* message, void* self, void* error);
    Message method(const char* interface, const char* member);
    Duration call(const Message& message);

    std::unique_ptr<sd_bus, Free> bus_;
    std::unique_ptr<sd_bus_slot, Free> packets_;
    std::unique_ptr<sd_bus_slot, Free> upload_;
    OnPacket on_packet_;
    bool uploaded_ = false;
    std::string upload_failure_;
};

} // namespace bench
