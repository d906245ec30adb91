/// The attributes of nodes and how their values read (docs/spec/remote-api.md, 5).
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/remote_api/types.hpp"

#include <span>

namespace gateway::remote_api {

/// How the octets of a value are to be read.
enum class ValueForm : std::uint8_t {
    number,     ///< little-endian
    address,    ///< a number that people know as hexadecimal
    bits,       ///< a mask
    range,      ///< two halves: max << 16 | min
    byte_range, ///< two octets: max << 8 | min
    role,
    time,   ///< 1/128 s
    groups, ///< addresses of 4 octets, 0 unused
    secret, ///< never shown
};

enum class ReadAccess : std::uint8_t {
    yes,
    newer_stacks,
    presence_only, ///< answers write-only attribute when it is set, invalid value when not
};
enum class WriteAccess : std::uint8_t {
    no,
    yes,
    unicast_only,
    unverified, ///< depends on the stack
};

struct AttributeRow {
    Attribute attribute;
    std::string_view name; ///< as a person types it: "node-role"
    ValueForm form = ValueForm::number;
    std::uint8_t size = 0; ///< octets when read
    ReadAccess read = ReadAccess::yes;
    WriteAccess write = WriteAccess::no;
    std::uint8_t write_size = 0; ///< octets when written, where that can be
    std::string_view unit{};
};

/// Every attribute worth knowing, MSAP before CSAP, by id.
std::span<const AttributeRow> attribute_rows();

/// Null for an attribute that is not known.
const AttributeRow* find_attribute(Attribute attribute);

/// By the name of its row, or as "msap:9" and "csap:4"; nothing for other text.
std::optional<Attribute> attribute_from(std::string_view text);

/// "CSAP 4 (node-role)", "MSAP 99".
std::string to_text(Attribute attribute);

/// True for keys, whose values must not be shown.
bool is_secret(Attribute attribute);

/// A value that was read or is to be written: "router, autorole", "8000 ms", "0x7FFFFFFF: OTAP
/// locked". A value of another size than the attribute's, and one of an unknown attribute, as
/// hexadecimal. Secrets as their size.
std::string value_text(Attribute attribute, ByteView value);

/// "0x7FFFFFFF: OTAP locked".
std::string lock_bits_text(std::uint32_t bits);

} // namespace gateway::remote_api
