/// What is going to happen in a mesh, in the one order that makes runs repeatable: by time, node
/// address, and the order of scheduling (spec/otap-campaign.md, 13.1).
#pragma once

#include "simulator/mesh/time.hpp"

#include <optional>
#include <vector>

namespace simulator::mesh {

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex no_node = UINT32_MAX;

enum class EventKind : std::uint8_t {
    boot_ends,
    bootloader_ends,
    detection,
    transfer_ends,
    transfer_breaks,
    target_heard,
    delay_ends,
    countdown_ends,
    fail_safe,
    falls_asleep,
    wakes,
    reports,      ///< `data`: which of the model's reports
    tells_status, ///< unasked
    packet_up,    ///< `data`: slot of a packet in flight
    packet_down,  ///< `data`: slot of a packet in flight
    routes_break, ///< of the whole mesh: somebody came or went
    routes_drift, ///< of the whole mesh: now and then
    script,       ///< `data`: which step
};

struct Event {
    Time time{0};
    std::uint64_t serial = 0;
    std::uint32_t address = 0; ///< of the node; 0 for what concerns the whole mesh
    NodeIndex node = no_node;
    std::uint32_t data = 0;
    EventKind kind = EventKind::boot_ends;
};

/// Nothing is ever taken back: whoever handles an event looks whether it is still expected.
class EventQueue {
public:
    void add(Time time, EventKind kind, NodeIndex node, std::uint32_t address, std::uint32_t data = 0);

    /// Time of the next event.
    [[nodiscard]] std::optional<Time> next() const;

    /// The next event; there must be one.
    Event take();

    [[nodiscard]] std::size_t size() const { return heap_.size(); }

private:
    std::vector<Event> heap_;
    std::uint64_t serial_ = 0;
};

} // namespace simulator::mesh
