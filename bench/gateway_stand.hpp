/// A whole gateway of real processes: bus, broker, both services; the sinks are the caller's.
#pragma once

#include "tools/stand/broker.hpp"
#include "tools/stand/private_bus.hpp"
#include "tools/stand/services.hpp"
#include "tools/stand/temporary_directory.hpp"

#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bench {

struct GatewayOptions {
    std::vector<std::string> transport = {}; ///< further options of the transport service
    bool metrics = false;                    ///< for `waiting_packets`
};

class GatewayStand {
public:
    /// Bus and broker; both services are started by their functions below. The broker keeps sessions.
    explicit GatewayStand(GatewayOptions options = {});
    GatewayStand(const GatewayStand&) = delete;
    GatewayStand& operator=(const GatewayStand&) = delete;

    /// One sink service, named sink0, sink1, …
    void add_sink(const std::filesystem::path& port);
    /// Starts it, again where it has ended.
    void start_transport();
    void kill_transport() { transport_->kill(); }
    void end_transport() { transport_->terminate(); } ///< in order

    gateway::stand::Broker& broker() { return broker_; }
    [[nodiscard]] pid_t sink_service(std::size_t index = 0) const { return sink_services_[index].pid(); }
    [[nodiscard]] pid_t transport() const { return transport_->pid(); }

    /// Packets in the outbox and with the sink services: those that the broker has not acknowledged. Asks
    /// the transport service's metrics; throws std::runtime_error when it does not answer.
    [[nodiscard]] std::size_t waiting_packets() const;
    /// Until so many wait; throws std::runtime_error at a deadline.
    void expect_waiting(std::size_t packets) const;

private:
    gateway::stand::TemporaryDirectory directory_;
    GatewayOptions options_;
    std::uint16_t metrics_port_;
    gateway::stand::PrivateBus bus_;
    gateway::stand::Broker broker_;
    std::deque<gateway::stand::ChildProcess> sink_services_;
    std::optional<gateway::stand::ChildProcess> transport_;
};

} // namespace bench
