/// From what a person wants of a sink to the writes that are needed for it.
#pragma once

#include "tools/local/sink_facts.hpp"
#include "tools/sinks/key_file.hpp"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace gateway::tools {

/// What is absent stays as it is.
struct SinkWishes {
    std::optional<std::uint32_t> node_address;
    std::optional<std::uint8_t> node_role;
    std::optional<std::uint32_t> network_address;
    std::optional<std::uint8_t> network_channel;
    std::optional<std::uint32_t> channel_map;
    NetworkKeys keys;
    bool clear_keys = false;
    std::optional<std::uint8_t> app_config_sequence;
    std::optional<std::uint16_t> diagnostics_interval; ///< seconds
    std::optional<Bytes> app_config_data;
    std::optional<std::pair<std::uint16_t, std::uint16_t>> access_cycle; ///< ms
    std::optional<std::uint8_t> sink_cost;

    [[nodiscard]] bool empty() const;
};

/// One write.
struct Change {
    std::string setting; ///< for people: "network address"
    std::string wanted;  ///< in words; never a key
    bool needs_stop;     ///< the stack must be stopped for it (spec/sink-dbus-api.md, 3.1)
    std::function<std::string(const local::SinkFacts&)> now; ///< the value of it, in words
    std::function<bool(const local::SinkFacts&)> holds;      ///< true when the sink tells the wanted value
    std::function<void(local::Sink&)> write;                 ///< throws SinkRefused
};

/// The writes in the order of spec/gateway-backend-api.md, 4.4; values that the sink has already are
/// left out, keys are always written. Throws std::runtime_error when a value is outside of the limits
/// that the sink tells: nothing is written then.
std::vector<Change> plan_changes(const local::SinkFacts& facts, const SinkWishes& wishes);

} // namespace gateway::tools
