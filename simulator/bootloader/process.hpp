/// What a bootloader does with a marked scratchpad, on its real octets: integrity, keys, areas
/// (spec/scratchpad-format.md, 12, 13). Pure.
#pragma once

#include "gateway/firmware_version.hpp"
#include "simulator/bootloader/device.hpp"

#include <memory>
#include <span>

namespace simulator {

/// The status byte that it leaves (spec/scratchpad-format.md, 12).
namespace bootloader_status {
inline constexpr std::uint8_t success = 0;
inline constexpr std::uint8_t flash_error = 1;
inline constexpr std::uint8_t bad_header = 2;
inline constexpr std::uint8_t bad_crc = 3;
inline constexpr std::uint8_t not_authentic = 4;
inline constexpr std::uint8_t decompression_failed = 5;
inline constexpr std::uint8_t no_space = 6;
inline constexpr std::uint8_t bad_file_header = 7;
} // namespace bootloader_status

struct WrittenArea {
    std::uint32_t id = 0;
    gateway::FirmwareVersion version{};
    std::uint32_t octets = 0; ///< of the image, as it runs
};

struct BootloaderOutcome {
    std::uint8_t status = bootloader_status::success;
    std::vector<WrittenArea> written; ///< also when a later area failed: there is no way back
};

/// Runs over a whole file.
BootloaderOutcome run_bootloader(gateway::ByteView file, const BootloaderDevice& device);

/// Remembers outcomes: thousands of equal nodes process the same file.
class BootloaderRuns {
public:
    /// As `run_bootloader` of the image; `device` stands for a model that never changes.
    const BootloaderOutcome& run(
        const std::shared_ptr<const gateway::Bytes>& image, std::size_t model,
        const BootloaderDevice& device);

private:
    struct Run {
        std::weak_ptr<const gateway::Bytes> image;
        std::size_t model;
        BootloaderOutcome outcome;
    };
    static constexpr std::size_t most = 64;
    std::vector<Run> runs_;
};

} // namespace simulator
