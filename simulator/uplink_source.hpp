/// Packets as nodes would send them, for tests and benchmarks.
#pragma once

#include "simulator/sink/sink.hpp"

namespace simulator {

struct UplinkPlan {
    double packets_per_second = 0;    ///< 0: none
    bool as_many_as_polled = false;   ///< instead of a rate: keep the sink's indication memory full
    std::size_t octets = 20;          ///< 4..1500
    std::uint64_t count = UINT64_MAX; ///< with a count they wait while the mesh can hold no more
};

/// Feeds a sink while its stack runs. Each packet begins with a running number, 32 bits
/// little-endian, from 0 on, so that a receiver sees loss and disorder.
class UplinkSource {
public:
    explicit UplinkSource(UplinkPlan plan) : plan_(plan) {}

    /// Gives the sink what is due.
    void pump(SimulatedSink& sink, Now now);

    /// When the next packet is due; nothing without a rate.
    [[nodiscard]] std::optional<Now> next_event() const;

    [[nodiscard]] std::uint64_t generated() const { return generated_; }
    [[nodiscard]] bool finished() const { return generated_ >= plan_.count; }

private:
    UplinkPlan plan_;
    std::uint64_t generated_ = 0;
    std::optional<Now> next_;
};

/// The packet with a running number: from one of a few sources and endpoints.
UplinkPacket numbered_packet(std::uint32_t number, std::size_t octets);

} // namespace simulator
