/// What brokers cannot do (docs/spec/gateway-backend-api.md, 9.4; docs/brokers.md, "Profiles").
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace transport {

enum class BrokerProfile : std::uint8_t { standard, aws, azure };

/// Limits of a kind of broker; 0 in a limit: none.
struct BrokerLimits {
    std::string_view name;
    int max_qos = 2;    ///< of publications, subscriptions and the will
    bool retain = true; ///< false: also the will is not retained
    bool mqtt_3_1 = true;
    std::size_t filters_per_subscribe = 0;
    std::size_t max_topic_octets = 0;
    std::size_t max_payload_octets = 0;
    std::size_t max_client_id_octets = 0;
    std::size_t max_in_flight = 0;
    std::uint32_t messages_per_second = 0;
};

const BrokerLimits& limits_of(BrokerProfile profile);

/// `name` is one of "standard", "aws", "azure"; anything else is a programming error
/// (std::logic_error).
BrokerProfile broker_profile(std::string_view name);

/// The scratchpad octets that one request can carry when a payload has at most this many: leaves room
/// for the message around them.
constexpr std::size_t scratchpad_octets_in(std::size_t payload_octets)
{
    return payload_octets - 1024;
}

} // namespace transport
