/// A stream of packets through a gateway for a time: its rate, and what it costs both services.
#pragma once

#include "bench/gateway.hpp"
#include "bench/gateway_stand.hpp"
#include "bench/packet_counter.hpp"
#include "bench/sink_stand.hpp"

namespace bench {

struct Flow {
    double per_second = 0;
    double sink_cpu_ms_per_1000 = 0; ///< of all sink services
    double transport_cpu_ms_per_1000 = 0;
    std::string topic; ///< of one event
    std::size_t octets = 0;
    std::uint64_t out_of_order = 0;
    std::uint64_t missing = 0;
};

/// Simulated sinks with these options each, a gateway, and a subscriber that was there before.
Flow measure_flow(const std::vector<std::string>& simulator, std::size_t sinks, const Extent& extent);

} // namespace bench
