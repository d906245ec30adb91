/// What the messages of the gateway have in common (docs/spec/gateway-backend-api.md, 1.3, 3.3, 3.8).
#pragma once

#include "transport/api.hpp"
#include "transport/settings.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace transport {

/// Random 64 bits each, from the kernel, many at a time.
class RandomIds {
public:
    std::uint64_t next();

private:
    std::array<std::uint64_t, 64> ids_{};
    std::size_t left_ = 0;
};

/// The octets of a complete message. Throws std::logic_error for one that lacks a required field:
/// such a message must never leave (3.1).
std::string serialise(const api::GenericMessage& message);

/// The status event with the sinks' configurations.
std::string online_status(
    const TransportSettings& settings, const std::vector<api::SinkReadConfig>& configs,
    std::uint64_t event_id);
/// The status event of an orderly stop, and of the last will.
std::string offline_status(const TransportSettings& settings, std::uint64_t event_id);

api::GatewayInfo gateway_info(const TransportSettings& settings);

/// Everything but `sink_id`.
void fill_header(
    api::ResponseHeader& header, const TransportSettings& settings, std::uint64_t request_id,
    api::ErrorCode code);

} // namespace transport
