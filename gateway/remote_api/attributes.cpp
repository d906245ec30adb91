#include "gateway/remote_api/attributes.hpp"

#include "gateway/address.hpp"

#include <charconv>
#include <fmt/format.h>

namespace gateway::remote_api {
namespace {

constexpr Attribute msap(std::uint16_t id)
{
    return {AttributeSet::msap, id};
}
constexpr Attribute csap(std::uint16_t id)
{
    return {AttributeSet::csap, id};
}

using Form = ValueForm;
using Read = ReadAccess;
using Write = WriteAccess;

constexpr AttributeRow rows[] = {
    {msap(1), "stack-status", Form::bits, 1},
    {msap(2), "pdu-buffer-usage", Form::number, 1},
    {msap(3), "pdu-buffer-capacity", Form::number, 1},
    {msap(6), "autostart", Form::number, 1, Read::yes, Write::unverified, 1},
    {msap(7), "route-count", Form::number, 1},
    {msap(8), "system-time", Form::time, 4},
    {msap(9), "access-cycle-range", Form::range, 4, Read::yes, Write::yes, 4, "ms"},
    {msap(10), "access-cycle-limits", Form::range, 4, Read::yes, Write::no, 0, "ms"},
    {msap(11), "access-cycle", Form::number, 2, Read::yes, Write::no, 0, "ms"},
    {msap(12), "scratchpad-block-max", Form::number, 1, Read::yes, Write::no, 0, "octets"},
    {msap(13), "multicast-groups", Form::groups, 40, Read::yes, Write::unverified, 40},
    {stored_length, "stored-length", Form::number, 4, Read::newer_stacks, Write::no, 0, "octets"},
    {node_address, "node-address", Form::address, 4, Read::yes, Write::unicast_only, 4},
    {csap(2), "network-address", Form::address, 3, Read::yes, Write::yes, 3},
    {csap(3), "network-channel", Form::number, 1, Read::yes, Write::yes, 1},
    {node_role, "node-role", Form::role, 1, Read::yes, Write::yes, 2},
    {csap(5), "mtu", Form::number, 1, Read::yes, Write::no, 0, "octets"},
    {csap(6), "pdu-buffer-size", Form::number, 1},
    {stored_sequence, "stored-sequence", Form::number, 1},
    {csap(8), "api-version", Form::number, 2},
    {csap(9), "firmware-major", Form::number, 2},
    {csap(10), "firmware-minor", Form::number, 2},
    {csap(11), "firmware-maintenance", Form::number, 2},
    {csap(12), "firmware-development", Form::number, 2},
    {cipher_key, "cipher-key", Form::secret, 16, Read::presence_only, Write::yes, 16},
    {authentication_key, "authentication-key", Form::secret, 16, Read::presence_only, Write::yes, 16},
    {csap(15), "channel-limits", Form::byte_range, 2},
    {csap(16), "app-config-size", Form::number, 1, Read::yes, Write::no, 0, "octets"},
    {csap(17), "hardware-magic", Form::bits, 2},
    {csap(18), "stack-profile", Form::bits, 2},
    {csap(20), "offline-scan", Form::number, 2, Read::yes, Write::yes, 2, "s"},
    {lock_bits, "lock-bits", Form::bits, 4, Read::yes, Write::yes, 4},
    {lock_key, "lock-key", Form::secret, 16, Read::presence_only, Write::yes, 16},
};

std::string with_unit(std::string text, std::string_view unit)
{
    return unit.empty() ? text : fmt::format("{} {}", text, unit);
}

std::string groups_text(Reader& reader)
{
    std::string text;
    while (reader.left() != 0) {
        const std::uint32_t group = reader.u32();
        if (group != 0)
            text += fmt::format("{}0x{:08X}", text.empty() ? "" : " ", group);
    }
    return text.empty() ? "none" : text;
}

std::uint32_t number(Reader& reader)
{
    std::uint32_t value = 0;
    for (unsigned shift = 0; reader.left() != 0; shift += 8)
        value |= std::uint32_t{reader.u8()} << shift;
    return value;
}

std::string written_role_text(ByteView value)
{
    return value[1] == 0 ? fmt::format("{}, with an empty mask", role_in_words(value[0]))
                         : fmt::format("{}, mask 0x{:02X}", role_in_words(value[0]), value[1]);
}

std::string value_text(const AttributeRow& row, ByteView value)
{
    Reader reader(value);
    switch (row.form) {
    case Form::number:
        return with_unit(fmt::format("{}", number(reader)), row.unit);
    case Form::address:
    case Form::bits:
        if (row.attribute == lock_bits)
            return lock_bits_text(reader.u32());
        return fmt::format("0x{:0{}X}", number(reader), value.size() * 2);
    case Form::range: {
        const std::uint16_t min = reader.u16();
        return with_unit(fmt::format("{} to {}", min, reader.u16()), row.unit);
    }
    case Form::byte_range: {
        const std::uint8_t min = reader.u8();
        return with_unit(fmt::format("{} to {}", min, reader.u8()), row.unit);
    }
    case Form::role:
        return value.size() == 1 ? role_in_words(value[0]) : written_role_text(value);
    case Form::time: {
        constexpr double ticks_per_second = 128;
        return fmt::format("{:.2f} s", number(reader) / ticks_per_second);
    }
    case Form::groups:
        return groups_text(reader);
    case Form::secret:
        break;
    }
    return fmt::format("{} secret octets", value.size());
}

} // namespace

std::span<const AttributeRow> attribute_rows()
{
    return rows;
}

const AttributeRow* find_attribute(Attribute attribute)
{
    const auto* const found = std::ranges::find(rows, attribute, &AttributeRow::attribute);
    return found == std::end(rows) ? nullptr : found;
}

std::optional<Attribute> attribute_from(std::string_view text)
{
    const auto* const named = std::ranges::find(rows, text, &AttributeRow::name);
    if (named != std::end(rows))
        return named->attribute;
    Attribute attribute;
    if (text.starts_with("csap:"))
        attribute.set = AttributeSet::csap;
    else if (!text.starts_with("msap:"))
        return std::nullopt;
    const std::string_view digits = text.substr(std::string_view("msap:").size());
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), attribute.id);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size())
        return std::nullopt;
    return attribute;
}

std::string to_text(Attribute attribute)
{
    const AttributeRow* const row = find_attribute(attribute);
    const char* const set = attribute.set == AttributeSet::msap ? "MSAP" : "CSAP";
    return row == nullptr ? fmt::format("{} {}", set, attribute.id)
                          : fmt::format("{} {} ({})", set, attribute.id, row->name);
}

bool is_secret(Attribute attribute)
{
    const AttributeRow* const row = find_attribute(attribute);
    return row != nullptr && row->form == Form::secret;
}

std::string value_text(Attribute attribute, ByteView value)
{
    const AttributeRow* const row = find_attribute(attribute);
    if (row != nullptr && row->form == Form::secret)
        return value_text(*row, value);
    const bool fits =
        row != nullptr && !value.empty() &&
        (value.size() == row->size || (row->form == Form::role && value.size() == row->write_size));
    return fits ? value_text(*row, value) : to_hex(value);
}

std::string lock_bits_text(std::uint32_t bits)
{
    std::string text = fmt::format("0x{:08X}", bits);
    if ((bits & otap_allowed) == 0)
        text += ": OTAP locked";
    if ((bits & remote_requests_allowed) == 0)
        text += text.find(':') == std::string::npos ? ": Remote API requests locked"
                                                    : ", Remote API requests locked";
    return text;
}

} // namespace gateway::remote_api
