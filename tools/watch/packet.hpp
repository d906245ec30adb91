/// A packet from the mesh, however it came.
#pragma once

#include "gateway/bytes.hpp"
#include "tools/terminal/style.hpp"

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace gateway::tools {

struct Packet {
    std::string gateway_id; ///< empty: of this machine
    std::string sink_id;
    std::uint64_t time_ms = 0; ///< since 1970, when the sink service had it complete
    std::uint32_t source = 0;
    std::uint32_t destination = 0;
    std::uint32_t source_endpoint = 0;
    std::uint32_t destination_endpoint = 0;
    std::uint32_t travel_time_ms = 0;
    std::uint32_t qos = 0;
    std::uint32_t hops = 0;       ///< 0: not known
    std::optional<Bytes> payload; ///< nothing: the gateway keeps it back (whitened endpoint)
    std::size_t size = 0;         ///< octets of the payload
};

/// Empty lists let everything pass.
struct PacketFilter {
    std::string sink_id;
    std::vector<std::uint32_t> sources;
    std::vector<std::uint32_t> endpoints; ///< source or destination
};

bool passes(const PacketFilter& filter, const Packet& packet);

/// The head of the lines below.
std::string packet_head(const Style& style);
/// One line. The payload is cut to the terminal's width (elsewhere: 32 octets) unless `full`.
std::string packet_line(const Style& style, const Packet& packet, bool full);

/// "2026-11-21T14:55:01.123Z".
std::string utc_time(std::uint64_t time_ms);

/// docs/tools.md describes it.
nlohmann::json to_json(const Packet& packet);

} // namespace gateway::tools
