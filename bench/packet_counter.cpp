#include "bench/packet_counter.hpp"

#include <fmt/format.h>

namespace bench {

void PacketCounter::take(const ReceivedPacket& packet)
{
    auto sink = came_.find(packet.sink);
    if (sink == came_.end())
        sink = came_.emplace(packet.sink, std::vector<bool>()).first;
    std::vector<bool>& came = sink->second;
    if (packet.number >= came.size()) {
        came.resize(packet.number + std::size_t{1});
    } else if (came[packet.number]) {
        ++repeated_;
        return;
    } else {
        ++out_of_order_;
    }
    came[packet.number] = true;
    if (packets_++ == 0)
        first_ = packet.received;
    latest_ = packet.received;
}

std::uint64_t PacketCounter::missing() const
{
    std::uint64_t expected = 0;
    for (const auto& [sink, came] : came_)
        expected += came.size();
    return expected - packets_;
}

std::string PacketCounter::verdict() const
{
    const std::string again = repeated_ == 0 ? "" : fmt::format(", {} twice", repeated_);
    return fmt::format("{} disordered, {} missing{}", out_of_order_, missing(), again);
}

} // namespace bench
