#include "gateway/remote_api/scratchpad_status.hpp"

namespace gateway::remote_api {
namespace {

ProcessedScratchpad read_processed(Reader& reader)
{
    ProcessedScratchpad processed;
    processed.length = reader.u32();
    processed.crc = reader.u16();
    processed.sequence = reader.u8();
    processed.area_id = reader.u32();
    for (std::uint8_t& number : processed.version)
        number = reader.u8();
    return processed;
}

void write_processed(Writer<Bytes>& writer, const ProcessedScratchpad& processed)
{
    writer.u32(processed.length);
    writer.u16(processed.crc);
    writer.u8(processed.sequence);
    writer.u32(processed.area_id);
    writer.bytes(processed.version);
}

} // namespace

ScratchpadStatus read_scratchpad_status(Reader& reader)
{
    constexpr std::size_t application_size = status_size_application - status_size_stack;
    constexpr std::size_t target_size = status_size_target - status_size_application;

    ScratchpadStatus status;
    status.stored.length = reader.u32();
    status.stored.crc = reader.u16();
    status.stored.sequence = reader.u8();
    status.stored.type = reader.u8();
    status.stored.status = reader.u8();
    status.stack = read_processed(reader);
    if (reader.left() < application_size)
        return status;
    status.application = read_processed(reader);
    if (reader.left() < target_size)
        return status;
    TargetInForce target;
    target.action = reader.u8();
    target.sequence = reader.u8();
    target.crc = reader.u16();
    target.delay_minutes = reader.u16();
    target.remaining_minutes = reader.u16();
    status.target = target;
    return status;
}

void write_scratchpad_status(Bytes& out, const ScratchpadStatus& status)
{
    Writer writer(out);
    writer.u32(status.stored.length);
    writer.u16(status.stored.crc);
    writer.u8(status.stored.sequence);
    writer.u8(status.stored.type);
    writer.u8(status.stored.status);
    write_processed(writer, status.stack);
    if (status.application || status.target)
        write_processed(writer, status.application.value_or(ProcessedScratchpad{}));
    if (!status.target)
        return;
    writer.u8(status.target->action);
    writer.u8(status.target->sequence);
    writer.u16(status.target->crc);
    writer.u16(status.target->delay_minutes);
    writer.u16(status.target->remaining_minutes);
}

} // namespace gateway::remote_api
