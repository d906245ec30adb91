/// Are all packets there, once, and in the order in which each sink had them?
#pragma once

#include "bench/backend_client.hpp"

#include <map>
#include <string>
#include <vector>

namespace bench {

class PacketCounter {
public:
    void take(const ReceivedPacket& packet);

    [[nodiscard]] std::uint64_t packets() const { return packets_; } ///< repetitions not counted
    [[nodiscard]] std::uint64_t repeated() const { return repeated_; }
    /// Came after one with a higher number.
    [[nodiscard]] std::uint64_t out_of_order() const { return out_of_order_; }
    /// Below the highest number of their sink, and did not come.
    [[nodiscard]] std::uint64_t missing() const;
    [[nodiscard]] BackendClient::Clock::time_point first() const { return first_; }
    [[nodiscard]] BackendClient::Clock::time_point latest() const { return latest_; }

    /// "0 disordered, 0 missing", and repetitions where there were some.
    [[nodiscard]] std::string verdict() const;

private:
    std::map<std::string, std::vector<bool>, std::less<>> came_; ///< by sink, then number
    std::uint64_t packets_ = 0;
    std::uint64_t repeated_ = 0;
    std::uint64_t out_of_order_ = 0;
    BackendClient::Clock::time_point first_{};
    BackendClient::Clock::time_point latest_{};
};

} // namespace bench
