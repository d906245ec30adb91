#include "gateway/scratchpad_file.hpp"

#include "gateway/crc16.hpp"

#include <fmt/format.h>

namespace gateway {
namespace {

bool has_tag(ByteView file)
{
    return file.size() >= scratchpad_tag.size() &&
           std::ranges::equal(file.first(scratchpad_tag.size()), scratchpad_tag);
}

constexpr const char* copy_again = "copy the file again from where it was built";

std::optional<ScratchpadComplaint> complain_about_length(ByteView file)
{
    if (file.size() < scratchpad_header_end)
        return ScratchpadComplaint{"there is no header: the file is truncated", copy_again};
    const std::uint32_t announced = read_scratchpad_header(file).length;
    const std::size_t follow = file.size() - scratchpad_header_end;
    if (announced == follow)
        return std::nullopt;
    return ScratchpadComplaint{
        fmt::format(
            "the header announces {} octets after it and {} follow: the file is truncated or damaged",
            announced, follow),
        copy_again};
}

std::optional<ScratchpadComplaint> complain_about_crc(ByteView file)
{
    if (file.size() < scratchpad_header_end)
        return ScratchpadComplaint{"there are no contents: the file is truncated", copy_again};
    const std::uint16_t announced = read_scratchpad_header(file).crc;
    const std::uint16_t crc = crc16(file.subspan(scratchpad_header_end));
    if (announced == crc)
        return std::nullopt;
    return ScratchpadComplaint{
        fmt::format(
            "the header's CRC 0x{:04x} does not match the contents' 0x{:04x}: the file is damaged", announced,
            crc),
        copy_again};
}

} // namespace

ScratchpadHeader read_scratchpad_header(ByteView file)
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

bool is_about_size(ScratchpadFault fault)
{
    return fault != ScratchpadFault::bad_tag && fault != ScratchpadFault::bad_crc;
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

std::optional<ScratchpadFault> check_scratchpad_head(ByteView head, std::uint64_t size)
{
    if (!has_tag(head))
        return ScratchpadFault::bad_tag;
    if (head.size() < scratchpad_header_end ||
        size != std::uint64_t{scratchpad_header_end} + read_scratchpad_header(head).length)
        return ScratchpadFault::bad_length;
    return std::nullopt;
}

std::string to_text(const ScratchpadComplaint& complaint)
{
    return fmt::format("{}; {}", complaint.what, complaint.advice);
}

std::optional<ScratchpadComplaint> find_scratchpad_fault(ByteView file, ScratchpadFault fault)
{
    constexpr const char* right_file = "is it the right file?";
    switch (fault) {
    case ScratchpadFault::too_short:
        if (file.size() < scratchpad_min_size)
            return ScratchpadComplaint{
                fmt::format(
                    "{} octets are too few for a scratchpad (at least {})", file.size(), scratchpad_min_size),
                right_file};
        break;
    case ScratchpadFault::too_long:
        if (file.size() > scratchpad_max_size)
            return ScratchpadComplaint{
                fmt::format(
                    "{} octets are too many for a scratchpad (at most {})", file.size(), scratchpad_max_size),
                right_file};
        break;
    case ScratchpadFault::not_multiple_of_16:
        if (file.size() % scratchpad_granularity != 0)
            return ScratchpadComplaint{
                fmt::format(
                    "{} octets are not a multiple of {}: the file is truncated or has octets appended",
                    file.size(), scratchpad_granularity),
                copy_again};
        break;
    case ScratchpadFault::bad_tag:
        if (!has_tag(file))
            return ScratchpadComplaint{
                "not a scratchpad: it does not begin with the scratchpad tag", "give an .otap file"};
        break;
    case ScratchpadFault::bad_length:
        return complain_about_length(file);
    case ScratchpadFault::bad_crc:
        return complain_about_crc(file);
    }
    return std::nullopt;
}

ScratchpadVerdict inspect_scratchpad(ByteView file)
{
    ScratchpadVerdict verdict;
    if (file.size() >= scratchpad_header_end)
        verdict.header = read_scratchpad_header(file);
    for (const ScratchpadFault fault : scratchpad_faults) {
        if (const auto complaint = find_scratchpad_fault(file, fault)) {
            verdict.fault = fault;
            verdict.explanation = to_text(*complaint);
            break;
        }
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
