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

/// What is published.
struct PahoLoad {
    std::string topic;
    std::size_t octets = 0;
    int window = 20; ///< messages in flight, at most
    int rate = 0;    ///< messages per second; 0: as many as possible
};

PahoFigures measure_paho(const PahoLoad& load, const Extent& extent);

} // namespace bench
