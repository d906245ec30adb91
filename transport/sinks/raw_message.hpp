/// The sd-bus message inside an sdbus-c++ one. sdbus-c++ 1.2 moves arrays octet by octet, each a
/// call; sd-bus moves them in one piece, which counts for uploads and for every uplink packet.
#pragma once

#include "gateway/bytes.hpp"

struct sd_bus_message;
namespace sdbus {
class Message;
}

namespace transport {

sd_bus_message* raw(const sdbus::Message& message);

/// Appends "ay". Throws sdbus::Error.
void append_octets(sdbus::Message& message, gateway::ByteView octets);
/// Reads "ay"; the view lives as long as the message. Throws sdbus::Error.
gateway::ByteView read_octets(sdbus::Message& message);

} // namespace transport
