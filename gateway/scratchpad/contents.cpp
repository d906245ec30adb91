#include "gateway/scratchpad/contents.hpp"

#include <fmt/format.h>
#include <set>

namespace gateway::scratchpad {
namespace {

constexpr std::uint32_t fresh_status = 0xFFFFFFFF;
constexpr std::uint8_t readable_filler = 0xFF;

bool all_are(ByteView octets, std::uint8_t value)
{
    return std::ranges::all_of(octets, [value](std::uint8_t octet) { return octet == value; });
}

/// 0 when there is none.
std::uint32_t first_area_id(ByteView file)
{
    Reader reader(file.size() < areas_offset ? ByteView() : file.subspan(areas_offset));
    return reader.u32();
}

Area read_area(ByteView file, std::size_t offset)
{
    Reader reader(file.subspan(offset, area_header_size));
    Area area;
    area.offset = static_cast<std::uint32_t>(offset);
    area.id = reader.u32();
    area.stored_length = reader.u32();
    for (std::uint8_t& number : area.version)
        number = reader.u8();
    area.pad = reader.u32();
    return area;
}

ScratchpadComplaint broken(std::string what)
{
    return {std::move(what), "build the scratchpad again"};
}

/// What is wrong with an area of which the header is whole.
std::optional<ScratchpadComplaint> fault_of(const Area& area, std::size_t file_size)
{
    const std::size_t left = file_size - area.data_offset();
    if (area.stored_length > left)
        return broken(fmt::format(
            "the file at offset {} announces {} octets and {} follow", area.offset, area.stored_length,
            left));
    if (area.stored_length % block_size != 0)
        return broken(fmt::format(
            "the file at offset {} has {} octets, which is no multiple of {}", area.offset,
            area.stored_length, block_size));
    return std::nullopt;
}

/// One remark for all of an area's oddities that can repeat.
void remark_areas(const Chain& chain, std::vector<std::string>& remarks)
{
    std::set<std::uint32_t> ids;
    std::size_t padded = 0;
    std::size_t empty = 0;
    std::size_t twice = 0;
    for (const Area& area : chain.areas) {
        padded += area.pad != 0 ? 1 : 0;
        empty += area.stored_length == 0 ? 1 : 0;
        twice += ids.insert(area.id).second ? 0 : 1;
    }
    if (twice != 0)
        remarks.push_back(fmt::format("{} files are for an area that another file is for, too", twice));
    if (empty != 0)
        remarks.push_back(fmt::format("{} files have no octets", empty));
    if (padded != 0)
        remarks.push_back(fmt::format("the pad of {} file headers is not 0", padded));
}

const char* hardware_name(std::uint8_t hardware)
{
    switch (hardware) {
    case 0x01:
        return "nRF51";
    case 0x03:
        return "nRF52832";
    case 0x05:
        return "EFR32xG12 1 MB";
    case 0x06:
        return "nRF52840";
    case 0x07:
        return "EFR32xG12 512 KB";
    case 0x08:
        return "EFR32xG13";
    case 0x09:
        return "nRF52833";
    case 0x0A:
        return "EFR32xG21";
    case 0x0B:
        return "EFR32xG22";
    case 0x0C:
    case 0x0D:
    case 0x0E:
        return "BGM module";
    case 0x0F:
        return "nRF9160";
    case 0x10:
        return "EFR32xG23";
    case 0x11:
        return "EFR32xG24";
    case 0x12:
        return "nRF9120";
    default:
        return nullptr;
    }
}

std::string with_hardware(const char* what, std::uint32_t id)
{
    const char* const hardware = hardware_name(static_cast<std::uint8_t>(id));
    return hardware != nullptr ? fmt::format("{} ({})", what, hardware) : what;
}

} // namespace

Kind kind_of(ByteView file)
{
    if (file.size() < counter_offset)
        return Kind::symmetric;
    const ByteView tag = file.subspan(tag_offset, counter_offset - tag_offset);
    if (all_are(tag, readable_filler))
        return Kind::readable;
    return all_are(tag, 0) && first_area_id(file) == signature_area ? Kind::public_key : Kind::symmetric;
}

Chain read_chain(ByteView file)
{
    Chain chain;
    if (kind_of(file) == Kind::readable)
        return chain;
    for (std::size_t offset = areas_offset; !chain.fault && offset < file.size();) {
        if (file.size() - offset < area_header_size) {
            chain.fault = broken(fmt::format(
                "the file header at offset {} is cut after {} octets", offset, file.size() - offset));
            break;
        }
        chain.areas.push_back(read_area(file, offset));
        const Area& area = chain.areas.back();
        chain.fault = fault_of(area, file.size());
        offset = area.data_offset() + area.stored_length;
    }
    if (!chain.fault && chain.areas.empty())
        chain.fault = broken("there is no file in it");
    return chain;
}

ByteView stored_octets(ByteView file, const Area& area)
{
    return file.subspan(area.data_offset(), area.stored_length);
}

std::vector<std::string> remarks(ByteView file)
{
    std::vector<std::string> remarks;
    if (file.size() < scratchpad_header_end)
        return remarks;
    const ScratchpadHeader header = read_scratchpad_header(file);
    if (header.type != 0)
        remarks.push_back(
            fmt::format("the header's type is 0x{:08x}, not 0: no bootloader may want it", header.type));
    if (header.status != fresh_status)
        remarks.push_back(fmt::format(
            "the header's status is 0x{:08x}, not 0xffffffff: it may count as processed", header.status));
    if (header.flags != 0)
        remarks.push_back(fmt::format("the header's flags are 0x{:02x}, not 0", header.flags));
    remark_areas(read_chain(file), remarks);
    return remarks;
}

std::vector<std::string> warnings(ByteView file)
{
    std::vector<std::string> warnings;
    if (const Chain chain = read_chain(file); chain.fault)
        warnings.push_back(
            to_text(*chain.fault) + ". It is uploaded all the same, but nodes may not be able to process it");
    for (std::string& remark : remarks(file))
        warnings.push_back(std::move(remark));
    return warnings;
}

std::string_view name_of(Kind kind)
{
    switch (kind) {
    case Kind::symmetric:
        return "symmetric";
    case Kind::public_key:
        return "signed";
    case Kind::readable:
        return "readable";
    }
    return "unknown";
}

std::string area_name(std::uint32_t id)
{
    constexpr std::uint32_t user_data_area = 0x8AE573BA;
    constexpr std::uint32_t any_hardware = 0xFFFFFF00;
    constexpr std::uint32_t application_bit = 0x80000000;
    if (id == signature_area)
        return "signature";
    if (id == user_data_area)
        return "user data";
    if (id == 0x30000012 || id == 0x30000112)
        return "modem firmware";
    if ((id & any_hardware) == 0x00000100)
        return with_hardware("stack", id);
    if ((id & any_hardware) == 0x10000100)
        return with_hardware("bootloader", id);
    if ((id & any_hardware) == 0x20000000)
        return with_hardware("stack's persistent area", id);
    return (id & application_bit) != 0 ? "application" : "";
}

} // namespace gateway::scratchpad
