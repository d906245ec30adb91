/// Everything a simulated sink knows, in plain structures: what survives a reboot, what does not, and
/// the world around it.
#pragma once

#include "gateway/address.hpp"
#include "simulator/sink/indications.hpp"
#include "simulator/sink/mesh.hpp"
#include "sink-service/dual_mcu/codec/attributes.hpp"
#include "sink-service/dual_mcu/codec/scratchpad.hpp"

#include <map>
#include <memory>
#include <set>

namespace simulator {

using Key = std::array<std::uint8_t, dual_mcu::key_size>;
using KeyPair = std::array<std::uint8_t, dual_mcu::key_pair_size>;

/// A complete scratchpad in flash. The image is shared, never changed: comparing two stores is cheap.
struct StoredScratchpad {
    std::shared_ptr<const gateway::Bytes> image; ///< null: none
    std::uint16_t crc = 0;
    std::uint8_t sequence = 0;
    std::uint8_t type = dual_mcu::scratchpad_type::blank;
    std::uint8_t status = dual_mcu::scratchpad_status::success;

    [[nodiscard]] std::uint32_t size() const { return image ? static_cast<std::uint32_t>(image->size()) : 0; }
    friend bool operator==(const StoredScratchpad&, const StoredScratchpad&) = default;
};

/// Where the running firmware came from.
struct ProcessedScratchpad {
    std::uint32_t size = 0;
    std::uint16_t crc = 0;
    std::uint8_t sequence = 0;
    std::uint32_t area_id = 0;

    friend bool operator==(const ProcessedScratchpad&, const ProcessedScratchpad&) = default;
};

inline constexpr std::size_t multicast_group_count = 10;
inline constexpr std::uint32_t unused_multicast_group = 0x00FFFFFF; ///< what a fresh sink reads (4.2)
inline constexpr std::uint8_t automatic_role = 0x83;
inline constexpr std::uint32_t nothing_locked = 0xFFFFFFFF;

/// Survives a reboot.
struct Persistent {
    std::optional<std::uint32_t> node_address;
    std::optional<std::uint32_t> network_address;
    std::optional<std::uint8_t> channel;
    std::optional<std::uint8_t> role; ///< never written: reads as automatic, and a start is refused
    bool autostart = false;
    std::optional<Key> cipher_key;
    std::optional<Key> authentication_key;
    std::optional<Key> lock_key;
    std::uint32_t lock_bits = nothing_locked;  ///< a cleared bit locks, while a lock key is set (3.4)
    std::optional<std::uint16_t> offline_scan; ///< seconds
    std::uint32_t channel_map = 0x11111111;
    std::optional<std::array<std::uint16_t, 2>> access_cycle_range; ///< ms, lowest and highest
    std::array<std::uint32_t, multicast_group_count> multicast_groups = [] {
        std::array<std::uint32_t, multicast_group_count> groups{};
        groups.fill(unused_multicast_group);
        return groups;
    }();
    std::optional<KeyPair> network_key_pair;
    std::optional<KeyPair> management_key_pair;
    std::optional<dual_mcu::AppConfig> app_config;
    std::map<std::uint16_t, dual_mcu::ConfigDataItem> optional_items;
    dual_mcu::ScratchpadTarget target;
    StoredScratchpad stored;
    ProcessedScratchpad processed;
    std::optional<std::array<std::uint8_t, 4>> firmware; ///< from a scratchpad; else the profile's

    friend bool operator==(const Persistent&, const Persistent&) = default;
};

/// An upload in progress.
struct Upload {
    std::uint32_t size = 0;
    std::uint8_t sequence = 0;
    gateway::Bytes octets;
};

/// A packet or fragment that waits for its transmission and holds a packet buffer.
struct PacketBuffer {
    dual_mcu::TxHeader header;
    std::uint32_t buffering_delay = 0;
    std::optional<dual_mcu::FragmentInfo> fragment;
    gateway::Bytes octets;
    Now accepted{0};
    Now leaves{0};
};

/// Fragments from the host that do not make a packet yet.
struct PartialDownlink {
    dual_mcu::TxHeader header;
    std::uint32_t buffering_delay = 0;
    std::size_t fragments = 0;
    gateway::Bytes octets; ///< fragments of one packet come in order (5.7)
};

/// Gone after a reboot.
struct Volatile {
    Now booted{0};
    bool running = false;
    std::uint8_t sink_cost = 0;
    std::vector<std::uint8_t> reserved_channels;           ///< bit array; empty: none
    std::array<std::uint16_t, 2> max_queue_time{600, 300}; ///< seconds, normal and high (3.2.26)
    IndicationQueue indications;
    std::optional<Upload> upload;
    std::deque<PacketBuffer> buffers;
    std::set<std::uint16_t> tracked;
    std::map<std::uint16_t, PartialDownlink> partial; ///< by packet id
    std::optional<Now> scan_done;
    std::optional<Now> own_processing; ///< when the sink reboots to process what its target says
    std::optional<Now> next_age_check;
};

/// A packet that the mesh holds for want of indication memory in the sink.
struct HeldPacket {
    UplinkPacket packet;
    Now arrived{0};
};

/// For tests and people.
struct Counters {
    std::uint64_t requests = 0;         ///< frames with bit 7 clear that were executed
    std::uint64_t silent = 0;           ///< frames that got no answer
    std::uint64_t indications = 0;      ///< sent, repetitions included
    std::uint64_t acknowledged = 0;     ///< indications
    std::uint64_t uplink_packets = 0;   ///< that reached the sink
    std::uint64_t uplink_unheard = 0;   ///< while the stack was stopped
    std::uint64_t uplink_lost = 0;      ///< the mesh could not hold them either
    std::uint64_t uplink_held = 0;      ///< that had to wait in the mesh
    std::uint64_t uplink_aged = 0;      ///< indications deleted for their age
    std::uint64_t downlink_packets = 0; ///< whole packets given to the mesh
    std::uint64_t downlink_broken = 0;  ///< fragmented packets that never became whole
    std::uint64_t boots = 0;
};

/// Circumstances that a test sets from outside; they outlive reboots.
struct Circumstances {
    bool out_of_memory = false;                    ///< every TX is answered with result 4
    bool storage_fails = false;                    ///< the auto-start flag cannot be stored: no answer (2.7)
    bool downlink_dropped = false;                 ///< packets are dropped instead of sent (DATA_TX result 1)
    bool neighbours_unavailable = false;           ///< GET_NBORS gets no answer (2.7)
    bool scratchpad_damaged = false;               ///< the bootloader finds a CRC error in what is stored
    std::optional<std::uint8_t> bootloader_status; ///< what its next run ends with, whatever it finds
    std::vector<dual_mcu::Neighbour> neighbours;
    dual_mcu::InstallQualityConfirm install_quality{0, 200, 0};
};

struct SinkState {
    Profile profile;
    Persistent persistent;
    Volatile live;
    Circumstances around;
    Counters counters;
    std::deque<HeldPacket> held;
    std::deque<ToMesh> to_mesh;
    std::uint16_t next_packet_id = 0; ///< of uplink fragments, 12 bits; the sources', so no reboot resets it

    [[nodiscard]] bool is_sink() const
    {
        return persistent.role && (*persistent.role & gateway::role::base_mask) == gateway::role::sink &&
               (*persistent.role & gateway::role::autorole) == 0;
    }
    [[nodiscard]] bool low_latency() const
    {
        return persistent.role && (*persistent.role & gateway::role::low_latency) != 0;
    }
    /// True when any of these features is locked (3.4).
    [[nodiscard]] bool locked(std::uint32_t features) const
    {
        return persistent.lock_key && (~persistent.lock_bits & features) != 0;
    }
    [[nodiscard]] std::array<std::uint8_t, 4> firmware() const
    {
        return persistent.firmware.value_or(profile.firmware);
    }
    [[nodiscard]] bool legacy_app_config() const { return profile.legacy_app_config(firmware()); }
    [[nodiscard]] std::size_t app_config_octets() const
    {
        return legacy_app_config() ? dual_mcu::legacy_app_config_size : dual_mcu::app_config_size;
    }
    [[nodiscard]] std::uint8_t free_buffers() const
    {
        return around.out_of_memory ? std::uint8_t{0}
                                    : static_cast<std::uint8_t>(profile.packet_buffers - live.buffers.size());
    }
};

/// Feature lock bits (3.4).
namespace feature {
inline constexpr std::uint32_t data_tx = 0x00000001;
inline constexpr std::uint32_t stack_start = 0x00000004;
inline constexpr std::uint32_t stack_stop = 0x00000008;
inline constexpr std::uint32_t app_config_write = 0x00000010;
inline constexpr std::uint32_t app_config_read = 0x00000020;
inline constexpr std::uint32_t msap_write = 0x00000040;
inline constexpr std::uint32_t msap_read = 0x00000080;
inline constexpr std::uint32_t csap_write = 0x00000100;
inline constexpr std::uint32_t csap_read = 0x00000200;
inline constexpr std::uint32_t factory_reset = 0x00001000;
inline constexpr std::uint32_t scratchpad_change = 0x00002000;
inline constexpr std::uint32_t scratchpad_status = 0x00008000;
inline constexpr std::uint32_t neighbours = 0x00200000;
inline constexpr std::uint32_t neighbour_scan = 0x00400000;
inline constexpr std::uint32_t sink_cost_write = 0x02000000;
inline constexpr std::uint32_t sink_cost_read = 0x04000000;
inline constexpr std::uint32_t remote_api = 0x20000000;
inline constexpr std::uint32_t otap = 0x80000000;
/// The bits that may be cleared.
inline constexpr std::uint32_t lockable =
    data_tx | stack_start | stack_stop | app_config_write | app_config_read | msap_write | msap_read |
    csap_write | csap_read | factory_reset | scratchpad_change | scratchpad_status | neighbours |
    neighbour_scan | sink_cost_write | sink_cost_read | remote_api | otap;
} // namespace feature

} // namespace simulator
