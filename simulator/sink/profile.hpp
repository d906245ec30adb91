/// What a device model is, as opposed to the state it is in: fixed while it runs.
#pragma once

#include "simulator/bootloader/device.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace simulator {

/// A point on the simulator's monotonic clock; only differences mean anything.
using Now = std::chrono::microseconds;
using Milliseconds = std::chrono::milliseconds;

struct Profile {
    std::uint16_t api_version = 21;                    ///< gates primitives and attributes (7.1)
    std::array<std::uint8_t, 4> firmware{5, 4, 0, 59}; ///< until a scratchpad replaces it
    std::uint8_t mtu = 102;                            ///< octets; 180 on DECT NR+ builds
    std::uint8_t packet_buffers = 32;                  ///< cPDUBufferSize
    std::uint8_t lowest_channel = 1;
    std::uint8_t highest_channel = 40;
    std::uint16_t hw_magic = 6;
    std::uint16_t stack_profile = 1;                 ///< 0x12: the item endpoints of DECT NR+ (3.2.25)
    std::uint32_t max_scratchpad_size = 1024 * 1024; ///< octets; larger is refused by START
    bool block_read_built_in = false;                ///< most sinks are built without (3.2.21)
    std::size_t indication_memory = 64;              ///< queued indications before the mesh holds
    std::size_t held_packets = 4096; ///< what the simulated mesh holds before it loses packets

    Milliseconds erase_time{0}; ///< SCRATCHPAD_START and CLEAR, silent
    Milliseconds reboot_time{300};
    Milliseconds processing_time{0};         ///< added to a reboot that processes a scratchpad
    Milliseconds transmit_time{10};          ///< of one packet: its buffer is busy for so long
    Milliseconds scan_time{500};             ///< SCAN_NBORS until its indication
    Milliseconds own_processing_delay{2000}; ///< target action 2, applied to the sink itself
    double time_factor = 1; ///< delays of target action 3 pass so much faster; the times above do not

    /// Areas and keys; null: it takes every scratchpad as its own, authentic and fitting.
    std::shared_ptr<const BootloaderDevice> bootloader;
    std::uint32_t stack_area = 0x00000103; ///< of a sink with a bootloader device

    /// Stacks up to 3.1 have other ids and 16 octets for the application configuration.
    [[nodiscard]] bool legacy_app_config(const std::array<std::uint8_t, 4>& running) const
    {
        return running[0] < 3 || (running[0] == 3 && running[1] <= 1);
    }
    [[nodiscard]] bool dect_nr() const { return stack_profile == 0x12; }

    /// Octets of a decoded frame without CRC that the device takes (1.7).
    [[nodiscard]] std::size_t receive_limit() const { return mtu + 24U; }

    /// How old a request may be when the device gets to it (1.9); zero: any age.
    [[nodiscard]] Milliseconds request_age_limit() const
    {
        if (api_version >= 18)
            return Milliseconds{450};
        if (api_version >= 16)
            return Milliseconds{300};
        return Milliseconds{api_version == 15 ? 200 : 0};
    }

    /// Broken frames are reported from API 19 on (1.8).
    [[nodiscard]] bool reports_errors() const { return api_version >= 19; }
};

} // namespace simulator
