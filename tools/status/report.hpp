/// What `status` finds out, and how it is shown.
#pragma once

#include "tools/local/processes.hpp"
#include "tools/local/sink_facts.hpp"

#include "generic_message.pb.h"

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>

namespace gateway::tools {

/// A sink, or why it tells nothing.
struct SeenSink {
    std::string id;
    std::optional<local::SinkFacts> facts;
    std::string fault;
};

struct StatusReport {
    std::string version; ///< of this tool
    std::string bus_address;
    std::string bus_fault; ///< empty: reachable
    std::vector<local::BusProcess> processes;
    std::vector<SeenSink> sinks;

    // What a backend sees; all empty without a broker.
    std::string broker;
    std::string gateway_id;
    std::string broker_fault; ///< not reachable, or no status of that gateway
    std::optional<wirepas::proto::gateway_api::StatusEvent> event;

    /// What is not as it should be, a line each.
    [[nodiscard]] std::vector<std::string> faults() const;
};

void print(std::ostream& out, const Style& style, const StatusReport& report);
nlohmann::json to_json(const StatusReport& report);

} // namespace gateway::tools
