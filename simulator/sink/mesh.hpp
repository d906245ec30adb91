/// What passes between a sink and the mesh behind it. A simulated mesh feeds the first and consumes
/// the others; without one they are what a person or a test injects and inspects.
#pragma once

#include "gateway/bytes.hpp"
#include "simulator/sink/profile.hpp"
#include "sink-service/dual_mcu/codec/data_service.hpp"
#include "sink-service/dual_mcu/codec/scratchpad.hpp"

#include <variant>

namespace simulator {

/// A packet that reached the sink, whole: the sink cuts it into fragments above its MTU.
struct UplinkPacket {
    std::uint32_t source = 0;
    std::uint8_t source_endpoint = 0;
    std::uint32_t destination = 0; ///< 0 or any_sink_address: the sink reports its own address
    std::uint8_t destination_endpoint = 0;
    std::uint8_t qos = 0;
    std::uint8_t hop_count = 1;    ///< 0 unknown .. 63
    std::uint32_t travel_time = 0; ///< 1/128 s, until it reached the sink
    gateway::Bytes payload;        ///< 1..1500 octets
};

/// A packet that left the sink for the mesh, whole: fragments are joined.
struct DownlinkPacket {
    dual_mcu::TxHeader header;
    std::uint32_t source = 0;          ///< the sink
    std::uint32_t buffering_delay = 0; ///< 1/128 s, as the host gave it
    std::size_t fragments = 1;
    gateway::Bytes payload;
};

struct AppConfigDistributed {
    dual_mcu::AppConfig config;
};

struct TargetDistributed {
    dual_mcu::ScratchpadTarget target;
};

struct SinkCostChanged {
    std::uint8_t cost = 0;
};

/// What the sink gives to the mesh, in order.
using ToMesh = std::variant<DownlinkPacket, AppConfigDistributed, TargetDistributed, SinkCostChanged>;

} // namespace simulator
