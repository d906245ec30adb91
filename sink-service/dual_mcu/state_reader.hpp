/// Reads what is known of the sink (spec/dual-mcu-api.md, 12.2, steps 4 to 9).
#pragma once

#include "sink-service/dual_mcu/codec/attributes.hpp"
#include "sink-service/dual_mcu/link.hpp"
#include "sink-service/dual_mcu/sink_state.hpp"

namespace dual_mcu {

/// Fills a SinkState over a link. On the link's thread; both outlive it.
class StateReader {
public:
    StateReader(Link& link, SinkState& state) : link_(link), state_(state) {}

    /// Static attributes. Fails when the versions or the stack's state cannot be read: the sink is
    /// not ready then. Other values that cannot be read keep the code of their failure.
    gateway::Task<Result<>> read_fixed(Turn turn);
    gateway::Task<> read_live(Turn turn);
    gateway::Task<Result<>> read_stack_status(Turn turn);
    /// One live attribute, after it was written.
    gateway::Task<> read_one(AccessPoint access_point, std::uint16_t id, Turn turn);
    gateway::Task<> read_sink_cost(Turn turn);
    gateway::Task<> read_keys(Turn turn);
    gateway::Task<Result<>> read_scratchpad(Turn turn);

private:
    template<typename T>
    gateway::Task<> read_integer(AccessPoint access_point, std::uint16_t id, Turn turn, Reading<T>& reading);
    gateway::Task<> read_key(std::uint16_t id, Turn turn, Reading<bool>& reading);
    template<typename T>
    gateway::Task<> read_range(
        AccessPoint access_point, std::uint16_t id, Turn turn, Reading<Range<T>>& reading);

    Link& link_;
    SinkState& state_;
};

} // namespace dual_mcu
