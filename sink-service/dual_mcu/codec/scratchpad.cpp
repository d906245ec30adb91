#include "sink-service/dual_mcu/codec/scratchpad.hpp"

namespace dual_mcu {
namespace {

void write_target(PayloadWriter& out, const ScratchpadTarget& target)
{
    out.u8(target.sequence);
    out.u16(target.crc);
    out.u8(target.action);
    out.u8(target.parameter);
}

void read_target(Reader& in, ScratchpadTarget& target)
{
    target.sequence = in.u8();
    target.crc = in.u16();
    target.action = in.u8();
    target.parameter = in.u8();
}

} // namespace

void write(PayloadWriter& out, const ScratchpadStart& request)
{
    out.u32(request.size);
    out.u8(request.sequence);
}

void read(Reader& in, ScratchpadStart& request)
{
    request.size = in.u32();
    request.sequence = in.u8();
}

void write(PayloadWriter& out, const ScratchpadBlock& request)
{
    out.u32(request.offset);
    out.u8(static_cast<std::uint8_t>(request.octets.size()));
    out.bytes(request.octets);
}

void read(Reader& in, ScratchpadBlock& request)
{
    request.offset = in.u32();
    const std::uint8_t size = in.u8();
    if (!request.octets.assign(in.bytes(size)))
        in.fail();
}

void write(PayloadWriter& out, const ScratchpadStatusConfirm& confirm)
{
    out.u32(confirm.stored_size);
    out.u16(confirm.stored_crc);
    out.u8(confirm.stored_sequence);
    out.u8(confirm.stored_type);
    out.u8(confirm.stored_status);
    out.u32(confirm.processed_size);
    out.u16(confirm.processed_crc);
    out.u8(confirm.processed_sequence);
    out.u32(confirm.firmware_area_id);
    out.bytes(confirm.firmware_version);
}

void read(Reader& in, ScratchpadStatusConfirm& confirm)
{
    confirm.stored_size = in.u32();
    confirm.stored_crc = in.u16();
    confirm.stored_sequence = in.u8();
    confirm.stored_type = in.u8();
    confirm.stored_status = in.u8();
    confirm.processed_size = in.u32();
    confirm.processed_crc = in.u16();
    confirm.processed_sequence = in.u8();
    confirm.firmware_area_id = in.u32();
    for (std::uint8_t& number : confirm.firmware_version)
        number = in.u8();
}

void write(PayloadWriter& out, const ScratchpadTargetWrite& request)
{
    write_target(out, request.target);
}

void read(Reader& in, ScratchpadTargetWrite& request)
{
    read_target(in, request.target);
}

void write(PayloadWriter& out, const ScratchpadTargetReadConfirm& confirm)
{
    out.u8(confirm.result);
    write_target(out, confirm.target);
}

void read(Reader& in, ScratchpadTargetReadConfirm& confirm)
{
    confirm.result = in.u8();
    read_target(in, confirm.target);
}

void write(PayloadWriter& out, const ScratchpadBlockRead& request)
{
    out.u32(request.offset);
    out.u8(request.size);
}

void read(Reader& in, ScratchpadBlockRead& request)
{
    request.offset = in.u32();
    request.size = in.u8();
}

void write(PayloadWriter& out, const ScratchpadBlockRead::Confirm& confirm)
{
    out.u8(confirm.result);
    out.bytes(confirm.octets);
}

void read(Reader& in, ScratchpadBlockRead::Confirm& confirm)
{
    confirm.result = in.u8();
    const ByteView octets = in.rest();
    if (confirm.result == 0 && !confirm.octets.assign(octets))
        in.fail();
}

} // namespace dual_mcu
