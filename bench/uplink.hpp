/// Packets per second from the mesh to the bus.
#pragma once

#include <chrono>

namespace bench {

/// How long each measurement lasts.
struct Durations {
    std::chrono::milliseconds warm_up{1000};
    std::chrono::milliseconds measured{4000};
    int rounds = 5; ///< of what is compared
};

/// Unpaced and at three bit rates, two sizes of packets; CPU time and memory of the service.
void measure_uplink(Durations durations);

/// From the last octet of an indication to the signal, and from the sink's memory to the signal.
void measure_latency(Durations durations);

/// CPU time of a service whose sink has nothing to say.
void measure_idle(Durations durations);

} // namespace bench
