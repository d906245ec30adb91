/// What is done to a mesh from outside: by the steps of a scenario, or by commands while it runs
/// (spec/otap-campaign.md, 13.2, events).
#pragma once

#include "gateway/remote_api/types.hpp"
#include "gateway/target_and_action.hpp"
#include "simulator/mesh/node.hpp"
#include "simulator/mesh/parameters.hpp"

#include <string>
#include <variant>
#include <vector>

namespace simulator::mesh {

namespace action {

struct PowerOff {
    NodeIndex node = no_node;
};
struct PowerOn {
    NodeIndex node = no_node;
};
struct Restart {
    NodeIndex node = no_node;
};
/// To another place; also how a node gets out of everybody's reach.
struct Move {
    NodeIndex node = no_node;
    std::vector<NodeIndex> neighbours;
};
/// As if somebody had loaded it there; a sink gets it behind its gateway's back. No image: cleared.
struct Store {
    NodeIndex node = no_node;
    Stored stored;
};
/// One bit of what is stored goes wrong, unnoticed.
struct Damage {
    NodeIndex node = no_node;
};
struct Lock {
    NodeIndex node = no_node;
    std::uint32_t bits = gateway::remote_api::everything_allowed;
    gateway::remote_api::LockKey key = gateway::remote_api::no_lock_key;
};
/// The next run of the node's bootloader ends with this.
struct BootloaderStatus {
    NodeIndex node = no_node;
    std::uint8_t status = 0;
};
/// Another sink in the place of this one: other address, nothing stored.
struct SwapSink {
    SinkIndex sink = 0;
    std::uint32_t address = 0;
};
/// A target that the gateway knows nothing of.
struct SetTarget {
    SinkIndex sink = 0;
    gateway::TargetAndAction target;
};
struct SetRadio {
    RadioChange change;
};
/// A line on the program's output, for whoever runs the parts that the mesh cannot reach.
struct Tell {
    std::string text;
};

} // namespace action

using Action = std::variant<
    action::PowerOff, action::PowerOn, action::Restart, action::Move, action::Store, action::Damage,
    action::Lock, action::BootloaderStatus, action::SwapSink, action::SetTarget, action::SetRadio,
    action::Tell>;

/// A share of the nodes that hold a sequence, or have processed it.
struct Condition {
    bool processed = false;
    std::uint8_t sequence = 0;
    double share = 1; ///< 0 to 1 of all nodes
};

/// Actions at a time, again and again, or once when something has come true.
struct Step {
    std::optional<Time> at;
    std::optional<Time> every;
    std::optional<Condition> when;
    std::vector<Action> actions;
    bool done = false; ///< of a condition
};

struct State;

/// Does it now.
void perform(State& state, const Action& action);

/// Schedules what has a time.
void plan_script(State& state);
void perform_step(State& state, std::uint32_t step);
/// Performs the steps whose conditions have come true.
void check_conditions(State& state);

} // namespace simulator::mesh
