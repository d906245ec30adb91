/// From the octets of a message to the request that its topic announces
/// (docs/spec/gateway-backend-api.md, 3.1, 4.1 steps 3 to 5).
#pragma once

#include "transport/api.hpp"
#include "transport/mqtt/topics.hpp"

#include <memory>
#include <string_view>
#include <tl/expected.hpp>

namespace transport {

/// Octets of the longest message that is looked at.
inline constexpr std::size_t max_request_size = 17 * 1024 * 1024;

/// The request of this kind, with a request id, and nothing else of the message: whatever it carries
/// besides is skipped, not built, so that a message needs no more than a few times its own size.
/// Required fields may be missing. Fails with the reason, in words for the log.
tl::expected<std::unique_ptr<api::GenericMessage>, const char*> decode_request(
    std::string_view octets, RequestKind kind);

} // namespace transport
