/// A simulated sink as a pure responder: frames in, frames out, no I/O and no clock of its own
/// (spec/dual-mcu-api.md, chapters 2 to 7). Not thread-safe.
#pragma once

#include "simulator/sink/state.hpp"

namespace simulator {

/// What the device does on a frame, or on its own when time passes.
struct Answer {
    std::vector<dual_mcu::Frame> frames; ///< to send, in order
    Milliseconds silence{0};             ///< before the first frame; nothing is heard meanwhile
    bool reboot = false;                 ///< after the last frame; the caller calls `boot` when it is over
};

class SimulatedSink {
public:
    /// A device that has just got power, with what its flash holds.
    explicit SimulatedSink(Profile profile, Persistent persistent = {}, Now now = Now{0});

    /// A valid frame from the host. No frames: the sink stays silent.
    Answer handle(const dual_mcu::Frame& frame, Now now);

    /// What happens by itself: packets leave, scans end, indications age out, the sink processes its
    /// scratchpad. Gives no frames.
    Answer advance(Now now);

    /// When `advance` has something to do; nothing: not before the next frame.
    [[nodiscard]] std::optional<Now> next_event() const;

    /// Comes up again: the bootloader processes a marked scratchpad, volatile state is new, the stack
    /// starts when auto-start says so, and STACK_STATE is queued (2.11).
    void boot(Now now);

    /// What is in its memory is gone; nothing runs until `boot`.
    void lose_power();

    /// True when the next boot processes a scratchpad, which takes longer.
    [[nodiscard]] bool will_process() const;

    /// A packet from the mesh. False when it was lost: the stack is stopped, the packet is no packet,
    /// or neither the sink nor the mesh can hold it.
    bool received_from_mesh(UplinkPacket packet, Now now);

    /// True when a packet would become indications at once.
    [[nodiscard]] bool has_indication_room() const;
    /// False: the next packet would be lost in the mesh.
    [[nodiscard]] bool mesh_can_hold() const { return state_.held.size() < state_.profile.held_packets; }

    /// What went to the mesh since the last call, in order; the oldest are forgotten above 4096.
    std::vector<ToMesh> take_for_mesh();

    [[nodiscard]] const SinkState& state() const { return state_; }
    [[nodiscard]] Circumstances& circumstances() { return state_.around; }
    /// To change settings as from the network (Remote API).
    [[nodiscard]] SinkState& mutable_state() { return state_; }

private:
    SinkState state_;
};

} // namespace simulator
