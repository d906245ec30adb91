#include "gateway/scratchpad_file.hpp"

#include "gateway/crc16.hpp"

#include <fmt/format.h>

namespace gateway {
namespace {

ScratchpadHeader read_header(ByteView file)
{
    Reader reader(file.subspan(scratchpad_tag.size()));
    ScratchpadHeader header;
    header.length = reader.u32();
    header.crc = reader.u16();
    header.sequence = reader.u8();
    header.flags = reader.u8();
    header.type = reader.u32();
    header.status = reader.u32();
    return header;
}

std::string explain_size(ScratchpadFault fault, std::uint64_t size)
{
    switch (fault) {
    case ScratchpadFault::too_short:
        return fmt::format(
            "{} octets are too few for a scratchpad (at least {}); is it the right file?", size,
            scratchpad_min_size);
    case ScratchpadFault::too_long:
        return fmt::format("{} octets are too many for a scratchpad (at most {})", size, scratchpad_max_size);
    default:
        return fmt::format(
            "{} octets are not a multiple of {}: the file is truncated or has octets appended; copy it again",
            size, scratchpad_granularity);
    }
}

} // namespace

ApplicationCode application_code(ScratchpadFault fault)
{
    switch (fault) {
    case ScratchpadFault::too_short:
    case ScratchpadFault::too_long:
    case ScratchpadFault::not_multiple_of_16:
        return ApplicationCode::invalid_value;
    case ScratchpadFault::bad_tag:
    case ScratchpadFault::bad_length:
        return ApplicationCode::invalid_scratchpad;
    case ScratchpadFault::bad_crc:
        return ApplicationCode::data_error;
    }
    return ApplicationCode::internal_error;
}

std::optional<ScratchpadFault> check_scratchpad_size(std::uint64_t size)
{
    if (size < scratchpad_min_size)
        return ScratchpadFault::too_short;
    if (size > scratchpad_max_size)
        return ScratchpadFault::too_long;
    if (size % scratchpad_granularity != 0)
        return ScratchpadFault::not_multiple_of_16;
    return std::nullopt;
}

ScratchpadVerdict inspect_scratchpad(ByteView file)
{
    ScratchpadVerdict verdict;
    if (file.size() >= scratchpad_header_end)
        verdict.header = read_header(file);

    if (const auto fault = check_scratchpad_size(file.size())) {
        verdict.fault = fault;
        verdict.explanation = explain_size(*fault, file.size());
    } else if (!std::ranges::equal(file.first(scratchpad_tag.size()), scratchpad_tag)) {
        verdict.fault = ScratchpadFault::bad_tag;
        verdict.explanation =
            "not a scratchpad: it does not begin with the scratchpad tag; give an .otap file";
    } else if (verdict.header.length != file.size() - scratchpad_header_end) {
        verdict.fault = ScratchpadFault::bad_length;
        verdict.explanation = fmt::format(
            "the header announces {} octets after it and {} follow: the file is truncated or damaged; copy "
            "it again",
            verdict.header.length, file.size() - scratchpad_header_end);
    } else if (const auto crc = crc16(file.subspan(scratchpad_header_end)); crc != verdict.header.crc) {
        verdict.fault = ScratchpadFault::bad_crc;
        verdict.explanation = fmt::format(
            "the header's CRC 0x{:04x} does not match the contents' 0x{:04x}: the file is damaged; copy or "
            "build it again",
            verdict.header.crc, crc);
    }
    return verdict;
}

Result<ScratchpadHeader> check_scratchpad(ByteView file)
{
    ScratchpadVerdict verdict = inspect_scratchpad(file);
    if (verdict.fault)
        return fail(application_code(*verdict.fault), std::move(verdict.explanation));
    return verdict.header;
}

} // namespace gateway
