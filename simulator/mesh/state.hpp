/// Everything about a mesh, in plain structures; what happens to it is in operations.hpp.
#pragma once

#include "simulator/bootloader/process.hpp"
#include "simulator/mesh/comparison.hpp"
#include "simulator/mesh/model.hpp"
#include "simulator/mesh/node.hpp"
#include "simulator/mesh/packets.hpp"
#include "simulator/mesh/parameters.hpp"
#include "simulator/mesh/random.hpp"
#include "simulator/mesh/script.hpp"
#include "simulator/mesh/topology.hpp"

#include <array>
#include <string>
#include <variant>

namespace simulator::mesh {

/// What the mesh knows of a sink beside its node; a sink's node has the same index.
struct Sink {
    std::string name;             ///< "gw-a/sink0"
    std::string gateway;          ///< "gw-a"; empty: none is named
    std::vector<SinkIndex> hears; ///< sinks whose broadcasts reach it
    Time takes_next = Time{0};    ///< when it has room for another packet (uplink rate)
    std::uint64_t delivered = 0;  ///< packets given to it
    std::uint64_t overflowed = 0; ///< packets that its queue had no room for
    std::uint32_t app_config_interval = 0;
    Time sent_at = Time{-1};                ///< the last packet to the mesh
    std::vector<std::uint32_t> sent_then{}; ///< identities of those that it sent at that moment
};

/// What happens to a sink because of the mesh.
namespace to_sink {
struct Packet {
    PacketInFlight packet;
    Time travelled{0};
};
struct Erased {}; ///< its scratchpad, because it fetches another
struct Received { ///< a scratchpad, through the air
    Stored stored;
};
struct PoweredOff {}; ///< by a script
struct PoweredOn {};
struct Swapped {
    std::uint32_t address = 0;
};
struct Targeted { ///< behind its gateway's back
    gateway::TargetAndAction target;
};
struct Locked { ///< by a script
    std::uint32_t bits = gateway::remote_api::everything_allowed;
    gateway::remote_api::LockKey key = gateway::remote_api::no_lock_key;
};
struct BootloaderEnds { ///< its next run, with this
    std::uint8_t status = 0;
};
struct Processes {}; ///< marks its scratchpad and reboots
struct Restarts {};
struct Written { ///< an attribute, by the Remote API
    gateway::remote_api::Attribute attribute;
    gateway::Bytes value;
};
} // namespace to_sink

struct ToSink {
    SinkIndex sink = 0;
    Time at{0};
    std::variant<
        to_sink::Packet, to_sink::Erased, to_sink::Received, to_sink::Processes, to_sink::Restarts,
        to_sink::Written, to_sink::PoweredOff, to_sink::PoweredOn, to_sink::Swapped, to_sink::Targeted,
        to_sink::Locked, to_sink::BootloaderEnds>
        what;
};

/// For tests and people.
struct Counters {
    std::uint64_t events = 0;
    std::uint64_t uplink_sent = 0; ///< by nodes, duplicates not counted
    std::uint64_t uplink_lost = 0; ///< on the air, for want of a route, or at a stopped sink
    std::uint64_t uplink_overflowed = 0;
    std::uint64_t uplink_delivered = 0;
    std::uint64_t downlink_sent = 0; ///< by sinks
    std::uint64_t downlink_lost = 0; ///< per node that should have heard it
    std::uint64_t downlink_heard = 0;
    std::uint64_t requests = 0; ///< Remote API packets that a node answered
    std::uint64_t transfers = 0;
    std::uint64_t transfers_failed = 0;
    std::uint64_t processed = 0;
    std::uint64_t restarts = 0;
    std::uint64_t fail_safes = 0;
    std::uint64_t reroutes = 0;
};

/// How many nodes hold what, kept up to date: conditions of a script look at it all the time.
struct Census {
    std::array<std::uint32_t, 256> stored{};    ///< by sequence
    std::array<std::uint32_t, 256> processed{}; ///< by sequence of what is stored and has status 0
};

struct State {
    explicit State(Parameters given) : parameters(given), random(given.seed) {}

    Parameters parameters;
    Random random;
    std::vector<Model> models;
    std::vector<Sink> sinks;
    std::vector<Node> nodes; ///< sinks first
    Topology topology;
    std::vector<std::pair<std::uint32_t, NodeIndex>> by_address; ///< in order
    EventQueue events;
    Time now{0};
    PacketPool packets;
    std::vector<ToSink> to_sinks; ///< what has to be done to them, in order
    Counters counters;
    Census census;
    BootloaderRuns bootloader_runs;
    std::vector<Step> script;
    std::vector<std::string> notices; ///< that the script told; bounded
    bool has_conditions = false;
    bool reroute_planned = false;

    [[nodiscard]] const Model& model_of(const Node& node) const { return models[node.model]; }
    [[nodiscard]] bool is_sink(NodeIndex node) const { return node < sinks.size(); }
    [[nodiscard]] NodeIndex find(std::uint32_t address) const; ///< no_node: nobody has it
};

/// Whether it hears and sends: it has power, is awake, and does not exchange a scratchpad off the mesh.
bool is_on_mesh(const State& state, const Node& node);

/// Whether it follows OTAPv1 now (1.3): by its running stack, and by action 4.
bool follows_v1(const Node& node);

/// Whether it takes part in OTAP at all.
bool takes_part(const Node& node);

Offer offer_of(const Node& node);

/// Adds an event for a node at `time`.
void schedule(State& state, NodeIndex node, EventKind kind, Time time, std::uint32_t data = 0);

/// Gives a node another address, where nobody else has it; else it keeps its own: of two nodes with one
/// address the mesh would hear only one anyway.
void change_address(State& state, NodeIndex node, std::uint32_t address);

/// Replaces what a node stores; the only way to do so, for it keeps the census.
void set_stored(State& state, NodeIndex node, Stored stored);

} // namespace simulator::mesh
