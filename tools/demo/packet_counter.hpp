/// Counts the simulator's numbered packets and sees gaps.
#pragma once

#include "tools/backend/api.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>

namespace gateway::tools {

struct PacketCount {
    std::uint64_t packets = 0;
    std::uint32_t first = 0; ///< running numbers
    std::uint32_t last = 0;
    bool in_sequence = true; ///< none missing, none twice, none out of order
};

/// Fed on one thread, read on another.
class PacketCounter {
public:
    /// A packet whose payload begins with a running number, 32 bits little-endian.
    void add(const backend::api::PacketReceivedEvent& packet);

    /// The count once it reached `packets`, or what there is at the limit or when asked to stop.
    PacketCount wait(std::uint64_t packets, std::chrono::milliseconds limit, const std::stop_token& stop);

private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    PacketCount count_;
};

} // namespace gateway::tools
