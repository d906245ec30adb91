#include "simulator/mesh/packets.hpp"

namespace simulator::mesh {

std::uint32_t PacketPool::add(PacketInFlight packet, std::uint32_t users)
{
    if (free_.empty()) {
        slots_.push_back({std::move(packet), users});
        return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    slots_[slot] = {std::move(packet), users};
    return slot;
}

void PacketPool::release(std::uint32_t slot)
{
    if (--slots_[slot].users != 0)
        return;
    slots_[slot].packet.payload = {};
    free_.push_back(slot);
}

} // namespace simulator::mesh
