/// Attribute primitives and the table of attributes (spec/dual-mcu-api.md, 3.2.8, 3.2.9, chapter 4).
#pragma once

#include "sink-service/dual_mcu/codec/management.hpp"

namespace dual_mcu {

inline constexpr std::size_t max_attribute_size = 40; ///< mMulticastGroups

using AttributeValue = gateway::StaticBytes<max_attribute_size>;

enum class AccessPoint : std::uint8_t { csap, msap };

template<std::uint8_t Id>
struct AttributeWriteOf {
    static constexpr std::uint8_t id = Id;
    using Confirm = SimpleConfirm<Id + answer_bit>;
    std::uint16_t attribute = 0;
    AttributeValue value;

    friend bool operator==(const AttributeWriteOf&, const AttributeWriteOf&) = default;
};

template<std::uint8_t Id>
struct AttributeReadConfirmOf {
    static constexpr std::uint8_t id = Id;
    std::uint8_t result = 0;
    std::uint16_t attribute = 0;
    AttributeValue value; ///< empty when the result is not 0

    friend bool operator==(const AttributeReadConfirmOf&, const AttributeReadConfirmOf&) = default;
};

template<std::uint8_t Id>
struct AttributeReadOf {
    static constexpr std::uint8_t id = Id;
    using Confirm = AttributeReadConfirmOf<Id + answer_bit>;
    std::uint16_t attribute = 0;

    friend bool operator==(const AttributeReadOf&, const AttributeReadOf&) = default;
};

using MsapAttributeWrite = AttributeWriteOf<0x0B>;
using MsapAttributeRead = AttributeReadOf<0x0C>;
using CsapAttributeWrite = AttributeWriteOf<0x0D>;
using CsapAttributeRead = AttributeReadOf<0x0E>;

/// Results of attribute writes and reads.
namespace attribute_result {
inline constexpr std::uint8_t success = 0;
inline constexpr std::uint8_t unsupported = 1;
inline constexpr std::uint8_t wrong_state = 2;
inline constexpr std::uint8_t wrong_length = 3;  ///< writes only
inline constexpr std::uint8_t invalid_value = 4; ///< reads: not set yet
inline constexpr std::uint8_t write_only = 5;
inline constexpr std::uint8_t access_denied = 6;
} // namespace attribute_result

/// One row of 4.1 or 4.2.
struct Attribute {
    AccessPoint access_point;
    std::uint16_t id;
    std::string_view name;
    std::uint8_t min_size; ///< octets
    std::uint8_t max_size;
    bool readable;
    bool writable;
    bool stopped_to_write; ///< the stack must be stopped for a write
    bool secret;           ///< a key: never logged
};

/// Every attribute that the specification names, in its order.
std::span<const Attribute> all_attributes();

/// Nothing for reserved and unknown ids.
const Attribute* find_attribute(AccessPoint access_point, std::uint16_t id);

namespace csap {
inline constexpr std::uint16_t node_address = 1;
inline constexpr std::uint16_t network_address = 2;
inline constexpr std::uint16_t network_channel = 3;
inline constexpr std::uint16_t node_role = 4;
inline constexpr std::uint16_t mtu = 5;
inline constexpr std::uint16_t pdu_buffer_size = 6;
inline constexpr std::uint16_t scratchpad_sequence = 7;
inline constexpr std::uint16_t mesh_api_version = 8;
inline constexpr std::uint16_t firmware_major = 9;
inline constexpr std::uint16_t firmware_minor = 10;
inline constexpr std::uint16_t firmware_maintenance = 11;
inline constexpr std::uint16_t firmware_development = 12;
inline constexpr std::uint16_t cipher_key = 13;
inline constexpr std::uint16_t authentication_key = 14;
inline constexpr std::uint16_t channel_limits = 15;
inline constexpr std::uint16_t app_config_data_size = 16;
inline constexpr std::uint16_t hw_magic = 17;
inline constexpr std::uint16_t stack_profile = 18;
inline constexpr std::uint16_t offline_scan = 20;
inline constexpr std::uint16_t channel_map = 21;
inline constexpr std::uint16_t feature_lock_bits = 22;
inline constexpr std::uint16_t feature_lock_key = 23;
inline constexpr std::uint16_t reserved_channels = 25;
inline constexpr std::uint16_t network_key_pair = 26;
inline constexpr std::uint16_t management_key_pair = 27;
} // namespace csap

namespace msap {
inline constexpr std::uint16_t stack_status = 1;
inline constexpr std::uint16_t pdu_buffer_usage = 2;
inline constexpr std::uint16_t pdu_buffer_capacity = 3;
inline constexpr std::uint16_t autostart = 6;
inline constexpr std::uint16_t route_count = 7;
inline constexpr std::uint16_t system_time = 8;
inline constexpr std::uint16_t access_cycle_range = 9;
inline constexpr std::uint16_t access_cycle_limits = 10;
inline constexpr std::uint16_t current_access_cycle = 11;
inline constexpr std::uint16_t scratchpad_block_max = 12;
inline constexpr std::uint16_t multicast_groups = 13;
inline constexpr std::uint16_t scratchpad_size = 14;
} // namespace msap

inline constexpr std::size_t key_size = 16;
inline constexpr std::size_t key_pair_size = 33;

template<std::uint8_t Id>
void write(PayloadWriter& out, const AttributeWriteOf<Id>& request)
{
    out.u16(request.attribute);
    out.u8(static_cast<std::uint8_t>(request.value.size()));
    out.bytes(request.value);
}

template<std::uint8_t Id>
void read(Reader& in, AttributeWriteOf<Id>& request)
{
    request.attribute = in.u16();
    const std::uint8_t size = in.u8();
    if (!request.value.assign(in.bytes(size)))
        in.fail();
}

template<std::uint8_t Id>
void write(PayloadWriter& out, const AttributeReadOf<Id>& request)
{
    out.u16(request.attribute);
}

template<std::uint8_t Id>
void read(Reader& in, AttributeReadOf<Id>& request)
{
    request.attribute = in.u16();
}

template<std::uint8_t Id>
void write(PayloadWriter& out, const AttributeReadConfirmOf<Id>& confirm)
{
    out.u8(confirm.result);
    out.u16(confirm.attribute);
    out.u8(static_cast<std::uint8_t>(confirm.value.size()));
    out.bytes(confirm.value);
}

template<std::uint8_t Id>
void read(Reader& in, AttributeReadConfirmOf<Id>& confirm)
{
    confirm.result = in.u8();
    confirm.attribute = in.u16();
    const std::uint8_t size = in.u8();
    if (!confirm.value.assign(in.bytes(size)))
        in.fail();
}

} // namespace dual_mcu
