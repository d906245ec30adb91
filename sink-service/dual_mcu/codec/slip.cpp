#include "sink-service/dual_mcu/codec/slip.hpp"

#include "gateway/crc16.hpp"

namespace dual_mcu {
namespace {

constexpr std::uint16_t report_crc_field = 0xFFFF;

void put_escaped(gateway::Bytes& wire, std::uint8_t octet)
{
    if (octet == slip_end) {
        wire.push_back(slip_esc);
        wire.push_back(slip_esc_end);
    } else if (octet == slip_esc) {
        wire.push_back(slip_esc);
        wire.push_back(slip_esc_esc);
    } else {
        wire.push_back(octet);
    }
}

} // namespace

gateway::Bytes encode_slip(const Frame& frame, std::size_t leading_ends)
{
    gateway::StaticBytes<max_payload + frame_overhead> decoded;
    gateway::Writer writer(decoded);
    writer.u8(frame.primitive);
    writer.u8(frame.frame_id);
    writer.u8(static_cast<std::uint8_t>(frame.payload.size()));
    writer.bytes(frame.payload);
    writer.u16(gateway::crc16(decoded));

    gateway::Bytes wire;
    wire.reserve(leading_ends + 2 * decoded.size() + 1);
    wire.assign(leading_ends, slip_end);
    for (const std::uint8_t octet : decoded.view())
        put_escaped(wire, octet);
    wire.push_back(slip_end);
    return wire;
}

gateway::Bytes encode_error_report(const ErrorReport& report)
{
    gateway::Bytes wire;
    gateway::Writer writer(wire);
    writer.u8(slip_end);
    writer.u8(static_cast<std::uint8_t>(report.reason));
    writer.u16(report.collected);
    writer.u16(report_crc_field);
    writer.u8(slip_end);
    return wire;
}

std::string_view describe(Dropped reason)
{
    switch (reason) {
    case Dropped::too_short:
        return "too short";
    case Dropped::too_long:
        return "too long";
    case Dropped::bad_escape:
        return "invalid escape";
    case Dropped::bad_crc:
        return "CRC mismatch";
    case Dropped::bad_length:
        return "length octet disagrees with the size";
    }
    return "unknown";
}

std::optional<SlipEvent> SlipDecoder::push(std::uint8_t octet)
{
    if (octet == slip_end) {
        if (escaping_)
            spoiled_ = Dropped::bad_escape;
        return end_of_frame();
    }
    if (spoiled_)
        return std::nullopt;
    if (escaping_) {
        escaping_ = false;
        if (octet == slip_esc_end)
            collect(slip_end);
        else if (octet == slip_esc_esc)
            collect(slip_esc);
        else
            spoiled_ = Dropped::bad_escape;
    } else if (octet == slip_esc) {
        escaping_ = true;
    } else {
        collect(octet);
    }
    return std::nullopt;
}

void SlipDecoder::reset()
{
    collected_.clear();
    escaping_ = false;
    spoiled_.reset();
}

void SlipDecoder::collect(std::uint8_t octet)
{
    if (!collected_.push_back(octet))
        spoiled_ = Dropped::too_long;
}

std::optional<SlipEvent> SlipDecoder::end_of_frame()
{
    const gateway::StaticBytes<max_decoded> octets = collected_;
    const std::optional<Dropped> spoiled = spoiled_;
    reset();

    if (spoiled)
        return DroppedOctets{*spoiled, octets.size()};
    if (octets.empty())
        return std::nullopt;
    if (octets.size() < frame_overhead)
        return DroppedOctets{Dropped::too_short, octets.size()};

    // The CRC is compared before the special value of a report is looked for: a good frame may
    // have CRC 0xFFFF.
    const ByteView contents = octets.view().first(octets.size() - 2);
    const std::uint16_t crc = Reader(octets.view().last(2)).u16();
    if (gateway::crc16(contents) != crc) {
        const bool reason_known = contents[0] >= 1 && contents[0] <= 3;
        if (octets.size() == frame_overhead && crc == report_crc_field && reason_known) {
            Reader reader(contents);
            const auto reason = static_cast<ErrorReport::Reason>(reader.u8());
            return ErrorReport{reason, reader.u16()};
        }
        return DroppedOctets{Dropped::bad_crc, octets.size()};
    }

    Reader reader(contents);
    Frame frame;
    frame.primitive = reader.u8();
    frame.frame_id = reader.u8();
    const std::uint8_t length = reader.u8();
    if (length != reader.left())
        return DroppedOctets{Dropped::bad_length, octets.size()};
    frame.payload.assign(reader.rest());
    return frame;
}

} // namespace dual_mcu
