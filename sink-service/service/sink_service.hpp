/// The sink service: one sink, one bus name (spec/sink-dbus-api.md, 1).
#pragma once

#include "sink-service/service/extension_object.hpp"
#include "sink-service/service/settings.hpp"
#include "sink-service/service/sink_object.hpp"

namespace sink_service {

/// Owns the bus connection and shows the sink there while it is there: the name is requested when
/// the sink answers and released when it is lost. A bus that is absent or goes away is tried again
/// with back-off. On the loop's thread.
class SinkService final : private SinkEvents {
public:
    SinkService(gateway::EventLoop& loop, ServiceSettings settings);
    SinkService(const SinkService&) = delete;
    SinkService& operator=(const SinkService&) = delete;
    ~SinkService() override;

    /// Begins; the loop does the rest.
    void start();
    void dump_flight_recorder() { bridge_.dump_flight_recorder(); }

private:
    void sink_online() override;
    void sink_lost(const std::string& why) override;
    void state_changed(const dual_mcu::SinkState& before, const dual_mcu::SinkState& now) override;
    void packet_received(const dual_mcu::UplinkPacket& packet) override;
    void stack_started() override;
    void stack_stopped() override;
    void upload_progressed(std::size_t octets, std::size_t total) override;

    void connect();
    void watch_callers();
    void feed_watchdog();
    void bus_lost();
    void retry_connecting(const std::string& why);
    void show();
    void hide();
    /// Sends something on the bus, when there is one and the sink is shown.
    template<typename Send>
    void emit(const Send& send);

    gateway::EventLoop& loop_;
    std::string name_;
    std::shared_ptr<sdbus::IConnection> connection_;
    SinkBridge bridge_;
    Delivery delivery_;
    bool signal_for_all_ = true; ///< MessageReceived also while a consumer is attached
    /// What is on the bus, while the sink is shown.
    struct Shown {
        Shown(sdbus::IConnection& connection, SinkBridge& bridge, Delivery& delivery)
            : object(connection, bridge), extension(connection, bridge, delivery)
        {
        }
        SinkObject object;
        ExtensionObject extension;
    };
    std::unique_ptr<Shown> shown_;
    gateway::EventLoop::Handle serving_;
    gateway::EventLoop::Handle retry_;
    gateway::EventLoop::Handle watchdog_;
    bool online_ = false;
    int failed_connections_ = 0;
    std::uint64_t unheard_packets_ = 0; ///< while there was no bus
};

} // namespace sink_service
