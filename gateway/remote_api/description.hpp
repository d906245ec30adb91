/// Remote API packets in words, for logs and people. Keys are never in them
/// (docs/spec/remote-api.md, 8).
#pragma once

#include "gateway/remote_api/response.hpp"

namespace gateway::remote_api {

/// "begin with lock (key)", "read CSAP 4 (node-role)".
std::string describe(const Request& request);

/// "CSAP 4 (node-role): router, automatic", "scratchpad update refused: invalid value".
std::string describe(const Response& response);

/// "99504 octets, CRC 0x2D81, sequence 42, new", "none".
std::string describe(const StoredScratchpad& stored);
/// "5.1.0.99 from sequence 42, CRC 0x2D81, area 0x00000103", "unknown".
std::string describe(const ProcessedScratchpad& processed);
/// "propagate and process with delay, sequence 42, CRC 0x2D81, 12 of 30 min left".
std::string describe(const TargetInForce& target);

/// The bootloader's word about a stored scratchpad: "new", "processed", "authentication failed"
/// (docs/spec/scratchpad-format.md, 12).
std::string bootloader_status_text(std::uint8_t status);

/// A payload to nodes in hexadecimal, with "**" for each octet of a key.
std::string masked_hex(ByteView requests);

} // namespace gateway::remote_api
