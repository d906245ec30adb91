/// Recognises requests that come twice (docs/spec/gateway-backend-api.md, 4.2). Pure.
#pragma once

#include "transport/siphash.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace transport {

/// A request that may be repeated: its topic, id, and the hash of its octets.
struct RequestKey {
    std::string topic;
    std::uint64_t id = 0;
    Hash128 payload{};

    friend bool operator==(const RequestKey&, const RequestKey&) = default;
};

enum class Repetition : std::uint8_t {
    none,        ///< execute it
    in_progress, ///< its answer will come: do nothing
    answered,    ///< answer OK again
};

class RepetitionMemory {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t capacity = 1024;

    /// `memory`: how long an answered request is recognised; 0: nothing is.
    explicit RepetitionMemory(std::chrono::seconds memory);

    [[nodiscard]] RequestKey key(std::string_view topic, std::uint64_t id, std::string_view payload) const;

    /// `duplicate`: with MQTT's DUP flag the time does not count.
    [[nodiscard]] Repetition check(const RequestKey& key, bool duplicate, Clock::time_point now) const;
    /// The request is waiting or under way.
    void begin(const RequestKey& key);
    /// It was answered: OK is remembered, an error forgotten, so that a retry has a chance.
    void answered(const RequestKey& key, bool ok, Clock::time_point now);

private:
    struct Hasher {
        std::size_t operator()(const RequestKey& key) const
        {
            return static_cast<std::size_t>(key.payload[0] ^ key.id);
        }
    };
    struct Entry {
        std::optional<Clock::time_point> answered; ///< nothing: under way
        std::uint64_t serial = 0;
    };

    std::chrono::seconds memory_;
    HashKey hash_key_;
    std::unordered_map<RequestKey, Entry, Hasher> entries_;
    std::deque<std::pair<std::uint64_t, RequestKey>> order_; ///< oldest first; stale serials are skipped
    std::uint64_t serial_ = 0;
};

} // namespace transport
