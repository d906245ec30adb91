/// What is known of a sink, as D-Bus clients see it (spec/sink-dbus-api.md, 3.1, 5).
#pragma once

#include "gateway/address.hpp"
#include "gateway/bytes.hpp"
#include "gateway/result.hpp"
#include "gateway/target_and_action.hpp"
#include "sink-service/dual_mcu/codec/scratchpad.hpp"

#include <optional>
#include <utility>

namespace dual_mcu {

/// A value read from the sink, or the code that reading it gave; internal_error before any read.
template<typename T>
class Reading {
public:
    Reading() = default;
    Reading(T value) : value_(std::move(value)) {} // NOLINT: a value is a reading
    Reading(const tl::unexpected<gateway::ApplicationCode>& code)
        : code_(code.value()) {} // NOLINT: so is a failure

    /// What a read gave. One that the sink did not answer leaves the value known so far.
    void take(const gateway::Result<T>& read)
    {
        if (read) {
            value_ = *read;
        } else if (!value_ || read.error().code != gateway::ApplicationCode::internal_error) {
            value_.reset();
            code_ = read.error().code;
        }
    }

    explicit operator bool() const { return value_.has_value(); }
    const T& operator*() const { return *value_; }
    const T* operator->() const { return &*value_; }
    [[nodiscard]] T value_or(T other) const { return value_.value_or(std::move(other)); }
    [[nodiscard]] gateway::ApplicationCode error() const { return code_; }

    friend bool operator==(const Reading&, const Reading&) = default;

private:
    std::optional<T> value_;
    gateway::ApplicationCode code_ = gateway::ApplicationCode::internal_error; ///< while there is no value
};

template<typename T>
struct Range {
    T min{};
    T max{};

    friend bool operator==(const Range&, const Range&) = default;
};

/// Read at start-up and after every reboot of the sink (spec/dual-mcu-api.md, 12.2).
struct StaticAttributes {
    std::uint16_t mesh_api_version = 0;
    std::array<std::uint16_t, 4> firmware_version{}; ///< major, minor, maintenance, development
    std::uint8_t mtu = gateway::default_mtu;         ///< octets
    Reading<std::uint8_t> pdu_buffer_size;
    Reading<Range<std::uint8_t>> channel_limits;
    Reading<std::uint8_t> app_config_size; ///< octets
    Reading<std::uint16_t> hw_magic;
    Reading<std::uint16_t> stack_profile;
    Reading<Range<std::uint16_t>> access_cycle_limits; ///< ms
    std::uint8_t scratchpad_block_max = max_scratchpad_block;

    friend bool operator==(const StaticAttributes&, const StaticAttributes&) = default;
};

/// Kept fresh by the link: read again after every change and from time to time.
struct LiveAttributes {
    Reading<std::uint8_t> stack_status; ///< bits of stack_status
    Reading<std::uint32_t> node_address;
    Reading<std::uint8_t> node_role;
    Reading<std::uint32_t> network_address;
    Reading<std::uint8_t> network_channel;
    Reading<std::uint32_t> channel_map;
    Reading<std::uint16_t> current_access_cycle;      ///< ms
    Reading<Range<std::uint16_t>> access_cycle_range; ///< ms
    Reading<std::uint8_t> sink_cost;
    Reading<bool> cipher_key_set;
    Reading<bool> authentication_key_set;

    friend bool operator==(const LiveAttributes&, const LiveAttributes&) = default;
};

struct SinkState {
    StaticAttributes fixed;
    LiveAttributes live;
    Reading<ScratchpadStatusConfirm> scratchpad;

    friend bool operator==(const SinkState&, const SinkState&) = default;

    /// By bit 0 alone (R38); a stack of which nothing is known counts as stopped.
    [[nodiscard]] bool stack_runs() const
    {
        return live.stack_status && (*live.stack_status & stack_status::stopped) == 0;
    }
};

/// A whole packet from the mesh (spec/sink-dbus-api.md, 4).
struct UplinkPacket {
    std::uint64_t received_ms = 0; ///< since 1970, when the last octet came in
    std::uint32_t source = 0;
    std::uint32_t destination = 0;
    std::uint8_t source_endpoint = 0;
    std::uint8_t destination_endpoint = 0;
    std::uint32_t travel_time_ms = 0;
    std::uint8_t qos = 0;
    std::uint8_t hop_count = 0;
    gateway::Bytes payload;
};

/// A packet for the mesh.
struct DownlinkPacket {
    std::uint32_t destination = 0;
    std::uint8_t source_endpoint = 0;
    std::uint8_t destination_endpoint = 0;
    std::uint32_t buffering_delay_ms = 0; ///< age before it came here
    std::uint8_t qos = 0;                 ///< 0, 1
    bool unacknowledged_csma_ca = false;
    std::uint8_t hop_limit = 0; ///< 0 none, 1..15
    gateway::Bytes payload;     ///< 1..1500 octets
};

} // namespace dual_mcu
