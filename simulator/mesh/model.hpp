/// What nodes of one kind have in common: hardware, areas and keys of the bootloader, habits.
#pragma once

#include "gateway/address.hpp"
#include "gateway/firmware_version.hpp"
#include "simulator/bootloader/device.hpp"
#include "simulator/mesh/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace simulator::mesh {

enum class NodeKind : std::uint8_t {
    router,
    non_router, ///< nobody's next hop
    control,    ///< a directed advertiser: speaks to its router alone, and never answers the Remote API
    sink,
};

/// Packets that a node sends by itself, at regular times.
struct Report {
    enum class Content : std::uint8_t {
        application,  ///< a running number (u32), then octets that follow from it
        diagnostics,  ///< of a node: 253 to 255; the third octet is the role
        control_node, ///< endpoints 237 (spec/remote-api.md, 6)
    };
    Content content = Content::application;
    Time every = std::chrono::minutes{1};
    std::uint8_t source_endpoint = 1;
    std::uint8_t destination_endpoint = 1;
    std::uint8_t qos = 0;
    std::uint16_t octets = 16; ///< of an application's packet, 4..1500
};

/// A node that is awake for a while now and then.
struct Sleep {
    Time every{0};
    Time awake{0};
};

struct Model {
    std::string name;
    NodeKind kind = NodeKind::router;
    bool low_latency = true;
    gateway::FirmwareVersion stack{5, 1, 0, 80};
    std::uint32_t stack_area = 0x00000103;
    gateway::FirmwareVersion application{1, 0, 0, 0};
    std::uint32_t application_area = 0x83744C03;
    BootloaderDevice bootloader;            ///< areas and keys
    std::uint32_t capacity = 500'000;       ///< octets of the largest scratchpad that fits
    std::optional<std::size_t> status_size; ///< of status answers; else that of the running stack
    std::vector<Report> reports;
    std::optional<Sleep> sleep;
    std::uint16_t millivolts = 3300;
    std::optional<std::uint16_t> silent_after; ///< processed scratchpads; then it never speaks again
    Time access_cycle = std::chrono::seconds{2};

    [[nodiscard]] std::uint8_t role() const
    {
        using namespace gateway;
        const std::uint8_t base = kind == NodeKind::sink     ? role::sink
                                  : kind == NodeKind::router ? role::router | role::autorole
                                                             : role::non_router;
        return static_cast<std::uint8_t>(base | (low_latency ? role::low_latency : 0));
    }
};

} // namespace simulator::mesh
