/// The numbers of one scrape. The service fills them on the loop's thread when somebody asks, so that
/// a number which some part has anyway costs nothing in between.
///
/// To add one: a field here, its reading in `Service::Implementation::read_metrics`
/// (transport/service.cpp), one line in transport/metrics/families.cpp, and a row in
/// docs/monitoring.md. What not every gateway has is a std::optional and absent from the scrape when
/// it is empty, never 0. What happens and is remembered nowhere goes to transport/metrics/counters.hpp.
#pragma once

#include "transport/metrics/counters.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace transport {

/// From org.opengateway.sink.health1 of our sink service; the reference's has none.
struct LinkHealth {
    std::string state; ///< closed, starting up, online
    std::uint32_t bits_per_second = 0;
    std::map<std::string, std::uint64_t> counters; ///< by the names of the sink service
};

struct SinkNumbers {
    std::string id;
    std::optional<bool> stack_running;
    std::optional<LinkHealth> link;
};

struct OutboxNumbers {
    std::uint64_t events = 0; ///< not acknowledged, wherever they are
    std::uint64_t octets = 0;
    std::uint64_t control_messages = 0; ///< status and responses that wait
    std::uint64_t in_flight = 0;
    std::optional<double> oldest_age_s; ///< of the events; absent also when there are none
    std::optional<std::uint64_t> evicted_events;
    std::optional<std::uint64_t> evicted_responses;
    std::optional<std::uint64_t> stored_events; ///< of the events, in the store
    std::optional<std::uint64_t> unsafe_events; ///< of the events, neither stored nor acknowledged
    std::optional<bool> full;                   ///< sinks are held back
    std::optional<bool> store_working;
};

struct ProcessNumbers {
    double cpu_s = 0; ///< user and system, all threads
    std::uint64_t resident_octets = 0;
    std::uint64_t open_descriptors = 0;
    std::uint64_t max_descriptors = 0;
    std::uint64_t threads = 0;
    double started_s = 0; ///< since 1970
};

struct Snapshot {
    std::string gateway_id;
    std::string version;
    bool broker_connected = false;
    std::uint64_t refused_subscriptions = 0;     ///< by the broker
    std::optional<std::uint64_t> window;         ///< messages that may be in flight
    std::optional<std::uint64_t> rate_limit_pps; ///< mqtt_rate_limit_pps, where set
    std::optional<bool> black_hole_protection_active;
    std::optional<std::uint64_t> black_hole_protection_trips;
    OutboxNumbers outbox;
    std::uint64_t repeated_requests = 0;
    std::uint64_t unreadable_requests = 0;
    std::uint64_t retained_requests = 0;
    std::uint64_t foreign_signals = 0; ///< on the bus, of nobody who owns a sink's name
    std::vector<SinkNumbers> sinks;    ///< on the bus now
    Counters counters;
    ProcessNumbers process;
};

} // namespace transport
