// The simulated sink under arbitrary frames and octets of a host, while time passes: it answers each
// request at most once, with its frame id, and keeps within its memory (spec/dual-mcu-api.md, 2 to 6).
#include "fuzz/support/expect.hpp"
#include "fuzz/support/input.hpp"
#include "fuzz/support/target.hpp"
#include "simulator/device.hpp"

using namespace simulator;
using dual_mcu::Frame;
using fuzz::expect;

namespace {

Profile read_profile(fuzz::Input& input)
{
    Profile profile;
    const std::uint8_t choice = input.octet();
    profile.api_version = static_cast<std::uint16_t>(21 - choice % 8);
    if ((choice & 0x10) != 0)
        profile.firmware = {3, 1, 0, 0};
    if ((choice & 0x20) != 0)
        profile.stack_profile = 0x12;
    profile.block_read_built_in = (choice & 0x40) != 0;
    profile.max_scratchpad_size = 4096;
    profile.held_packets = 64;
    return profile;
}

Persistent read_settings(fuzz::Input& input)
{
    Persistent persistent;
    const std::uint8_t choice = input.octet();
    if ((choice & 1) != 0)
        return persistent; // a blank device
    persistent.node_address = 0x00A0B0C0;
    persistent.network_address = 0x123456;
    persistent.channel = 10;
    persistent.role = (choice & 2) != 0 ? 0x11 : 0x01;
    persistent.autostart = (choice & 4) != 0;
    if ((choice & 8) != 0)
        persistent.lock_key.emplace().fill(0x11);
    persistent.lock_bits = (choice & 0x10) != 0 ? 0 : nothing_locked;
    return persistent;
}

/// What the host may expect of what the sink says.
class Listener {
public:
    void sent(const Frame& frame) { sent_.push_back({frame.primitive, frame.frame_id}); }
    /// Arbitrary octets may hold frames: from now on nobody knows what was asked.
    void sent_octets() { knows_requests_ = false; }

    void hear(gateway::ByteView octets)
    {
        for (const std::uint8_t octet : octets)
            if (const auto event = decoder_.push(octet))
                if (const auto* frame = std::get_if<Frame>(&*event))
                    check(*frame);
    }

private:
    void check(const Frame& frame)
    {
        expect(dual_mcu::describe(frame).size() > 3, "every frame can be described");
        if (!frame.is_answer() || !knows_requests_)
            return;
        const auto request =
            std::pair{static_cast<std::uint8_t>(frame.primitive & ~dual_mcu::answer_bit), frame.frame_id};
        const auto found = std::ranges::find(sent_, request);
        expect(found != sent_.end(), "a confirm is of a request, and of one alone");
        sent_.erase(found);
    }

    dual_mcu::SlipDecoder decoder_;
    std::vector<std::pair<std::uint8_t, std::uint8_t>> sent_;
    bool knows_requests_ = true;
};

void check_memory(const SinkState& state)
{
    const Profile& profile = state.profile;
    expect(state.live.buffers.size() <= profile.packet_buffers, "packet buffers are bounded");
    expect(state.held.size() <= profile.held_packets, "the mesh holds no more than it can");
    expect(
        !state.live.upload || state.live.upload->octets.size() <= state.live.upload->size,
        "an upload is not longer than announced");
    expect(state.persistent.stored.size() <= profile.max_scratchpad_size, "a scratchpad fits the flash");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::Input input(data, size);
    const Profile profile = read_profile(input);
    Now now{0};
    Device device(profile, read_settings(input), {}, {}, 1, now);
    Listener listener;
    std::uint8_t frame_id = 0;
    std::uint32_t number = 0;

    while (!input.empty()) {
        const std::uint8_t choice = input.octet();
        switch (choice % 8) {
        case 0:
            listener.sent_octets();
            device.receive(input.octets(input.octet()), now);
            break;
        case 1:
            now += Milliseconds{1} * input.word();
            break;
        case 2:
            device.sink().received_from_mesh(numbered_packet(number++, 1 + input.word() % 1600), now);
            break;
        default: {
            Frame frame{input.octet(), frame_id++, {}};
            frame.payload.assign(input.octets(input.octet()));
            listener.sent(frame);
            device.receive(dual_mcu::encode_slip(frame, dual_mcu::host_leading_ends), now);
        }
        }
        now += Milliseconds{1 + (choice >> 3)};
        device.advance(now);
        listener.hear(device.take_output(now));
        check_memory(device.sink().state());
    }
    device.sink().take_for_mesh();
    return 0;
}
