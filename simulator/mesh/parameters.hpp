/// What a mesh is like, as opposed to the state it is in (spec/otap-campaign.md, 13.2).
#pragma once

#include "gateway/bytes.hpp"
#include "simulator/mesh/time.hpp"

#include <variant>
#include <vector>

namespace simulator::mesh {

struct Radio {
    double loss_up = 0;   ///< of a packet, on its whole way
    double loss_down = 0; ///< likewise
    double duplicates = 0;
    double reordering = 0; ///< share of uplink packets that others overtake
    double late = 0;       ///< share of uplink packets that are held back for long
    Time late_least = std::chrono::minutes{1};
    Time late_most = std::chrono::minutes{10};
    Time hop_least = std::chrono::milliseconds{20}; ///< low latency; low energy: 0.5 to 2 access cycles
    Time hop_most = std::chrono::milliseconds{80};
    double uplink_rate = 5;       ///< packets per second that a sink takes from the air; 0: any
    std::uint32_t queue = 10'000; ///< packets that wait for that, in the nodes before the sink
    Time reroute_every = std::chrono::minutes{10};
    Time reroute_after = std::chrono::seconds{5}; ///< until somebody's absence is noticed
};

/// What changes of a Radio; the rest stays as it is.
struct RadioChange {
    template<typename T>
    struct Field {
        T Radio::*what;
        T value;
    };
    std::vector<std::variant<Field<double>, Field<Time>, Field<std::uint32_t>>> fields;

    void apply(Radio& radio) const
    {
        for (const auto& each : fields)
            std::visit([&radio](const auto& field) { radio.*field.what = field.value; }, each);
    }
};

struct Exchange {
    Time detect = std::chrono::seconds{60}; ///< until a neighbour's scratchpad is noticed, on average
    std::uint32_t rate = 2000;              ///< octets per second
    std::uint8_t concurrent_per_node = 1;
    bool off_mesh = true; ///< both leave the mesh meanwhile; DECT NR+ does not
    double break_probability = 0;
    double corrupt_probability = 0;
};

enum class SequenceRule : std::uint8_t {
    strict, ///< at distance 128 neither is newer
    half,   ///< 128 counts as newer
};

/// What the end of a countdown processes, when something newer arrived meanwhile (2.3 row 19).
enum class LateProcess : std::uint8_t { newest, armed, none };

struct OtapV1 {
    SequenceRule sequence_rule = SequenceRule::strict;
    bool fail_safe = true;
    Time fail_safe_after = std::chrono::seconds{3600};
    LateProcess late_process = LateProcess::newest;
};

struct OtapV2 {
    Time spread_per_hop = std::chrono::seconds{5};
    bool delay_survives_reboot = false;
    bool retry_on_error = false;
    bool stop_running_delay = true; ///< on action 0 or 1
    bool remote_update_allowed = true;
    std::uint8_t default_action = 0; ///< of nodes that have heard no target yet
};

struct BootloaderTiming {
    Time base = std::chrono::seconds{5};
    std::uint32_t octets_per_second = 20'000;
    double flash_error_probability = 0;  ///< status 1
    Time boot = std::chrono::seconds{2}; ///< of any restart
};

enum class PlainBeginRefusal : std::uint8_t { access_denied, invalid_begin };

struct RemoteApi {
    Time jitter = std::chrono::seconds{20}; ///< that a countdown may get longer by
    PlainBeginRefusal locked_plain_begin = PlainBeginRefusal::access_denied;
    bool unasked_after_store = true;
    bool unasked_after_restart = true;
    bool unasked_after_target = true;
    bool lock_restarts = false; ///< whether a change of lock bits or key alone restarts the node
    std::uint16_t mtu = 102;
};

struct Parameters {
    std::uint64_t seed = 1;
    std::uint32_t network = 0x123456;
    Radio radio;
    Exchange exchange;
    OtapV1 v1;
    OtapV2 v2;
    BootloaderTiming bootloader;
    RemoteApi remote;
};

} // namespace simulator::mesh
