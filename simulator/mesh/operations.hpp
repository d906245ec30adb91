/// What happens to the nodes of a mesh: functions over its state at its present time, grouped by the
/// file that has them. Rows are those of spec/otap-campaign.md, 2.3.
#pragma once

#include "simulator/mesh/state.hpp"

namespace simulator::mesh {

// lifecycle.cpp

/// Power comes: the bootloader finishes a marked scratchpad (row 28), else the node boots.
void power_on(State& state, NodeIndex node);
/// Power goes: what is in RAM is lost, exchanges end (row 5).
void power_off(State& state, NodeIndex node);
/// A restart for any reason (row 20); the bootloader takes a marked scratchpad.
void restart(State& state, NodeIndex node);
/// Starts the program that is there.
void boot(State& state, NodeIndex node);
void finish_boot(State& state, NodeIndex node);
void fall_asleep(State& state, NodeIndex node);
void wake(State& state, NodeIndex node);
/// Another place: other neighbours, and no route until it has found one.
void move_node(State& state, NodeIndex node, std::span<const NodeIndex> neighbours);

// routing.cpp

/// Routes for everybody; `drift`: also where there is no need, for radio changes.
void reroute(State& state, bool drift);
/// Soon: somebody's absence or presence has been noticed.
void plan_reroute(State& state);
/// The best route among the neighbours as they are now.
void find_route(State& state, NodeIndex node);
void lose_route(State& state, NodeIndex node);

// exchange.cpp

/// Looks for something to fetch, now that something may have changed around it (rows 1, 2).
void look_around(State& state, NodeIndex node);
/// The same for its neighbours: what it offers has changed.
void tell_neighbours(State& state, NodeIndex node);
void detect(State& state, NodeIndex node);
void finish_transfer(State& state, NodeIndex node);
void break_transfer(State& state, NodeIndex node);
/// It is gone in the middle, as a fetcher or as a server (row 5).
void abandon_exchanges(State& state, NodeIndex node);
/// A scratchpad is there, however it came (row 3).
void take_stored(State& state, NodeIndex node, Stored stored);
void clear_stored(State& state, NodeIndex node); ///< row 34

// target.cpp

/// A sink has another target: it spreads from there.
void spread_target(State& state, SinkIndex sink);
/// The node will hear its sink's target before long, where it needs to.
void expect_target(State& state, NodeIndex node);
void hear_target(State& state, NodeIndex node);
/// What the target makes a node do with what it stores now (rows 6 to 13).
void follow_target(State& state, NodeIndex node);
void end_delay(State& state, NodeIndex node);

// processing.cpp

/// Marks what is stored and restarts into the bootloader.
void process(State& state, NodeIndex node);
void finish_bootloader(State& state, NodeIndex node);
/// Row 17: what was buffered happens.
void end_countdown(State& state, NodeIndex node);
void stop_countdown(Node& node);
/// Row 29, where all three conditions hold now.
void check_fail_safe(State& state, NodeIndex node);

// transport.cpp

struct Outgoing {
    std::uint8_t source_endpoint = 0;
    std::uint8_t destination_endpoint = 0;
    std::uint8_t qos = 0;
    gateway::Bytes payload;
};
/// From a node to its sink; lost without a word where there is no way.
void send_up(State& state, NodeIndex node, Outgoing packet);
void arrive_at_sink(State& state, std::uint32_t slot);
/// From a sink to a node, to those of its tree, or to sinks that hear it.
struct Downlink {
    std::uint32_t destination = 0;
    std::uint8_t source_endpoint = 0;
    std::uint8_t destination_endpoint = 0;
    std::uint8_t qos = 0;
    std::uint8_t hop_limit = 0; ///< 0: none
    gateway::Bytes payload;
};
void send_down(State& state, SinkIndex sink, Downlink packet);
void arrive_at_node(State& state, NodeIndex node, std::uint32_t slot);

// traffic.cpp

void plan_reports(State& state, NodeIndex node);
void report(State& state, NodeIndex node, std::uint32_t which);
/// A status that nobody asked for, in a moment.
void plan_status(State& state, NodeIndex node);
void tell_status(State& state, NodeIndex node);

} // namespace simulator::mesh
