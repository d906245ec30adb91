/// Checks of worked frames, both directions (spec/dual-mcu-api.md, 9.3).
#pragma once

#include "sink-service/dual_mcu/codec/management.hpp"
#include "sink-service/dual_mcu/codec/slip.hpp"

#include <catch2/catch.hpp>

namespace dual_mcu_test {

inline std::vector<dual_mcu::SlipEvent> decode_stream(gateway::ByteView wire)
{
    dual_mcu::SlipDecoder decoder;
    std::vector<dual_mcu::SlipEvent> events;
    for (const std::uint8_t octet : wire)
        if (auto event = decoder.push(octet))
            events.push_back(std::move(*event));
    return events;
}

inline dual_mcu::Frame the_only_frame(gateway::ByteView wire)
{
    const auto events = decode_stream(wire);
    REQUIRE(events.size() == 1);
    REQUIRE(std::holds_alternative<dual_mcu::Frame>(events.front()));
    return std::get<dual_mcu::Frame>(events.front());
}

inline gateway::Bytes octets_of(const char* hex)
{
    const auto octets = gateway::from_hex(hex);
    REQUIRE(octets.has_value());
    return *octets;
}

/// The primitive makes exactly these octets, and these octets make the primitive.
template<typename Primitive>
void check_vector(
    const char* name, const Primitive& primitive, std::uint8_t frame_id, std::size_t leading_ends,
    const char* hex)
{
    CAPTURE(name);
    const gateway::Bytes wire = octets_of(hex);
    CHECK(gateway::to_hex(encode_slip(encode(primitive, frame_id), leading_ends)) == gateway::to_hex(wire));

    const dual_mcu::Frame frame = the_only_frame(wire);
    CHECK(frame.frame_id == frame_id);
    const auto decoded = dual_mcu::decode<Primitive>(frame);
    REQUIRE(decoded.has_value());
    CHECK(*decoded == primitive);
}

template<typename Primitive>
void from_host(const char* name, const Primitive& primitive, std::uint8_t frame_id, const char* hex)
{
    check_vector(name, primitive, frame_id, dual_mcu::host_leading_ends, hex);
}

template<typename Primitive>
void from_sink(const char* name, const Primitive& primitive, std::uint8_t frame_id, const char* hex)
{
    check_vector(name, primitive, frame_id, dual_mcu::sink_leading_ends, hex);
}

/// The response to an indication, given by the primitive's id.
inline void response(
    const char* name, std::uint8_t indication, bool next, std::uint8_t frame_id, const char* hex)
{
    CAPTURE(name);
    dual_mcu::Frame indicated;
    indicated.primitive = indication;
    indicated.frame_id = frame_id;
    const dual_mcu::Frame answer = dual_mcu::encode_response(indicated, next);
    CHECK(
        gateway::to_hex(encode_slip(answer, dual_mcu::host_leading_ends)) == gateway::to_hex(octets_of(hex)));
    CHECK(the_only_frame(octets_of(hex)) == answer);
}

template<typename Octets>
Octets octets(gateway::ByteView view)
{
    Octets made;
    REQUIRE(made.assign(view));
    return made;
}

/// `count` octets that count up from `first`.
inline gateway::Bytes counting(std::uint8_t first, std::size_t count)
{
    gateway::Bytes made;
    for (std::size_t i = 0; i < count; ++i)
        made.push_back(static_cast<std::uint8_t>(first + i));
    return made;
}

} // namespace dual_mcu_test
