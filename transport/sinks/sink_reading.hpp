/// What came back when a sink was read, and what follows from it for its configuration
/// (docs/spec/gateway-backend-api.md, 3.6, 4.3). Pure.
#pragma once

#include "transport/api.hpp"
#include "transport/sinks/sink.hpp"

#include <array>
#include <optional>

namespace transport {

/// The properties read, in the order of `property_rows`.
enum class Property : std::uint8_t {
    stack_status,
    node_address,
    node_role,
    network_address,
    network_channel,
    channel_map,
    ac_range_min,
    ac_range_max,
    ac_range_min_current,
    ac_range_max_current,
    channel_min,
    channel_max,
    max_mtu,
    hw_magic,
    stack_profile,
    firmware_version,
    app_config_max_size,
    authentication_key_set,
    cipher_key_set,
    stored_status,
    stored_type,
    stored_sequence,
    stored_crc,
    stored_length,
    processed_sequence,
    processed_crc,
    processed_length,
    firmware_area_id,
};

struct PropertyRow {
    Property property;
    SinkInterface interface;
    const char* name;
};

inline constexpr std::size_t property_count = 28;
extern const std::array<PropertyRow, property_count> property_rows;
const PropertyRow& row(Property property);
/// True when a change of this property changes the configuration that backends see.
bool is_in_configuration(std::string_view property_name);

enum class Outcome : std::uint8_t {
    value,
    absent, ///< the sink does not have it: not a fault
    failed, ///< could not be read now
};

/// Whether a failed read means that the sink does not have the value.
Outcome outcome_of(const BusFailure& failure);

template<typename T>
struct Reading {
    Outcome outcome = Outcome::failed;
    T value{};
    BusFailure failure; ///< when the outcome is no value
};

template<typename T>
Reading<T> reading_of(BusResult<T> result)
{
    if (result)
        return {Outcome::value, std::move(*result), {}};
    return {outcome_of(result.error()), {}, result.error()};
}

struct SinkReading {
    std::array<Reading<PropertyValue>, property_count> properties;
    Reading<AppConfig> app_config;
    Reading<std::vector<ConfigDataItem>> config_data;
    Reading<gateway::TargetAndAction> target; ///< absent when the firmware is older than 5.1

    Reading<PropertyValue>& operator[](Property property)
    {
        return properties.at(static_cast<std::size_t>(property));
    }
    const Reading<PropertyValue>& operator[](Property property) const
    {
        return properties.at(static_cast<std::size_t>(property));
    }
};

/// True when the firmware that was read knows target and action: 5.1 on.
bool has_target(const Reading<PropertyValue>& firmware_version);

struct SinkConfiguration {
    api::SinkReadConfig config;
    bool partial = false; ///< something could not be read; remembered values fill the gaps
};

/// The configuration from a reading; fields that failed are taken from `remembered`.
SinkConfiguration configuration_from(const SinkReading& reading, const api::SinkReadConfig& remembered);

/// The OTAP part of a reading, complete sub-messages only, for otap_status (4.6).
struct ScratchpadState {
    std::optional<api::ScratchpadInfo> stored;
    std::optional<api::ScratchpadStatus> stored_status;
    std::optional<api::ScratchpadType> stored_type;
    std::optional<api::ScratchpadInfo> processed;
    std::optional<std::uint32_t> firmware_area_id;
    std::optional<api::TargetScratchpadAndAction> target;
};
ScratchpadState scratchpad_state_from(const SinkReading& reading);

} // namespace transport
