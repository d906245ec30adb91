/// Faults between a healthy device and its host: a pure filter over the frames of both directions.
#pragma once

#include "simulator/sink/profile.hpp"
#include "sink-service/dual_mcu/codec/frame.hpp"

#include <optional>
#include <random>
#include <vector>

namespace simulator {

enum class FaultKind : std::uint8_t {
    // to frames of either direction
    flip, ///< one bit of the frame on the wire; from the host: the device sees a CRC error
    drop, ///< the frame is lost
    // to frames that the device sends
    truncate,       ///< only the first `octets` on the wire
    duplicate,      ///< sent twice
    delay,          ///< arrives `duration` later, behind frames that are sent meanwhile
    stall,          ///< pauses for `duration` in the middle; everything behind it waits
    wrong_frame_id, ///< another frame id, with a right CRC
    garbage,        ///< `octets` random octets in front of it
    // to frames from the host
    reboot_before, ///< the device reboots instead of executing the frame
    reboot_after,  ///< the device executes the frame, answers, and reboots
};

enum class FrameClass : std::uint8_t { any, request, response, confirm, indication };

/// Which frames meet which fate.
struct FaultRule {
    FaultKind kind = FaultKind::drop;
    FrameClass frames = FrameClass::any;
    std::optional<std::uint8_t> primitive; ///< the frame's own id
    std::uint64_t skip = 0;                ///< matching frames that pass first
    std::uint64_t count = 1;               ///< matching frames that are then exposed; 0: all
    double probability = 1;                ///< of the fault for each exposed frame
    Milliseconds duration{0};              ///< delay, stall
    std::size_t octets = 0;                ///< truncate, garbage
};

/// Part of what goes onto the line.
struct Emission {
    gateway::Bytes octets;
    Milliseconds pause{0}; ///< the line rests before it
    Milliseconds delay{0}; ///< it alone is late
};

/// What becomes of a frame from the host.
struct Reception {
    bool lost = false;
    bool damaged = false;
    bool reboot_before = false;
    bool reboot_after = false;
};

class Faults {
public:
    explicit Faults(std::uint64_t seed) : random_(seed) {}

    void add(const FaultRule& rule) { rules_.push_back({rule, 0}); }
    void clear() { rules_.clear(); }

    /// Octets for a frame that the device sends; none when it is lost.
    std::vector<Emission> send(const dual_mcu::Frame& frame);

    Reception receive(const dual_mcu::Frame& frame);

    gateway::Bytes garbage(std::size_t octets);

    /// Rules that still have frames to hit.
    [[nodiscard]] std::size_t armed() const;
    /// Frames hit so far.
    [[nodiscard]] std::uint64_t hits() const { return hits_; }

private:
    struct Armed {
        FaultRule rule;
        std::uint64_t seen;
    };

    /// Rules that hit this frame; counts it for all that match.
    std::vector<FaultRule> strike(const dual_mcu::Frame& frame, bool from_host);
    void flip_bit(gateway::Bytes& wire);

    std::vector<Armed> rules_;
    std::mt19937_64 random_;
    std::uint64_t hits_ = 0;
};

} // namespace simulator
