/// Why a broker cannot be reached: goes the way of a connection step by step, up to but without
/// CONNECT, and says what the first step that fails means. Paho only knows that it failed.
#pragma once

#include "transport/settings.hpp"

#include <chrono>
#include <stop_token>
#include <string>

namespace transport {

enum class Obstacle : std::uint8_t {
    none,                ///< the way up to CONNECT is free
    own_files,           ///< certificates, key, CA file, cipher list
    name_not_found,      ///< or no answer from the name server
    refused,             ///< nobody listens
    unreachable,         ///< no route, no answer in time
    no_tls,              ///< the other side speaks something else
    only_tls,            ///< mqtt_force_unsecure, but the other side wants TLS
    unknown_authority,   ///< of the broker's certificate
    expired,             ///< likewise, or not valid yet
    wrong_name,          ///< likewise
    bad_certificate,     ///< likewise, anything else
    certificate_missing, ///< the broker wants one of the client
    certificate_refused, ///< the client's
    no_common_tls,       ///< versions, ciphers, ALPN
    no_websocket,
    interrupted, ///< by the stop token
};

struct BrokerFinding {
    Obstacle obstacle = Obstacle::none;
    std::string message; ///< what was found and what to do; empty with `none`
};

/// Blocks up to `limit`, and as long as the system's name resolution takes. From any thread.
BrokerFinding probe_broker(
    const BrokerSettings& settings, std::chrono::milliseconds limit, const std::stop_token& stop = {});

} // namespace transport
