/// One more sink of a gateway: a simulator and a sink service.
#pragma once

#include "gateway_under_test.hpp"

namespace integration {

class AnotherSink {
public:
    /// It is `sink<number>` on the stand's bus; `simulator` are further options of its simulator.
    AnotherSink(
        gateway::stand::Stand& stand, int number, std::vector<std::string> simulator = {"--start"},
        double uplink_rate = 0)
        : simulator_(
              stand.directory(), {.name = "sink" + std::to_string(number),
                                  .uplink_rate = uplink_rate,
                                  .arguments = std::move(simulator)}),
          service_(gateway::stand::sink_service_command(
              stand.directory(), {.port = simulator_.port(),
                                  .bus_address = stand.bus().address(),
                                  .sink_id = number,
                                  .log_name = "sink-service-" + std::to_string(number)}))
    {
    }

    gateway::stand::ChildProcess& service() { return service_; }

    nlohmann::json simulator(const nlohmann::json& command)
    {
        return nlohmann::json::parse(simulator_.control(command.dump(), patience));
    }
    nlohmann::json state() { return simulator({{"command", "state"}}); }

private:
    gateway::stand::SimulatedSink simulator_;
    gateway::stand::ChildProcess service_;
};

} // namespace integration
