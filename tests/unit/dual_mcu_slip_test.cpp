#include "tests/unit/dual_mcu_vectors.hpp"

#include <random>

using namespace dual_mcu;
using namespace dual_mcu_test;

namespace {

constexpr const char* poll_confirm = "C0 84 01 01 00 08 97 C0";

bool is_poll_confirm(const SlipEvent& event)
{
    const auto* frame = std::get_if<Frame>(&event);
    return frame != nullptr && frame->primitive == 0x84 && frame->frame_id == 1 &&
           frame->payload.size() == 1 && frame->payload.view()[0] == 0;
}

bool is_dropped(const SlipEvent& event, Dropped reason)
{
    const auto* dropped = std::get_if<DroppedOctets>(&event);
    return dropped != nullptr && dropped->reason == reason;
}

} // namespace

TEST_CASE("N1: a frame with a wrong CRC is dropped and is no error report", "[dual-mcu][slip]")
{
    const auto events = decode_stream(octets_of("C0 84 01 01 01 08 97 C0"));
    REQUIRE(events.size() == 1);
    CHECK(is_dropped(events[0], Dropped::bad_crc));
}

TEST_CASE("N2: the special CRC of an error report is recognised", "[dual-mcu][slip]")
{
    const auto events = decode_stream(octets_of("C0 01 0A 00 FF FF C0"));
    REQUIRE(events.size() == 1);
    REQUIRE(std::holds_alternative<ErrorReport>(events[0]));
    CHECK(std::get<ErrorReport>(events[0]) == ErrorReport{ErrorReport::Reason::crc_mismatch, 10});
}

TEST_CASE("N3: ESC before END spoils the frame, and that END begins the next one", "[dual-mcu][slip]")
{
    const auto events = decode_stream(octets_of("C0 84 01 DB C0 84 01 01 00 08 97 C0"));
    REQUIRE(events.size() == 2);
    CHECK(is_dropped(events[0], Dropped::bad_escape));
    CHECK(is_poll_confirm(events[1]));
}

TEST_CASE("N4: an invalid escape drops everything up to the next END", "[dual-mcu][slip]")
{
    const auto events = decode_stream(octets_of("C0 84 01 DB 00 01 00 08 97 C0"));
    REQUIRE(events.size() == 1);
    CHECK(is_dropped(events[0], Dropped::bad_escape));
}

TEST_CASE("N5: junk octets and empty frames between frames do no harm", "[dual-mcu][slip]")
{
    const auto events = decode_stream(octets_of("00 C0 00 C0 C0 07 00 02 00 01 99 08 C0"));
    REQUIRE(events.size() == 3);
    CHECK(is_dropped(events[0], Dropped::too_short));
    CHECK(is_dropped(events[1], Dropped::too_short));
    CHECK(std::holds_alternative<Frame>(events[2]));
}

TEST_CASE(
    "N6: a length octet that disagrees with the size drops a frame with a right CRC", "[dual-mcu][slip]")
{
    const auto events = decode_stream(octets_of("C0 84 01 05 00 CC 5B C0"));
    REQUIRE(events.size() == 1);
    CHECK(is_dropped(events[0], Dropped::bad_length));
}

TEST_CASE("N7: two frames may share one END", "[dual-mcu][slip]")
{
    const auto events = decode_stream(octets_of("C0 84 01 01 00 08 97 C0 07 00 02 00 01 99 08 C0"));
    REQUIRE(events.size() == 2);
    CHECK(is_poll_confirm(events[0]));
    CHECK(std::holds_alternative<Frame>(events[1]));
}

TEST_CASE("N8: over-long input is dropped and the frame behind it accepted", "[dual-mcu][slip]")
{
    gateway::Bytes wire{slip_end};
    wire.insert(wire.end(), 300, 0x55);
    const gateway::Bytes good = octets_of(poll_confirm);
    wire.insert(wire.end(), good.begin(), good.end());
    const auto events = decode_stream(wire);
    REQUIRE(events.size() == 2);
    CHECK(is_dropped(events[0], Dropped::too_long));
    CHECK(is_poll_confirm(events[1]));
}

TEST_CASE("N9: the start of the stream counts as a delimiter", "[dual-mcu][slip]")
{
    const auto events = decode_stream(octets_of("84 01 01 00 08 97 C0"));
    REQUIRE(events.size() == 1);
    CHECK(is_poll_confirm(events[0]));
}

TEST_CASE("N10: a frame may arrive octet by octet", "[dual-mcu][slip]")
{
    SlipDecoder decoder;
    const gateway::Bytes wire = octets_of(poll_confirm);
    for (std::size_t i = 0; i + 1 < wire.size(); ++i)
        CHECK_FALSE(decoder.push(wire[i]).has_value());
    const auto event = decoder.push(wire.back());
    REQUIRE(event.has_value());
    CHECK(is_poll_confirm(*event));
}

TEST_CASE("N11: a good frame whose CRC is 0xFFFF is no error report", "[dual-mcu][slip]")
{
    const auto events = decode_stream(octets_of("C0 B9 70 02 00 26 FF FF C0"));
    REQUIRE(events.size() == 1);
    CHECK(std::holds_alternative<Frame>(events[0]));
}

TEST_CASE("N12: an octet too many is a CRC mismatch", "[dual-mcu][slip]")
{
    const auto events = decode_stream(octets_of("C0 84 01 01 00 08 97 DB DC C0"));
    REQUIRE(events.size() == 1);
    CHECK(is_dropped(events[0], Dropped::bad_crc));
}

TEST_CASE(
    "error reports are written as they are read, unless the count has a reserved octet", "[dual-mcu][slip]")
{
    for (std::uint16_t collected = 0; collected < 0x200; ++collected) {
        const ErrorReport report{ErrorReport::Reason::bad_size, collected};
        const gateway::Bytes wire = encode_error_report(report);
        REQUIRE(wire.size() == 7);
        const std::uint8_t low = collected & 0xFF;
        if (low == slip_end || low == slip_esc)
            continue; // unreadable, which is harmless (1.8)
        const auto events = decode_stream(wire);
        REQUIRE(events.size() == 1);
        REQUIRE(std::holds_alternative<ErrorReport>(events[0]));
        CHECK(std::get<ErrorReport>(events[0]) == report);
    }
}

TEST_CASE("any frame survives the way over the wire", "[dual-mcu][slip]")
{
    std::mt19937 random(20240607); // NOLINT(cert-msc51-cpp): a test repeats itself
    for (std::size_t size = 0; size <= max_payload; ++size) {
        Frame frame;
        frame.primitive = static_cast<std::uint8_t>(random());
        frame.frame_id = static_cast<std::uint8_t>(random());
        const bool special = random() % 2 == 0; // only octets that need escapes
        for (std::size_t i = 0; i < size; ++i)
            frame.payload.push_back(
                special ? (random() % 2 == 0 ? slip_end : slip_esc) : static_cast<std::uint8_t>(random()));
        CHECK(the_only_frame(encode_slip(frame, 1 + random() % 4)) == frame);
    }
}

TEST_CASE("whatever arrives, the decoder recovers with the next frame", "[dual-mcu][slip]")
{
    std::mt19937 random(1); // NOLINT(cert-msc51-cpp)
    const gateway::Bytes good = octets_of(poll_confirm);
    for (int round = 0; round < 2000; ++round) {
        gateway::Bytes wire;
        for (std::size_t i = random() % 400; i > 0; --i)
            wire.push_back(
                random() % 8 == 0 ? (random() % 2 == 0 ? slip_end : slip_esc)
                                  : static_cast<std::uint8_t>(random()));
        wire.push_back(slip_end);
        wire.insert(wire.end(), good.begin(), good.end());
        const auto events = decode_stream(wire);
        REQUIRE_FALSE(events.empty());
        CHECK(is_poll_confirm(events.back()));
    }
}

TEST_CASE("a decoder that is reset forgets what it has collected", "[dual-mcu][slip]")
{
    SlipDecoder decoder;
    for (const std::uint8_t octet : octets_of("C0 84 01 DB"))
        decoder.push(octet);
    CHECK(decoder.in_frame());
    decoder.reset();
    CHECK_FALSE(decoder.in_frame());
    std::optional<SlipEvent> event;
    for (const std::uint8_t octet : octets_of(poll_confirm))
        event = decoder.push(octet);
    REQUIRE(event.has_value());
    CHECK(is_poll_confirm(*event));
}
