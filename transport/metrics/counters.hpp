/// What is counted when it happens, because no part of the service keeps it otherwise. Plain numbers,
/// incremented and copied on the loop's thread.
#pragma once

#include "transport/metrics/duration_histogram.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace transport {

inline constexpr std::array round_trip_bounds = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1,
                                                 0.2,   0.5,   1.0,   2.0,  5.0,  10.0, 60.0};
/// From a packet sent at once to a scratchpad that takes its time.
inline constexpr std::array request_bounds = {0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 300.0};

struct PacketCounters {
    std::uint64_t received = 0;  ///< handed over by the sink service
    std::uint64_t ignored = 0;   ///< of these, filtered out by their endpoint
    std::uint64_t published = 0; ///< acknowledged by the broker; also such of an earlier run
};

struct RequestCounters {
    std::map<std::string_view, std::uint64_t> results; ///< by name of the error code
    DurationHistogram durations{request_bounds};       ///< from the message to the answer
};

struct Counters {
    std::uint64_t broker_connections = 0;
    std::uint64_t messages_handed_out = 0; ///< to the MQTT library; again after a lost connection
    std::uint64_t messages_acknowledged = 0;
    DurationHistogram round_trip{round_trip_bounds}; ///< of QoS 1

    std::map<std::string, PacketCounters, std::less<>> packets; ///< by sink id
    std::map<std::string_view, RequestCounters> requests;       ///< by kind, as topics name it

    PacketCounters& packets_of(std::string_view sink_id)
    {
        const auto found = packets.find(sink_id);
        return found != packets.end() ? found->second : packets[std::string(sink_id)];
    }

    /// Both names must be static.
    void request_answered(std::string_view kind, std::string_view result, std::chrono::nanoseconds duration)
    {
        RequestCounters& counters = requests[kind];
        ++counters.results[result];
        counters.durations.observe(duration);
    }
};

} // namespace transport
