/// A whole gateway on this machine: bus, broker, simulated sink and both services.
#pragma once

#include "tools/stand/broker.hpp"
#include "tools/stand/private_bus.hpp"
#include "tools/stand/services.hpp"
#include "tools/stand/simulated_sink.hpp"
#include "tools/stand/temporary_directory.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gateway::stand {

struct StandOptions {
    std::string gateway_id = "gateway";
    double uplink_rate = 0; ///< packets per second from the simulated mesh
    std::vector<std::string> simulator_arguments = {};
    std::vector<std::string> sink_arguments = {};
    std::vector<std::string> transport_arguments = {};
    BrokerOptions broker = BrokerOptions();
    /// Told what runs, and where it is found.
    std::function<void(const std::string& part, const std::string& where)> on_started;
};

/// Starts its parts one after the other and ends them in the opposite order. Each part can be ended
/// and started alone, for tests of what the others do about it. For the thread that created it.
class Stand {
public:
    /// Returns when all processes run; whether the gateway is online is seen at the broker. Throws
    /// std::runtime_error when a part cannot be started.
    explicit Stand(StandOptions options);
    Stand(const Stand&) = delete;
    Stand& operator=(const Stand&) = delete;

    /// Run a service that is not running.
    void start_sink_service();
    void start_transport_service();

    [[nodiscard]] const StandOptions& options() const { return options_; }
    [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }

    PrivateBus& bus() { return *bus_; }
    Broker& broker() { return *broker_; }
    SimulatedSink& sink() { return *sink_; }
    std::optional<ChildProcess>& sink_service() { return sink_service_; }
    std::optional<ChildProcess>& transport_service() { return transport_service_; }

    /// Every process that runs or should run.
    [[nodiscard]] std::vector<ChildProcess*> processes();
    /// Throws std::runtime_error that names the first of them that has ended, with its last lines.
    void expect_all_running();
    /// The last lines of every log, for messages about failures.
    [[nodiscard]] std::string logs();

private:
    void announce(const std::string& part, const std::string& where) const;

    StandOptions options_;
    TemporaryDirectory directory_;
    std::optional<PrivateBus> bus_;
    std::optional<Broker> broker_;
    std::optional<SimulatedSink> sink_;
    std::optional<ChildProcess> sink_service_;
    std::optional<ChildProcess> transport_service_;
};

} // namespace gateway::stand
