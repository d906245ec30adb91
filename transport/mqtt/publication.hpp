/// What is published: messages, and the events among them.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace transport {

/// One message to publish. Texts are shared with the MQTT library instead of copied.
struct Publication {
    std::shared_ptr<const std::string> topic;
    std::shared_ptr<const std::string> payload;
    int qos = 1;
    bool retained = false;

    [[nodiscard]] std::size_t octets() const { return topic->size() + payload->size(); }
};

Publication make_publication(std::string topic, std::string payload, int qos, bool retained);

/// Which packet of a sink service's delivery interface an event comes from
/// (docs/spec/sink-dbus-api.md, 9). Number 0: it came by signal, and nobody waits to hear of it.
struct DeliveryMark {
    std::uint64_t stream = 0;
    std::uint64_t number = 0;
};

/// One packet of the mesh as an event, until the broker has it. The first part never changes; the
/// rest belongs to EventQueue.
struct Event {
    Publication publication;
    std::string sink_id;
    std::uint64_t made_ms = 0; ///< UTC, for the time range of a loss
    DeliveryMark mark;

    std::uint64_t order = 0; ///< among all events, also of earlier runs; the key in the store
    std::chrono::steady_clock::time_point arrived;
    std::uint32_t stored_in = 0; ///< generation of the store that has it; 0: none
    bool released = false;       ///< the sink service may forget it: safe, or memory has to do
    bool spilled = false;        ///< came behind a backlog of the store: goes there at once
    bool finished = false;       ///< at the broker, or given up
};

using EventPtr = std::shared_ptr<Event>;

} // namespace transport
