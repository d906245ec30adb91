/// What is received and what is safe of one sink's stream of packets
/// (docs/spec/sink-dbus-api.md, 9). Pure.
#pragma once

#include "transport/mqtt/publication.hpp"

#include <deque>
#include <optional>

namespace transport {

/// Packets become safe in any order; acknowledgements to the sink service are cumulative.
class DeliveryLedger {
public:
    /// The stream goes on, or a new one begins, at `oldest`. `stored` is the last of this sink that
    /// an earlier run stored: all before it are safe. Gives the number of packets that the sink
    /// service had to give up meanwhile.
    std::uint64_t attached(
        std::uint64_t stream, std::uint64_t oldest, std::optional<DeliveryMark> stored = std::nullopt);

    /// False: it came before (or belongs to another stream), and must not be published again.
    bool receive(const DeliveryMark& packet);
    /// True: `acknowledge` has grown.
    bool safe(const DeliveryMark& packet);

    [[nodiscard]] std::uint64_t stream() const { return stream_; }
    /// All packets up to this one are safe.
    [[nodiscard]] std::uint64_t acknowledge() const { return safe_up_to_; }
    [[nodiscard]] std::uint64_t received() const { return safe_up_to_ + pending_.size(); }

private:
    std::uint64_t stream_ = 0;
    std::uint64_t safe_up_to_ = 0;
    std::deque<bool> pending_; ///< received after `safe_up_to_`: whether each is safe
};

} // namespace transport
