/// Reports of control nodes, which never answer the Remote API (docs/spec/remote-api.md, 6).
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/result.hpp"

namespace gateway::remote_api {

/// Source and destination endpoint of the reports.
inline constexpr std::uint8_t control_node_endpoint = 237;

struct ControlNodeReport {
    std::uint32_t address = 0;
    std::optional<std::uint16_t> millivolts; ///< one release does not tell
    std::uint8_t processed_sequence = 0;
    std::uint8_t stored_sequence = 0;
    std::uint16_t sent = 0;
    std::uint16_t not_sent = 0;
    std::uint32_t last_send_microseconds = 0;

    friend bool operator==(const ControlNodeReport&, const ControlNodeReport&) = default;
};

/// 16 octets, or 14 without the voltage.
Bytes encode(const ControlNodeReport& report);

/// Fails with invalid_number_of_bytes for any other length.
Result<ControlNodeReport> decode_control_node_report(ByteView payload);

} // namespace gateway::remote_api
