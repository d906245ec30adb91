/// What all messages of the API have in common (spec/gateway-backend-api.md, 2.1, 3.3).
#pragma once

#include "tools/backend/api.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gateway::backend {

/// Fills the header of the request in `message` and gives the topic for it. An empty `sink_id` is for
/// the requests without a sink. Throws std::logic_error when `message` holds no request.
std::string address_request(
    api::WirepasMessage& message, std::uint64_t request_id, std::string_view gateway_id,
    std::string_view sink_id);

/// The header of the response in `message`; null when it holds none.
const api::ResponseHeader* response_header(const api::WirepasMessage& message);

/// 64 random bits, never 0 (1.2).
std::uint64_t random_request_id();

} // namespace gateway::backend
