/// What the machine gives without a gateway: a broker, the subscriber of the other measurements, and a
/// program that does nothing but publish with Paho C++ (paho_publisher.cpp).
#pragma once

#include "bench/gateway.hpp"

#include <string>

namespace bench {

struct PahoFigures {
    double per_second = 0;
    double cpu_ms_per_1000 = 0; ///< of the publisher
};

/// Messages of `octets` octets to `topic`, QoS 1, at most `window` of them in flight.
PahoFigures measure_paho(const std::string& topic, std::size_t octets, int window, const Extent& extent);

} // namespace bench
