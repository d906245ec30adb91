/// The attributes that a node tells and takes over the Remote API (spec/remote-api.md, 5, 14).
#pragma once

#include "gateway/remote_api/types.hpp"
#include "simulator/mesh/state.hpp"

namespace simulator::mesh {

/// A number for an attribute, for maps.
constexpr std::uint32_t key_of(gateway::remote_api::Attribute attribute)
{
    return static_cast<std::uint32_t>(attribute.set) << 16 | attribute.id;
}
constexpr gateway::remote_api::Attribute attribute_of(std::uint32_t key)
{
    return {
        gateway::remote_api::AttributeSet{static_cast<std::uint8_t>(key >> 16)},
        static_cast<std::uint16_t>(key)};
}

/// The value, or the error that stands for it.
struct AttributeAnswer {
    std::optional<gateway::remote_api::ErrorType> error;
    gateway::Bytes value;
};
AttributeAnswer read_attribute(const State& state, NodeIndex node, gateway::remote_api::Attribute attribute);

/// Whether a value may be buffered, and if not, why not.
std::optional<gateway::remote_api::ErrorType> check_write(
    gateway::remote_api::Attribute attribute, gateway::ByteView value, bool broadcast);

/// Takes a checked value into use.
void write_attribute(
    State& state, NodeIndex node, gateway::remote_api::Attribute attribute, gateway::ByteView value);

} // namespace simulator::mesh
