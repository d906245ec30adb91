#include "gateway/remote_api/control_node_report.hpp"

#include <fmt/format.h>

namespace gateway::remote_api {
namespace {

constexpr std::size_t size_with_voltage = 16;
constexpr std::size_t size_without_voltage = 14;

} // namespace

Bytes encode(const ControlNodeReport& report)
{
    Bytes payload;
    Writer writer(payload);
    writer.u32(report.address);
    if (report.millivolts)
        writer.u16(*report.millivolts);
    writer.u8(report.processed_sequence);
    writer.u8(report.stored_sequence);
    writer.u16(report.sent);
    writer.u16(report.not_sent);
    writer.u32(report.last_send_microseconds);
    return payload;
}

Result<ControlNodeReport> decode_control_node_report(ByteView payload)
{
    if (payload.size() != size_with_voltage && payload.size() != size_without_voltage)
        return fail(
            ApplicationCode::invalid_number_of_bytes,
            fmt::format(
                "a control node's report has {} or {} octets, not {}", size_with_voltage,
                size_without_voltage, payload.size()));
    Reader reader(payload);
    ControlNodeReport report;
    report.address = reader.u32();
    if (payload.size() == size_with_voltage)
        report.millivolts = reader.u16();
    report.processed_sequence = reader.u8();
    report.stored_sequence = reader.u8();
    report.sent = reader.u16();
    report.not_sent = reader.u16();
    report.last_send_microseconds = reader.u32();
    return report;
}

} // namespace gateway::remote_api
