// The SLIP decoder on an arbitrary stream, against a decoder of a whole stream that is too simple to be
// wrong (spec/dual-mcu-api.md, 1.4 to 1.8).
#include "sink-service/dual_mcu/codec/slip.hpp"
#include "fuzz/support/expect.hpp"
#include "fuzz/support/target.hpp"
#include "gateway/crc16.hpp"

using namespace dual_mcu;
using fuzz::expect;
using gateway::Bytes;

namespace {

/// The octets between two END octets without escapes; nothing when an escape is invalid.
std::optional<Bytes> unescaped(gateway::ByteView piece)
{
    Bytes octets;
    for (std::size_t i = 0; i < piece.size(); ++i) {
        if (piece[i] != slip_esc) {
            octets.push_back(piece[i]);
            continue;
        }
        if (++i == piece.size() || (piece[i] != slip_esc_end && piece[i] != slip_esc_esc))
            return std::nullopt;
        octets.push_back(piece[i] == slip_esc_end ? slip_end : slip_esc);
    }
    return octets;
}

/// The frame that a decoder must find in a piece, if there is one.
std::optional<Frame> frame_in(gateway::ByteView piece)
{
    const auto octets = unescaped(piece);
    if (!octets || octets->size() < frame_overhead || octets->size() > max_payload + frame_overhead)
        return std::nullopt;
    const gateway::ByteView all = *octets;
    const std::size_t length = all[2];
    if (length + frame_overhead != all.size() ||
        gateway::crc16(all.first(all.size() - 2)) != Reader(all.last(2)).u16())
        return std::nullopt;
    Frame frame{all[0], all[1], {}};
    frame.payload.assign(all.subspan(3, length));
    return frame;
}

std::vector<Frame> frames_in(gateway::ByteView stream)
{
    std::vector<Frame> frames;
    for (;;) {
        const auto end = std::ranges::find(stream, slip_end);
        if (end == stream.end())
            return frames;
        const auto size = static_cast<std::size_t>(end - stream.begin());
        if (auto frame = frame_in(stream.first(size)))
            frames.push_back(*frame);
        stream = stream.subspan(size + 1);
    }
}

std::optional<SlipEvent> decode_one(gateway::ByteView wire)
{
    SlipDecoder decoder;
    std::optional<SlipEvent> last;
    for (const std::uint8_t octet : wire)
        if (auto event = decoder.push(octet))
            last = event;
    return last;
}

void check_frame(const Frame& frame)
{
    for (const std::size_t ends : {sink_leading_ends, host_leading_ends}) {
        const auto again = decode_one(encode_slip(frame, ends));
        expect(again && std::get_if<Frame>(&*again) != nullptr, "an encoded frame decodes to a frame");
        expect(std::get<Frame>(*again) == frame, "… to the same frame");
    }
}

void check_report(const ErrorReport& report)
{
    const Bytes wire = encode_error_report(report);
    // Reports are never escaped (1.8): some cannot be told from something else.
    const auto inside = gateway::ByteView(wire).subspan(1, wire.size() - 2);
    if (std::ranges::find(inside, slip_end) != inside.end() ||
        std::ranges::find(inside, slip_esc) != inside.end())
        return;
    const auto again = decode_one(wire);
    expect(again && std::get_if<ErrorReport>(&*again) != nullptr, "an encoded report decodes to a report");
    expect(std::get<ErrorReport>(*again) == report, "… to the same report");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const gateway::ByteView stream(data, size);
    SlipDecoder decoder;
    std::vector<Frame> found;
    for (const std::uint8_t octet : stream) {
        const auto event = decoder.push(octet);
        expect(!event || octet == slip_end, "only an END octet completes something");
        expect(octet != slip_end || !decoder.in_frame(), "an END octet ends every frame");
        if (!event)
            continue;
        if (const auto* frame = std::get_if<Frame>(&*event)) {
            check_frame(*frame);
            found.push_back(*frame);
        } else if (const auto* report = std::get_if<ErrorReport>(&*event)) {
            check_report(*report);
        } else {
            const auto& dropped = std::get<DroppedOctets>(*event);
            expect(dropped.collected <= max_payload + frame_overhead, "the decoder's memory is bounded");
            expect(!describe(dropped.reason).empty(), "every reason has words");
        }
    }
    expect(found == frames_in(stream), "exactly the good frames are found");

    // Whatever came before, an END octet and a frame are understood.
    const Frame frame{0x84, 1, {}};
    std::optional<SlipEvent> last;
    decoder.push(slip_end);
    for (const std::uint8_t octet : encode_slip(frame, 1))
        if (auto event = decoder.push(octet))
            last = event;
    expect(last && std::get_if<Frame>(&*last) != nullptr, "the decoder resynchronises");
    return 0;
}
