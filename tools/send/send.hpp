/// `wirepas-gateway send`.
#pragma once

#include "tools/broker/broker_options.hpp"
#include "tools/local/options.hpp"
#include "tools/local/sink.hpp"
#include "tools/local/values.hpp"

namespace gateway::tools {

struct SendOptions {
    local::LocalOptions local;
    BrokerOptions broker;
    std::string sink;
    local::OutgoingPacket packet;
};

/// Octets of a packet as people type them: hexadecimal, or @FILE (@-: standard input); with `as_text`
/// the characters themselves. 1..1500 octets.
local::Parsed<Bytes> parse_payload(const std::string& text, bool as_text);

/// Sends one packet and shows the answer. Gives the exit status: 1 when it was refused.
int send(const SendOptions& options);

} // namespace gateway::tools
