/// Packets on their way through a mesh.
#pragma once

#include "gateway/bytes.hpp"
#include "simulator/mesh/event_queue.hpp"

#include <memory>

namespace simulator::mesh {

struct PacketInFlight {
    std::uint32_t source = 0; ///< addresses
    std::uint32_t destination = 0;
    std::uint8_t source_endpoint = 0;
    std::uint8_t destination_endpoint = 0;
    std::uint8_t qos = 0;
    std::uint8_t hops = 0;
    std::uint16_t sink = 0; ///< up: where it goes; down: where it comes from
    Time sent{0};
    bool queued = false;        ///< up: has its turn at the sink already
    std::uint32_t identity = 0; ///< down: tells it apart from all that its sink sends at that moment
    gateway::Bytes payload;
};

/// Slots for packets, used again and again. A broadcast is one slot that many events name.
class PacketPool {
public:
    std::uint32_t add(PacketInFlight packet, std::uint32_t users);
    [[nodiscard]] PacketInFlight& at(std::uint32_t slot) { return slots_[slot].packet; }
    /// One user less; the last one frees the slot.
    void release(std::uint32_t slot);
    [[nodiscard]] std::size_t in_use() const { return slots_.size() - free_.size(); }

private:
    struct Slot {
        PacketInFlight packet;
        std::uint32_t users = 0;
    };
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
};

} // namespace simulator::mesh
