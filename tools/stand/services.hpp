/// The gateway's two services, as children of a stand.
#pragma once

#include "tools/stand/child_process.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace gateway::stand {

struct SinkServiceOptions {
    std::filesystem::path port;
    std::string bus_address;
    int sink_id = 0;
    std::string log_name = "sink-service";   ///< of its log in the directory
    std::vector<std::string> arguments = {}; ///< further options of wirepas-sink-service
};

/// Gives the command without running it, for a service that is expected to refuse.
Command sink_service_command(const std::filesystem::path& directory, const SinkServiceOptions& options);

struct TransportServiceOptions {
    std::string bus_address;
    std::uint16_t broker_port = 0;
    std::string gateway_id;
    std::string log_name = "transport-service";
    std::vector<std::string> arguments = {}; ///< further options of wirepas-transport-service
};

Command transport_service_command(
    const std::filesystem::path& directory, const TransportServiceOptions& options);

} // namespace gateway::stand
