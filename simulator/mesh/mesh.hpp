/// A mesh behind simulated sinks: a discrete-event simulation without I/O and without a clock of its own
/// (spec/otap-campaign.md, 2 and 13). The same seed and the same calls at the same times lead to the
/// same packets, octet for octet. Not thread-safe.
#pragma once

#include "simulator/mesh/operations.hpp"

namespace simulator::mesh {

/// A node as the mesh finds it at its beginning.
struct NodeSetup {
    std::uint32_t address = 0;
    std::uint16_t model = 0;
    Stored stored;
    Origin stack; ///< the version of an unknown origin is the model's
    Origin application;
    gateway::remote_api::LockKey lock_key = gateway::remote_api::no_lock_key;
    std::uint32_t lock_bits = gateway::remote_api::everything_allowed;
    bool powered = true;
};

struct SinkSetup {
    std::string name;
    std::string gateway;
    std::vector<SinkIndex> hears;
    NodeSetup node;
};

struct Setup {
    Parameters parameters;
    std::vector<Model> models;
    std::vector<SinkSetup> sinks;
    std::vector<NodeSetup> nodes;
    std::vector<Link> links; ///< by index: sinks first, then nodes
    std::vector<Step> script;
};

/// What a sink is at this moment, as far as the mesh can notice.
struct SinkView {
    std::uint32_t address = 0; ///< 0: none is set; it keeps the one that the mesh knows
    bool runs = false;
    Stored stored;
    gateway::TargetAndAction target;
    Origin stack; ///< with the version that runs
    gateway::remote_api::LockKey lock_key = gateway::remote_api::no_lock_key;
    std::uint32_t lock_bits = gateway::remote_api::everything_allowed;

    friend bool operator==(const SinkView&, const SinkView&) = default;
};

class Mesh {
public:
    /// Throws std::invalid_argument when two nodes have one address.
    explicit Mesh(Setup setup);

    /// Lets everything happen that is due up to and including `time`, which becomes the present.
    void advance(Time time);

    /// The same, event by event: handles those of the next moment, if that is not after `limit`.
    /// False when there was none; the present is `limit` then.
    bool step(Time limit);

    [[nodiscard]] Time now() const { return state_.now; }
    [[nodiscard]] std::optional<Time> next_event() const { return state_.events.next(); }

    /// Tells what a sink is now. Does nothing when that is what it was.
    void sink_is(SinkIndex sink, const SinkView& view);

    /// A packet that a sink sends to the mesh, now.
    void send_down(SinkIndex sink, Downlink packet)
    {
        simulator::mesh::send_down(state_, sink, std::move(packet));
    }

    /// What has to be done to the sinks since the last call, in order.
    std::vector<ToSink> take_for_sinks() { return std::exchange(state_.to_sinks, {}); }

    /// What the script told since the last call.
    std::vector<std::string> take_notices() { return std::exchange(state_.notices, {}); }

    [[nodiscard]] const State& state() const { return state_; }
    /// To change the mesh from outside, with the functions of operations.hpp.
    [[nodiscard]] State& mutable_state() { return state_; }

private:
    void handle(const Event& event);

    State state_;
    std::vector<SinkView> views_;
};

} // namespace simulator::mesh
