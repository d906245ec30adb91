#include "simulator/sink/attribute_table.hpp"

#include "simulator/sink/operations.hpp"
#include "simulator/sink/ticks.hpp"

namespace simulator {
namespace {

using dual_mcu::AccessPoint;
using gateway::ByteView;
namespace csap = dual_mcu::csap;
namespace msap = dual_mcu::msap;
namespace result = dual_mcu::attribute_result;

constexpr auto csap_point = AccessPoint::csap;
constexpr auto msap_point = AccessPoint::msap;

std::uint32_t integer(ByteView value)
{
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < value.size(); ++i)
        number |= static_cast<std::uint32_t>(value[i]) << (8 * i);
    return number;
}

std::uint16_t u16_at(ByteView value, std::size_t offset)
{
    return static_cast<std::uint16_t>(integer(value.subspan(offset, 2)));
}

AttributeReading number(std::uint32_t value, std::size_t octets)
{
    AttributeReading reading;
    for (std::size_t i = 0; i < octets; ++i)
        reading.value.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return reading;
}

AttributeReading not_set()
{
    return {result::invalid_value, {}};
}

template<typename T>
AttributeReading optional_number(const std::optional<T>& value, std::size_t octets)
{
    return value ? number(*value, octets) : not_set();
}

// Keys: reading tells only whether there is one.

bool all_ff(ByteView value)
{
    return std::ranges::all_of(value, [](std::uint8_t octet) { return octet == 0xFF; });
}

template<std::optional<Key> Persistent::*Member>
AttributeReading read_key(const SinkState& state, Now /*now*/)
{
    return {(state.persistent.*Member) ? result::write_only : result::invalid_value, {}};
}

template<std::optional<Key> Persistent::*Member>
void store_key(SinkState& state, ByteView value)
{
    if (all_ff(value)) {
        (state.persistent.*Member).reset();
        return;
    }
    Key key{};
    std::ranges::copy(value, key.begin());
    state.persistent.*Member = key;
}

bool any_value(const SinkState& /*state*/, ByteView /*value*/)
{
    return true;
}

/// Octets without meaning, where 5 is documented (11, D11): fixed ones, never the key.
AttributeReading read_lock_key(const SinkState& state, Now /*now*/)
{
    if (!state.persistent.lock_key)
        return not_set();
    AttributeReading reading;
    reading.value.assign(Key{0xA5, 0x5A});
    return reading;
}

/// Nothing but the same key, which unlocks, while one is set.
bool is_lock_key_accepted(const SinkState& state, ByteView value)
{
    return !state.persistent.lock_key || std::ranges::equal(*state.persistent.lock_key, value);
}

void store_lock_key(SinkState& state, ByteView value)
{
    if (state.persistent.lock_key)
        state.persistent.lock_key.reset();
    else
        store_key<&Persistent::lock_key>(state, value);
}

AttributeReading read_key_pair(const SinkState& /*state*/, Now /*now*/)
{
    return {result::write_only, {}};
}

bool is_key_pair(const SinkState& /*state*/, ByteView value)
{
    return value.back() != 0; // its sequence number, 1 to 255
}

template<std::optional<KeyPair> Persistent::*Member>
void store_key_pair(SinkState& state, ByteView value)
{
    KeyPair pair{};
    std::ranges::copy(value, pair.begin());
    state.persistent.*Member = pair;
}

// Role

constexpr std::array<std::uint8_t, 10> roles = {0x01, 0x02, 0x03, 0x11, 0x12, 0x13, 0x82, 0x83, 0x92, 0x93};

void store_role(SinkState& state, ByteView value)
{
    std::uint8_t role = value[0];
    if ((role & gateway::role::autorole) != 0)
        role |= gateway::role::non_router; // both flavours of automatic read back alike
    state.persistent.role = role;
}

// Offline scan

AttributeReading read_offline_scan(const SinkState& state, Now /*now*/)
{
    constexpr std::uint16_t usual = 600;
    constexpr std::uint16_t low_latency = 30;
    return number(state.persistent.offline_scan.value_or(state.low_latency() ? low_latency : usual), 2);
}

// Reserved channels: one bit a channel, bit 0 of octet 0 is channel 1.

std::size_t reserved_channel_octets(const SinkState& state)
{
    constexpr std::size_t most = 16;
    return std::min<std::size_t>((state.profile.highest_channel + 7U) / 8, most);
}

AttributeReading read_reserved_channels(const SinkState& state, Now /*now*/)
{
    AttributeReading reading;
    gateway::Bytes octets = state.live.reserved_channels;
    octets.resize(reserved_channel_octets(state), 0);
    reading.value.assign(octets);
    return reading;
}

bool are_channels(const SinkState& state, ByteView value)
{
    for (std::size_t bit = state.profile.highest_channel; bit < 8 * value.size(); ++bit)
        if ((value[bit / 8] >> (bit % 8) & 1) != 0)
            return false;
    return true;
}

// Access cycles

constexpr std::array<std::uint16_t, 3> access_cycles = {2000, 4000, 8000}; // ms

bool is_access_cycle(std::uint16_t milliseconds)
{
    return std::ranges::find(access_cycles, milliseconds) != access_cycles.end();
}

AttributeReading two_numbers(std::uint16_t first, std::uint16_t second)
{
    return number(first | static_cast<std::uint32_t>(second) << 16, 4);
}

AttributeReading read_access_cycle_range(const SinkState& state, Now /*now*/)
{
    const auto& range = state.persistent.access_cycle_range;
    return range ? two_numbers((*range)[0], (*range)[1]) : not_set();
}

bool is_access_cycle_range(const SinkState& /*state*/, ByteView value)
{
    const std::uint16_t lowest = u16_at(value, 0);
    const std::uint16_t highest = u16_at(value, 2);
    return is_access_cycle(lowest) && is_access_cycle(highest) && lowest <= highest;
}

AttributeReading read_current_access_cycle(const SinkState& state, Now /*now*/)
{
    const auto& range = state.persistent.access_cycle_range;
    return number(range ? (*range)[0] : access_cycles.front(), 2);
}

// Multicast groups: only three octets of each are stored.

AttributeReading read_groups(const SinkState& state, Now /*now*/)
{
    AttributeReading reading;
    gateway::Writer writer(reading.value);
    for (const std::uint32_t group : state.persistent.multicast_groups)
        writer.u32(group);
    return reading;
}

bool are_groups(const SinkState& /*state*/, ByteView value)
{
    for (std::size_t at = 0; at < value.size(); at += 4)
        if (integer(value.subspan(at, 4)) > unused_multicast_group)
            return false;
    return true;
}

void store_groups(SinkState& state, ByteView value)
{
    dual_mcu::Reader reader(value);
    for (std::uint32_t& group : state.persistent.multicast_groups)
        group = reader.u32();
}

// The numbers of the firmware version

template<std::size_t Index>
AttributeReading read_firmware(const SinkState& state, Now /*now*/)
{
    return number(state.firmware().at(Index), 2);
}

using State = const SinkState&;
using View = ByteView;

// access point, id, read, is valid, store, needs a running stack, first API version, last firmware
constexpr std::array rows = {
    AttributeRow{
        csap_point, csap::node_address,
        [](State s, Now) { return optional_number(s.persistent.node_address, 4); },
        [](State, View v) { return gateway::is_unicast(integer(v)); },
        [](SinkState& s, View v) { s.persistent.node_address = integer(v); }},
    AttributeRow{
        csap_point, csap::network_address,
        [](State s, Now) { return optional_number(s.persistent.network_address, 3); },
        [](State, View v) { return gateway::is_network_address(integer(v)); },
        [](SinkState& s, View v) { s.persistent.network_address = integer(v); }},
    AttributeRow{
        csap_point, csap::network_channel,
        [](State s, Now) { return optional_number(s.persistent.channel, 1); },
        [](State s, View v) { return v[0] >= s.profile.lowest_channel && v[0] <= s.profile.highest_channel; },
        [](SinkState& s, View v) { s.persistent.channel = v[0]; }},
    AttributeRow{
        csap_point, csap::node_role,
        [](State s, Now) { return number(s.persistent.role.value_or(automatic_role), 1); },
        [](State, View v) { return std::ranges::find(roles, v[0]) != roles.end(); }, store_role},
    AttributeRow{csap_point, csap::mtu, [](State s, Now) { return number(s.profile.mtu, 1); }},
    AttributeRow{
        csap_point, csap::pdu_buffer_size, [](State s, Now) { return number(s.profile.packet_buffers, 1); }},
    AttributeRow{
        csap_point, csap::scratchpad_sequence,
        [](State s, Now) { return number(s.persistent.stored.sequence, 1); }},
    AttributeRow{
        csap_point, csap::mesh_api_version, [](State s, Now) { return number(s.profile.api_version, 2); }},
    AttributeRow{csap_point, csap::firmware_major, read_firmware<0>},
    AttributeRow{csap_point, csap::firmware_minor, read_firmware<1>},
    AttributeRow{csap_point, csap::firmware_maintenance, read_firmware<2>},
    AttributeRow{csap_point, csap::firmware_development, read_firmware<3>},
    AttributeRow{
        csap_point, csap::cipher_key, read_key<&Persistent::cipher_key>, any_value,
        store_key<&Persistent::cipher_key>},
    AttributeRow{
        csap_point, csap::authentication_key, read_key<&Persistent::authentication_key>, any_value,
        store_key<&Persistent::authentication_key>},
    AttributeRow{
        csap_point, csap::channel_limits,
        [](State s, Now) {
            return number(
                s.profile.lowest_channel | static_cast<std::uint32_t>(s.profile.highest_channel) << 8, 2);
        }},
    AttributeRow{
        csap_point, csap::app_config_data_size,
        [](State s, Now) { return number(static_cast<std::uint32_t>(s.app_config_octets()), 1); }},
    AttributeRow{csap_point, csap::hw_magic, [](State s, Now) { return number(s.profile.hw_magic, 2); }},
    AttributeRow{
        csap_point, csap::stack_profile, [](State s, Now) { return number(s.profile.stack_profile, 2); }},
    AttributeRow{
        csap_point, csap::offline_scan, read_offline_scan,
        [](State, View v) { return integer(v) >= 20 && integer(v) <= 600; },
        [](SinkState& s, View v) { s.persistent.offline_scan = u16_at(v, 0); }, true},
    AttributeRow{
        csap_point, csap::channel_map, [](State s, Now) { return number(s.persistent.channel_map, 4); },
        [](State, View v) { return integer(v) != 0xFFFFFFFF; },
        [](SinkState& s, View v) { s.persistent.channel_map = integer(v); }, false, 0, 3},
    AttributeRow{
        csap_point, csap::feature_lock_bits, [](State s, Now) { return number(s.persistent.lock_bits, 4); },
        [](State, View v) { return (~integer(v) & ~feature::lockable) == 0; },
        [](SinkState& s, View v) { s.persistent.lock_bits = integer(v); }},
    AttributeRow{csap_point, csap::feature_lock_key, read_lock_key, is_lock_key_accepted, store_lock_key},
    AttributeRow{
        csap_point, csap::reserved_channels, read_reserved_channels, are_channels,
        [](SinkState& s, View v) { s.live.reserved_channels.assign(v.begin(), v.end()); }, false, 15},
    AttributeRow{
        csap_point, csap::network_key_pair, read_key_pair, is_key_pair,
        store_key_pair<&Persistent::network_key_pair>, false, 21},
    AttributeRow{
        csap_point, csap::management_key_pair, read_key_pair, is_key_pair,
        store_key_pair<&Persistent::management_key_pair>, false, 21},

    AttributeRow{msap_point, msap::stack_status, [](State s, Now) { return number(stack_status_of(s), 1); }},
    AttributeRow{
        msap_point, msap::pdu_buffer_usage,
        [](State s, Now) { return number(s.profile.packet_buffers - s.free_buffers(), 1); }, nullptr, nullptr,
        true},
    AttributeRow{
        msap_point, msap::pdu_buffer_capacity, [](State s, Now) { return number(s.free_buffers(), 1); },
        nullptr, nullptr, true},
    AttributeRow{
        msap_point, msap::autostart, [](State s, Now) { return number(s.persistent.autostart ? 1 : 0, 1); },
        [](State, View v) { return v[0] <= 1; },
        [](SinkState& s, View v) { s.persistent.autostart = v[0] == 1; }},
    AttributeRow{
        msap_point, msap::route_count, [](State, Now) { return number(1, 1); }, nullptr, nullptr, true},
    AttributeRow{
        msap_point, msap::system_time,
        [](State s, Now now) {
            return number(static_cast<std::uint32_t>(to_ticks(now - s.live.booted)), 4);
        }},
    AttributeRow{
        msap_point, msap::access_cycle_range, read_access_cycle_range, is_access_cycle_range,
        [](SinkState& s, View v) {
            s.persistent.access_cycle_range = {u16_at(v, 0), u16_at(v, 2)};
        }},
    AttributeRow{
        msap_point, msap::access_cycle_limits,
        [](State, Now) { return two_numbers(access_cycles.front(), access_cycles.back()); }},
    AttributeRow{msap_point, msap::current_access_cycle, read_current_access_cycle, nullptr, nullptr, true},
    AttributeRow{
        msap_point, msap::scratchpad_block_max,
        [](State, Now) { return number(dual_mcu::max_scratchpad_block, 1); }},
    AttributeRow{msap_point, msap::multicast_groups, read_groups, are_groups, store_groups},
    AttributeRow{
        msap_point, msap::scratchpad_size,
        [](State s, Now) {
            return s.persistent.stored.image ? number(s.persistent.stored.size(), 4) : not_set();
        },
        nullptr, nullptr, false, 18},
};

} // namespace

const AttributeRow* find_attribute_row(const SinkState& state, AccessPoint access_point, std::uint16_t id)
{
    const auto found = std::ranges::find_if(rows, [&](const AttributeRow& row) {
        return row.access_point == access_point && row.id == id &&
               state.profile.api_version >= row.first_api && state.firmware()[0] <= row.last_firmware_major;
    });
    return found == rows.end() ? nullptr : &*found;
}

} // namespace simulator
