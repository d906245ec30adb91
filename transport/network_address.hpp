/// The network address of a sink as uplink packets need it: known, or being asked for while packets
/// wait (docs/spec/gateway-backend-api.md, 7.3). For the loop's thread.
#pragma once

#include "gateway/event_loop.hpp"
#include "gateway/task.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace transport {

class Sink;

class NetworkAddress {
public:
    /// `settled` is called whenever packets that waited may go.
    NetworkAddress(gateway::EventLoop& loop, std::shared_ptr<Sink> sink, std::function<void()> settled);
    NetworkAddress(const NetworkAddress&) = delete;
    NetworkAddress& operator=(const NetworkAddress&) = delete;
    ~NetworkAddress() = default;

    /// It may have changed: packets wait until it is read again.
    void refresh();
    void set(std::uint32_t address);

    /// True while packets have to wait.
    [[nodiscard]] bool unsettled() const { return !settled_; }
    /// Nothing when it could not be read for 30 s.
    [[nodiscard]] std::optional<std::uint32_t> value() const { return value_; }

private:
    gateway::Task<void> read();
    void start_reading();
    void settle();

    gateway::EventLoop& loop_;
    std::shared_ptr<Sink> sink_;
    std::function<void()> on_settled_;
    std::optional<std::uint32_t> value_;
    bool settled_ = false;
    bool reading_ = false;
    bool stale_ = false; ///< changed since the reading under way began
    gateway::EventLoop::Handle retry_;
    gateway::EventLoop::Handle give_up_;
    gateway::TaskScope tasks_;
};

} // namespace transport
