/// Which cores the parts of a measurement run on. Waking another core costs tens of microseconds, more
/// than the rest of an unpaced exchange: left to the scheduler, the same programs differ by a factor
/// of three from one run to the next.
#pragma once

#include <sched.h>

namespace bench {

/// Pins this thread, and what it starts, to one core; gives the old cores back.
class OnCore {
public:
    explicit OnCore(unsigned core)
    {
        sched_getaffinity(0, sizeof before_, &before_);
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(core, &one);
        sched_setaffinity(0, sizeof one, &one);
    }
    OnCore(const OnCore&) = delete;
    OnCore& operator=(const OnCore&) = delete;
    ~OnCore() { sched_setaffinity(0, sizeof before_, &before_); }

private:
    cpu_set_t before_{};
};

/// Where the simulator and its host run.
struct Placement {
    const char* name;
    unsigned simulator;
    unsigned host; ///< the service and its bus, or the bare host
};

inline constexpr Placement one_core{"one core", 0, 0};
inline constexpr Placement two_cores{"two cores", 0, 1};

} // namespace bench
