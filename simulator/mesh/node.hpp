/// What a node is and keeps (spec/otap-campaign.md, 2.1). Small, because there are many.
#pragma once

#include "gateway/address.hpp"
#include "gateway/firmware_version.hpp"
#include "gateway/remote_api/types.hpp"
#include "gateway/target_and_action.hpp"
#include "simulator/mesh/event_queue.hpp"
#include "sink-service/dual_mcu/codec/scratchpad.hpp"

#include <map>
#include <memory>

namespace simulator::mesh {

using SinkIndex = std::uint16_t;
inline constexpr SinkIndex no_sink = UINT16_MAX;

using Image = std::shared_ptr<const gateway::Bytes>; ///< a whole file; null: none

namespace stored_type = dual_mcu::scratchpad_type;
namespace stored_status = dual_mcu::scratchpad_status;

struct Stored {
    Image image;
    std::uint16_t crc = 0; ///< as in its header
    std::uint8_t sequence = 0;
    std::uint8_t type = stored_type::blank;
    std::uint8_t status = stored_status::success;

    [[nodiscard]] std::uint32_t size() const { return image ? static_cast<std::uint32_t>(image->size()) : 0; }
    [[nodiscard]] bool fresh() const { return image && status == stored_status::fresh; }
    [[nodiscard]] bool is(std::uint8_t other_sequence, std::uint16_t other_crc) const
    {
        return image && sequence == other_sequence && crc == other_crc;
    }
    friend bool operator==(const Stored&, const Stored&) = default;
};

/// The scratchpad that a running program came from.
struct Origin {
    std::uint32_t length = 0; ///< 0: not known
    std::uint16_t crc = 0;
    std::uint8_t sequence = 0;
    gateway::FirmwareVersion version{};

    friend bool operator==(const Origin&, const Origin&) = default;
};

enum class Activity : std::uint8_t {
    off,
    boots,
    in_bootloader,
    runs,
    sleeps,
    silent_for_ever, ///< its new program does not start, or has no radio
    elsewhere,       ///< it runs with another network address
};

/// Changes that wait for the end of a countdown, and what only few nodes have.
struct Extras {
    bool session_open = false;
    bool session_ended = false;
    bool processes = false;                           ///< a scratchpad update is buffered
    Stored armed;                                     ///< what it was meant for
    std::map<std::uint32_t, gateway::Bytes> buffered; ///< by `key_of` the attribute
    std::map<std::uint32_t, gateway::Bytes> written;  ///< attributes that differ from the model's
    gateway::remote_api::LockKey lock_key = gateway::remote_api::no_lock_key;
    std::uint32_t lock_bits = gateway::remote_api::everything_allowed;
    std::uint8_t next_bootloader_status = 0; ///< not 0: what the next run ends with, whatever it finds
    bool retried = false;                    ///< since it was restarted by anything but a retry

    [[nodiscard]] bool locks(std::uint32_t feature) const
    {
        return lock_key != gateway::remote_api::no_lock_key && (lock_bits & feature) == 0;
    }
};

struct Node {
    std::uint32_t address = 0;
    NodeIndex parent = no_node; ///< next hop; none: no route, or a sink
    NodeIndex peer = no_node;   ///< whom it fetches a scratchpad from
    std::uint16_t model = 0;
    SinkIndex sink = no_sink; ///< that it is routed to
    std::uint8_t hops = 0;    ///< to the sink
    Activity activity = Activity::off;
    std::uint8_t serves = 0; ///< neighbours that fetch from it
    bool heard_target = false;
    std::uint16_t packets = 0;   ///< sent; tells them apart
    std::uint16_t restarts = 0;  ///< since the mesh began
    std::uint16_t processed = 0; ///< scratchpads, with or without a match
    gateway::TargetAndAction target;
    Stored stored;
    Origin stack;
    Origin application;
    Time detects_at = never; ///< looks for a neighbour's scratchpad
    Time busy_until = never; ///< with fetching, with the last that it serves, or with its restart
    Time delay_ends = never;
    Time countdown_ends = never;
    Time without_route_since = never; ///< never: it has one
    std::unique_ptr<Extras> extras;

    [[nodiscard]] bool fetches() const { return peer != no_node; }
    [[nodiscard]] bool exchanges() const { return peer != no_node || serves != 0; }
    [[nodiscard]] bool runs() const { return activity == Activity::runs; }
    [[nodiscard]] bool has_route() const { return sink != no_sink; }
    [[nodiscard]] bool locks(std::uint32_t feature) const { return extras && extras->locks(feature); }
    Extras& more()
    {
        if (!extras)
            extras = std::make_unique<Extras>();
        return *extras;
    }
};

} // namespace simulator::mesh
