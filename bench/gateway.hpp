/// A whole gateway, measured from the mesh to a backend and back. Each function prints its rows.
#pragma once

#include <chrono>
#include <cstddef>

namespace bench {

/// How much of everything.
struct Extent {
    std::chrono::milliseconds warm_up{1000};
    std::chrono::milliseconds measured{5000};
    int rounds = 3; ///< of what is compared
    std::chrono::seconds idle{20};
    int requests = 500;
    int starts = 9;
    bool large_backlog = true; ///< 100,000 packets too
};

/// Unpaced, beside Paho C++ alone: rate, order and CPU time.
void measure_throughput(const Extent& extent);
/// Two sinks at once, unpaced: rate, order, time from the sinks to the subscriber.
void measure_two_sinks(const Extent& extent);
/// A paced serial port, as a part of what it can carry.
void measure_line(const Extent& extent);
/// From the sink to the subscriber, at 50 packets a second.
void measure_delay(const Extent& extent);
/// CPU time at 50 packets a second and of an idle gateway.
void measure_cost(const Extent& extent);
/// Resident memory of both services: started, after traffic, with a backlog, after it.
void measure_memory(const Extent& extent);
/// Requests of backends: one after the other, and eight at a time.
void measure_requests(const Extent& extent);
/// 256 KB, whole and in chunks.
void measure_scratchpad(const Extent& extent);
/// From the start of the transport service to ONLINE.
void measure_start(const Extent& extent);
/// What was collected while the broker was away.
void measure_replay(const Extent& extent);

} // namespace bench
