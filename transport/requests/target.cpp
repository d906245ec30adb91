#include "transport/requests/target.hpp"

#include "gateway/address.hpp"
#include "gateway/target_and_action.hpp"
#include "transport/requests/error_mapping.hpp"
#include "transport/sinks/conversions.hpp"
#include "transport/sinks/deadlines.hpp"
#include "transport/sinks/sink.hpp"

#include <spdlog/spdlog.h>

namespace transport::target {
namespace {

bool names_a_scratchpad(api::ScratchpadAction action)
{
    return action != api::NO_OTAP && action != api::LEGACY_OTAP;
}

/// The number given, else that of the stored scratchpad.
gateway::Task<BusResult<std::uint32_t>> given_or_stored(
    std::shared_ptr<Sink> sink, bool given, std::uint32_t value, const char* property)
{
    if (given)
        co_return value;
    auto call = sink->read(SinkInterface::otap, property);
    auto stored = co_await call;
    if (!stored)
        co_return tl::unexpected(stored.error());
    const std::uint32_t number = stored->empty() ? 0 : stored->front();
    co_return number;
}

/// Rules 6 to 11.
gateway::Task<api::ErrorCode> set(std::shared_ptr<Sink> sink, const api::TargetScratchpadAndAction& wanted)
{
    gateway::TargetAndAction wish;
    wish.action = static_cast<std::uint8_t>(wanted.action() - 1);
    if (names_a_scratchpad(wanted.action())) {
        auto sequence_task =
            given_or_stored(sink, wanted.has_target_sequence(), wanted.target_sequence(), "StoredSeq");
        const auto sequence = co_await sequence_task;
        if (!sequence)
            co_return error_code(sequence.error());
        auto crc_task = given_or_stored(sink, wanted.has_target_crc(), wanted.target_crc(), "StoredCrc");
        const auto crc = co_await crc_task;
        if (!crc)
            co_return error_code(crc.error());
        if (!gateway::is_backend_sequence(*sequence))
            co_return api::INVALID_PARAM;
        wish.sequence = static_cast<std::uint8_t>(*sequence);
        wish.crc = static_cast<std::uint16_t>(*crc);
        wish.parameter = static_cast<std::uint8_t>(delay_parameter(wanted));
    }
    const auto target = gateway::normalised(wish);
    if (!target)
        co_return api::INVALID_PARAM;

    auto set_call = sink->set_target(*target);
    const auto done = co_await set_call;
    if (done)
        co_return api::OK;
    spdlog::warn("{}: {}", sink->id(), done.error().message);
    const bool delayed = wanted.action() == api::PROPAGATE_AND_PROCESS_WITH_DELAY;
    const bool refused = done.error().fault == BusFault::application &&
                         done.error().code == gateway::ApplicationCode::invalid_value;
    if (delayed && refused) {
        // A sink refuses the repetition of an unchanged delay.
        auto read_call = sink->target(deadline::read);
        const auto now = co_await read_call;
        if (now && *now == *target)
            co_return api::OK;
    }
    co_return error_code(done.error());
}

} // namespace

api::ErrorCode check_numbers(const api::TargetScratchpadAndAction& wanted)
{
    const bool known_action = wanted.has_action() && wanted.action() != api::UNKNOWN_ACTION;
    const bool fits = wanted.target_sequence() <= 255 && wanted.target_crc() <= 0xFFFF && wanted.raw() <= 255;
    return known_action && fits ? api::OK : api::INVALID_PARAM;
}

api::ErrorCode check_values(const api::TargetScratchpadAndAction& wanted)
{
    if (!names_a_scratchpad(wanted.action()))
        return api::OK;
    if (wanted.has_target_sequence() && !gateway::is_backend_sequence(wanted.target_sequence()))
        return api::INVALID_PARAM;
    const bool delayed = wanted.action() == api::PROPAGATE_AND_PROCESS_WITH_DELAY;
    if (delayed && !gateway::is_valid_delay(static_cast<std::uint8_t>(delay_parameter(wanted))))
        return api::INVALID_PARAM;
    return api::OK;
}

gateway::Task<void> execute(RequestContext& context, RequestPtr request)
{
    const auto& wanted = request->content().set_scratchpad_target_and_action_req().target_and_action();
    auto task = set(request->sink, wanted);
    const api::ErrorCode code = co_await task;
    request->answer(code);
    context.request_status();
}

} // namespace transport::target
