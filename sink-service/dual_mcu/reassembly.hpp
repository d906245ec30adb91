/// Reassembly of fragmented uplink packets (spec/dual-mcu-api.md, 5.7).
#pragma once

#include "sink-service/dual_mcu/codec/data_service.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>

namespace dual_mcu {

struct ReassemblySettings {
    std::chrono::seconds max_age{900}; ///< without a new fragment; 0 = never drop
    std::size_t max_packets = 1024;    ///< incomplete, per sink
    std::size_t max_packets_of_source = 16;
    std::chrono::seconds remember_completed{10}; ///< against late duplicates
};

/// Collects fragments in any order. Pure: the caller gives the time. Memory is bounded by the
/// settings: the stalest incomplete packet goes first.
class Reassembly {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    explicit Reassembly(ReassemblySettings settings) : settings_(settings) {}

    /// The whole payload when this fragment completes a packet. A fragment that cannot be right is
    /// dropped; one that contradicts what is there begins the packet anew.
    std::optional<gateway::Bytes> add(const DataRxFragment& fragment, TimePoint now);

    /// Drops what is too old; every 5 s is enough.
    void expire(TimePoint now);

    /// The sink's network changed: nothing of the old one can complete.
    void clear();

    [[nodiscard]] std::size_t incomplete() const { return packets_.size(); }

private:
    struct Key {
        std::uint32_t source = 0;
        std::uint16_t packet_id = 0;
        friend auto operator<=>(const Key&, const Key&) = default;
    };
    struct Packet {
        RxHeader header;
        std::map<std::uint16_t, gateway::Bytes> fragments; ///< by offset, without overlap
        std::optional<std::size_t> total;                  ///< known with the last fragment
        std::size_t octets = 0;
        TimePoint touched{};
    };
    struct Completed {
        TimePoint at{};
        std::set<std::pair<std::uint16_t, std::size_t>> fragment_hashes; ///< offset, hash of contents
    };

    [[nodiscard]] static bool contradicts(const Packet& packet, const DataRxFragment& fragment);
    [[nodiscard]] static bool is_duplicate(const Packet& packet, const DataRxFragment& fragment);
    [[nodiscard]] bool belongs_to_completed(
        const Key& key, const DataRxFragment& fragment, TimePoint now) const;
    void make_room(std::uint32_t source);
    gateway::Bytes complete(const Key& key, Packet& packet, TimePoint now);

    ReassemblySettings settings_;
    std::map<Key, Packet> packets_;
    std::map<Key, Completed> completed_;
};

} // namespace dual_mcu
