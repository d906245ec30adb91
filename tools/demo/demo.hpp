/// The gateway's main job, end to end, on a machine without radio.
#pragma once

#include <cstdint>
#include <filesystem>

namespace gateway::tools {

struct DemoOptions {
    std::filesystem::path scratchpad = GATEWAY_FIXTURES "/scratchpads/app-8k.otap";
    std::uint32_t sequence = 42; ///< 1..254
    bool keep = false;
};

inline constexpr int exit_interrupted = 130; ///< as shells report Ctrl-C

/// Starts bus, broker, a simulated sink with a mesh behind it, and both services; as a backend over MQTT
/// asks the nodes, brings the scratchpad into the sink, watches it spread, has it processed everywhere;
/// compares what sink and nodes tell with the file. Gives 0 when all
/// of that agrees, 1 when something does not, exit_interrupted after a signal. Ends what it started.
int run_demo(const DemoOptions& options);

} // namespace gateway::tools
