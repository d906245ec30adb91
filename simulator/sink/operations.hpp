/// What several families of primitives do to the state of a sink.
#pragma once

#include "simulator/sink/state.hpp"

namespace simulator {

// stack.cpp

/// Bits of mStackStatus (4.2).
std::uint8_t stack_status_of(const SinkState& state);
/// Starts the stack where its settings allow it; true when it runs then.
bool try_to_start(SinkState& state);

// app_config.cpp

bool is_diagnostics_interval(std::uint16_t seconds);
/// Takes a configuration that differs from the stored one: stores, distributes and indicates it.
/// The sequence counts up by itself from API 16 on.
void store_app_config(SinkState& state, dual_mcu::AppConfig config, Now now);

// target.cpp

/// Result of TARGET_WRITE but for role and lock: 0 or 2. Stores, distributes and indicates.
std::uint8_t store_target(SinkState& state, const dual_mcu::ScratchpadTarget& target, Now now);
/// When the sink applies its own target to the scratchpad it has (6.6): sets or clears the time.
void plan_own_processing(SinkState& state, Now now);

// config_items.cpp

/// CONFIG_DATA_ITEM_RX, where the API version has items. Endpoints of items that older primitives
/// also reach are those of the profile.
enum class FixedItem : std::uint8_t { diagnostics_interval, app_config, target };
void indicate_item(SinkState& state, FixedItem item, Now now);

// data.cpp

/// Lets packets leave whose time has come, and indicates the tracked ones.
void transmit_due(SinkState& state, Now now);

// uplink.cpp

/// Makes indications of a packet. False when they do not fit the indication memory now.
bool indicate_packet(SinkState& state, const UplinkPacket& packet, Now now);
/// Lets the mesh deliver what it holds, as far as there is room.
void take_held(SinkState& state, Now now);
bool has_indication_room(const SinkState& state, std::size_t indications);

// bootloader.cpp

/// Processes a marked scratchpad (spec/scratchpad-format.md, 13).
void run_bootloader(SinkState& state);
[[nodiscard]] bool bootloader_has_work(const Persistent& persistent);

// sink.cpp

/// Queues something for the mesh.
void give_to_mesh(SinkState& state, ToMesh what);

} // namespace simulator
