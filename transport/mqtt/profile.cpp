#include "transport/mqtt/profile.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace transport {
namespace {

// In the order of BrokerProfile. The numbers of aws and azure are the vendors' published quotas for
// one connection.
constexpr std::array profiles = {
    BrokerLimits{.name = "standard"},
    BrokerLimits{
        .name = "aws",
        .max_qos = 1,
        .retain = true,
        .mqtt_3_1 = false,
        .filters_per_subscribe = 8,
        .max_topic_octets = 256,
        .max_payload_octets = 128 * 1024,
        .max_client_id_octets = 128,
        .max_in_flight = 100,
        .messages_per_second = 100},
    BrokerLimits{
        .name = "azure",
        .max_qos = 1,
        .retain = false,
        .mqtt_3_1 = false,
        .filters_per_subscribe = 8,
        .max_topic_octets = 256,
        .max_payload_octets = 512 * 1024,
        .max_client_id_octets = 128,
        .max_in_flight = 100,
        .messages_per_second = 100},
};

} // namespace

const BrokerLimits& limits_of(BrokerProfile profile)
{
    return profiles.at(static_cast<std::size_t>(profile));
}

BrokerProfile broker_profile(std::string_view name)
{
    const auto found = std::ranges::find(profiles, name, &BrokerLimits::name);
    if (found == profiles.end())
        throw std::logic_error("no broker profile of this name");
    return static_cast<BrokerProfile>(found - profiles.begin());
}

} // namespace transport
