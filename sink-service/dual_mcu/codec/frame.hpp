/// One frame of the dual-MCU API, decoded (spec/dual-mcu-api.md, 1.3, 2.1).
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/result.hpp"

namespace dual_mcu {

using gateway::ByteView;
using gateway::Reader;
template<typename T = void>
using Result = gateway::Result<T>;

inline constexpr std::size_t max_payload = 255;  ///< what the length octet can say
inline constexpr std::size_t frame_overhead = 5; ///< primitive, frame id, length, CRC
inline constexpr std::uint8_t answer_bit = 0x80; ///< set in confirms and responses

using Payload = gateway::StaticBytes<max_payload>;
using PayloadWriter = gateway::Writer<Payload>;

struct Frame {
    std::uint8_t primitive = 0;
    std::uint8_t frame_id = 0;
    Payload payload;

    [[nodiscard]] bool is_answer() const { return (primitive & answer_bit) != 0; }
    friend bool operator==(const Frame&, const Frame&) = default;
};

/// "DATA_RX.indication" and the like; "unknown 0x71" for ids that the specification does not list.
std::string name_of_primitive(std::uint8_t primitive);

/// True for frames whose payload must never be logged: those that write keys (R48).
bool carries_secret(const Frame& frame);

/// One line for logs: name, frame id and payload in hexadecimal; the payload of frames that carry
/// keys is left out.
std::string describe(const Frame& frame);

/// A primitive as a frame.
template<typename Primitive>
Frame encode(const Primitive& primitive, std::uint8_t frame_id)
{
    Frame frame;
    frame.primitive = Primitive::id;
    frame.frame_id = frame_id;
    PayloadWriter writer(frame.payload);
    write(writer, primitive);
    return frame;
}

/// An error that names the primitive and its length, for a payload that does not fit it.
gateway::Error malformed(std::uint8_t primitive, std::size_t length);

/// A frame as the primitive it must be. Fails with internal_error on another id, and on a payload
/// that is too short, has octets left over, or inner lengths that disagree.
template<typename Primitive>
Result<Primitive> decode(const Frame& frame)
{
    Primitive primitive{};
    Reader reader(frame.payload);
    if (frame.primitive == Primitive::id) {
        read(reader, primitive);
        if (reader.finished())
            return primitive;
    }
    return gateway::fail(malformed(frame.primitive, frame.payload.size()));
}

} // namespace dual_mcu
