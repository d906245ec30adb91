#include "transport/sinks/sink_reading.hpp"

#include "transport/sinks/conversions.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace transport {
namespace {

constexpr SinkInterface config = SinkInterface::config;
constexpr SinkInterface otap = SinkInterface::otap;

/// The worst outcome of values that belong together.
Outcome outcome_of(const SinkReading& reading, std::initializer_list<Property> properties)
{
    Outcome worst = Outcome::value;
    for (const Property property : properties)
        worst = std::max(worst, reading[property].outcome);
    return worst;
}

std::uint32_t number(const SinkReading& reading, Property property)
{
    const PropertyValue& value = reading[property].value;
    return value.empty() ? 0 : value.front();
}

api::ScratchpadInfo scratchpad_info(
    const SinkReading& reading, Property length, Property crc, Property sequence)
{
    api::ScratchpadInfo info;
    info.set_len(number(reading, length));
    info.set_crc(number(reading, crc));
    info.set_seq(number(reading, sequence));
    return info;
}

/// Fills the configuration field by field: `fill` where the sink gave a value, `keep` (copies the
/// remembered field) where reading failed, nothing where the sink has none.
class Assembly {
public:
    explicit Assembly(const SinkReading& reading) : reading_(reading) {}

    template<typename Fill, typename Keep>
    void field(std::initializer_list<Property> properties, Fill fill, Keep keep)
    {
        field(outcome_of(reading_, properties), fill, keep);
    }
    template<typename Fill, typename Keep>
    void field(Outcome outcome, Fill fill, Keep keep)
    {
        if (outcome == Outcome::value) {
            fill();
        } else if (outcome == Outcome::failed) {
            keep();
            partial = true;
        }
    }

    bool partial = false;

private:
    const SinkReading& reading_;
};

} // namespace

const std::array<PropertyRow, property_count> property_rows = {{
    {Property::stack_status, config, "StackStatus"},
    {Property::node_address, config, "NodeAddress"},
    {Property::node_role, config, "NodeRole"},
    {Property::network_address, config, "NetworkAddress"},
    {Property::network_channel, config, "NetworkChannel"},
    {Property::channel_map, config, "ChannelMap"},
    {Property::ac_range_min, config, "ACRangeMin"},
    {Property::ac_range_max, config, "ACRangeMax"},
    {Property::ac_range_min_current, config, "ACRangeMinCur"},
    {Property::ac_range_max_current, config, "ACRangeMaxCur"},
    {Property::channel_min, config, "ChRangeMin"},
    {Property::channel_max, config, "ChRangeMax"},
    {Property::max_mtu, config, "MaxMtu"},
    {Property::hw_magic, config, "HwMagic"},
    {Property::stack_profile, config, "StackProfile"},
    {Property::firmware_version, config, "FirmwareVersion"},
    {Property::app_config_max_size, config, "AppConfigMaxSize"},
    {Property::authentication_key_set, config, "AuthenticationKeySet"},
    {Property::cipher_key_set, config, "CipherKeySet"},
    {Property::stored_status, otap, "StoredStatus"},
    {Property::stored_type, otap, "StoredType"},
    {Property::stored_sequence, otap, "StoredSeq"},
    {Property::stored_crc, otap, "StoredCrc"},
    {Property::stored_length, otap, "StoredLen"},
    {Property::processed_sequence, otap, "ProcessedSeq"},
    {Property::processed_crc, otap, "ProcessedCrc"},
    {Property::processed_length, otap, "ProcessedLen"},
    {Property::firmware_area_id, otap, "FirmwareAreaId"},
}};

const PropertyRow& row(Property property)
{
    return property_rows.at(static_cast<std::size_t>(property));
}

bool is_in_configuration(std::string_view property_name)
{
    return std::ranges::any_of(property_rows, [&](const PropertyRow& r) { return r.name == property_name; });
}

Outcome outcome_of(const BusFailure& failure)
{
    using gateway::ApplicationCode;
    if (failure.fault == BusFault::unsupported)
        return Outcome::absent;
    if (failure.fault != BusFault::application)
        return Outcome::failed;
    switch (failure.code) {
    case ApplicationCode::attribute_not_set:
    case ApplicationCode::no_config:
    case ApplicationCode::node_not_a_sink:
    case ApplicationCode::not_supported:
    case ApplicationCode::access_denied:
        return Outcome::absent;
    default:
        return Outcome::failed;
    }
}

bool has_target(const Reading<PropertyValue>& firmware_version)
{
    const PropertyValue& version = firmware_version.value;
    if (firmware_version.outcome != Outcome::value || version.size() < 2)
        return false;
    return version[0] > 5 || (version[0] == 5 && version[1] >= 1);
}

SinkConfiguration configuration_from(const SinkReading& reading, const api::SinkReadConfig& old)
{
    SinkConfiguration made;
    api::SinkReadConfig& c = made.config;
    c.set_sink_id(old.sink_id());
    Assembly fields(reading);
    const auto value = [&](Property property) { return number(reading, property); };

    fields.field(
        {Property::node_role},
        [&] {
            if (auto role = node_role_from(value(Property::node_role)))
                *c.mutable_node_role() = *role;
        },
        [&] {
            if (old.has_node_role())
                *c.mutable_node_role() = old.node_role();
        });

#define GATEWAY_NUMBER(field_name, property) /* one line a plain number, instead of six */                   \
    fields.field(                                                                                            \
        {property}, [&] { c.set_##field_name(value(property)); },                                            \
        [&] {                                                                                                \
            if (old.has_##field_name())                                                                      \
                c.set_##field_name(old.field_name());                                                        \
        })
    GATEWAY_NUMBER(node_address, Property::node_address);
    GATEWAY_NUMBER(network_address, Property::network_address);
    GATEWAY_NUMBER(network_channel, Property::network_channel);
    GATEWAY_NUMBER(channel_map, Property::channel_map);
    GATEWAY_NUMBER(max_mtu, Property::max_mtu);
    GATEWAY_NUMBER(hw_magic, Property::hw_magic);
    GATEWAY_NUMBER(stack_profile, Property::stack_profile);
    GATEWAY_NUMBER(app_config_max_size, Property::app_config_max_size);
    GATEWAY_NUMBER(firmware_area_id, Property::firmware_area_id);
#undef GATEWAY_NUMBER

    fields.field(
        reading.app_config.outcome,
        [&] {
            const AppConfig& read = reading.app_config.value;
            c.mutable_app_config()->set_seq(read.sequence);
            c.mutable_app_config()->set_diag_interval_s(read.interval_s);
            c.mutable_app_config()->set_app_config_data(read.data.data(), read.data.size());
        },
        [&] {
            if (old.has_app_config())
                *c.mutable_app_config() = old.app_config();
        });
    fields.field(
        {Property::authentication_key_set, Property::cipher_key_set},
        [&] {
            c.set_are_keys_set(
                value(Property::authentication_key_set) != 0 && value(Property::cipher_key_set) != 0);
        },
        [&] {
            if (old.has_are_keys_set())
                c.set_are_keys_set(old.are_keys_set());
        });
    fields.field(
        {Property::ac_range_min_current, Property::ac_range_max_current},
        [&] {
            c.mutable_current_ac_range()->set_min_ms(value(Property::ac_range_min_current));
            c.mutable_current_ac_range()->set_max_ms(value(Property::ac_range_max_current));
        },
        [&] {
            if (old.has_current_ac_range())
                *c.mutable_current_ac_range() = old.current_ac_range();
        });
    fields.field(
        {Property::ac_range_min, Property::ac_range_max},
        [&] {
            c.mutable_ac_limits()->set_min_ms(value(Property::ac_range_min));
            c.mutable_ac_limits()->set_max_ms(value(Property::ac_range_max));
        },
        [&] {
            if (old.has_ac_limits())
                *c.mutable_ac_limits() = old.ac_limits();
        });
    fields.field(
        {Property::channel_min, Property::channel_max},
        [&] {
            c.mutable_channel_limits()->set_min_channel(value(Property::channel_min));
            c.mutable_channel_limits()->set_max_channel(value(Property::channel_max));
        },
        [&] {
            if (old.has_channel_limits())
                *c.mutable_channel_limits() = old.channel_limits();
        });
    fields.field(
        {Property::firmware_version},
        [&] {
            const PropertyValue& version = reading[Property::firmware_version].value;
            if (version.size() != 4)
                return;
            c.mutable_firmware_version()->set_major(version[0]);
            c.mutable_firmware_version()->set_minor(version[1]);
            c.mutable_firmware_version()->set_maint(version[2]);
            c.mutable_firmware_version()->set_dev(version[3]);
        },
        [&] {
            if (old.has_firmware_version())
                *c.mutable_firmware_version() = old.firmware_version();
        });
    fields.field(
        {Property::stack_status},
        [&] { c.set_sink_state((value(Property::stack_status) & 1U) == 0 ? api::ON : api::OFF); },
        [&] {
            if (old.has_sink_state())
                c.set_sink_state(old.sink_state());
        });
    fields.field(
        {Property::stored_length, Property::stored_crc, Property::stored_sequence},
        [&] {
            *c.mutable_stored_scratchpad() = scratchpad_info(
                reading, Property::stored_length, Property::stored_crc, Property::stored_sequence);
        },
        [&] {
            if (old.has_stored_scratchpad())
                *c.mutable_stored_scratchpad() = old.stored_scratchpad();
        });
    fields.field(
        {Property::stored_status},
        [&] { c.set_stored_status(scratchpad_status_from(value(Property::stored_status))); },
        [&] {
            if (old.has_stored_status())
                c.set_stored_status(old.stored_status());
        });
    fields.field(
        {Property::stored_type},
        [&] {
            if (const auto type = scratchpad_type_from(value(Property::stored_type)))
                c.set_stored_type(*type);
        },
        [&] {
            if (old.has_stored_type())
                c.set_stored_type(old.stored_type());
        });
    fields.field(
        {Property::processed_length, Property::processed_crc, Property::processed_sequence},
        [&] {
            *c.mutable_processed_scratchpad() = scratchpad_info(
                reading, Property::processed_length, Property::processed_crc, Property::processed_sequence);
        },
        [&] {
            if (old.has_processed_scratchpad())
                *c.mutable_processed_scratchpad() = old.processed_scratchpad();
        });
    fields.field(
        reading.target.outcome,
        [&] {
            if (auto target = target_from(reading.target.value))
                *c.mutable_target_and_action() = *target;
        },
        [&] {
            if (old.has_target_and_action())
                *c.mutable_target_and_action() = old.target_and_action();
        });
    fields.field(
        reading.config_data.outcome,
        [&] {
            for (const ConfigDataItem& item : reading.config_data.value) {
                auto* added = c.add_configuration_data_content();
                added->set_endpoint(item.endpoint);
                added->set_payload(item.payload.data(), item.payload.size());
            }
        },
        [&] { *c.mutable_configuration_data_content() = old.configuration_data_content(); });

    made.partial = fields.partial;
    return made;
}

ScratchpadState scratchpad_state_from(const SinkReading& reading)
{
    ScratchpadState state;
    const auto read = [&](std::initializer_list<Property> properties) {
        return outcome_of(reading, properties) == Outcome::value;
    };
    if (read({Property::stored_length, Property::stored_crc, Property::stored_sequence}))
        state.stored = scratchpad_info(
            reading, Property::stored_length, Property::stored_crc, Property::stored_sequence);
    if (read({Property::stored_status}))
        state.stored_status = scratchpad_status_from(number(reading, Property::stored_status));
    if (read({Property::stored_type}))
        state.stored_type = scratchpad_type_from(number(reading, Property::stored_type));
    if (read({Property::processed_length, Property::processed_crc, Property::processed_sequence}))
        state.processed = scratchpad_info(
            reading, Property::processed_length, Property::processed_crc, Property::processed_sequence);
    if (read({Property::firmware_area_id}))
        state.firmware_area_id = number(reading, Property::firmware_area_id);
    if (reading.target.outcome == Outcome::value)
        state.target = target_from(reading.target.value);
    return state;
}

} // namespace transport
