/// Packets held for consumers until they have stored them (spec/sink-dbus-api.md, 9, "delivery
/// interface").
#pragma once

#include "sink-service/dual_mcu/sink_state.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>

namespace sink_service {

struct HoldSettings {
    std::size_t max_packets = 10000;
    std::size_t max_octets = 8 * 1024 * 1024; ///< payload and header, whichever bound comes first
    std::size_t window = 200;                 ///< packets, see `behind`
    std::chrono::seconds keep_for{600};       ///< for a consumer that left
    std::chrono::seconds keep_first_for{10};  ///< after the start, for consumers that attach only now
    std::size_t max_consumers = 16;
};

/// One packet with its number.
struct HeldPacket {
    std::uint64_t number = 0;
    dual_mcu::UplinkPacket packet;
};

/// Numbers packets and keeps them until every consumer has acknowledged them. Without a consumer it
/// keeps nothing, but for a short time after the start: a consumer that was attached to the service
/// before its restart gets everything from the first packet on. Pure: the caller sends, and gives the
/// time.
class DeliveryHold {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    DeliveryHold(HoldSettings settings, std::uint64_t stream) : settings_(settings), stream_(stream) {}

    /// The service starts: for a short time, packets are kept for consumers that have not attached yet.
    void keep_first(TimePoint now) { keep_first_until_ = now + settings_.keep_first_for; }

    /// Where the consumer goes on; nothing when there are too many consumers. `owner` is its unique
    /// bus name.
    std::optional<std::uint64_t> attach(const std::string& consumer, const std::string& owner);
    /// False when no such consumer is known.
    bool acknowledge(const std::string& consumer, std::uint64_t number);
    bool detach(const std::string& consumer);
    /// A unique name left the bus: what was attached from there counts as away from now on.
    void left(const std::string& owner, TimePoint now);
    /// The bus itself is gone, and everybody with it.
    void all_left(TimePoint now);
    /// Forgets consumers that are away for too long.
    void expire(TimePoint now);

    void push(dual_mcu::UplinkPacket packet);

    /// What goes to one consumer now: at most `most` packets in order, and counts them as sent.
    struct Batch {
        std::string owner;
        std::vector<std::shared_ptr<const HeldPacket>> packets;
    };
    std::optional<Batch> next_batch(std::size_t most);

    /// True from when a bound is reached until the hold is half empty again.
    [[nodiscard]] bool full();
    /// True from when every attached consumer has a window of packets to acknowledge until one has
    /// half of it: taken from the mesh faster, packets would only wait here and there.
    [[nodiscard]] bool behind();

    [[nodiscard]] std::uint64_t stream() const { return stream_; }
    [[nodiscard]] bool has_attached_consumer() const;
    [[nodiscard]] std::size_t packets() const { return held_.size(); }
    [[nodiscard]] std::size_t octets() const { return octets_; }

private:
    struct Consumer {
        std::string owner; ///< empty while away
        std::uint64_t acknowledged = 0;
        std::uint64_t sent = 0;
        TimePoint left{};
    };

    void release();

    HoldSettings settings_;
    std::uint64_t stream_;
    std::optional<TimePoint> keep_first_until_;
    std::uint64_t last_number_ = 0;
    std::deque<std::shared_ptr<const HeldPacket>> held_; ///< numbers without gaps
    std::size_t octets_ = 0;
    bool full_ = false;
    bool behind_ = false;
    std::map<std::string, Consumer> consumers_;
};

} // namespace sink_service
