/// Starting and stopping the stack (spec/dual-mcu-api.md, 2.11).
#include "sink-service/dual_mcu/attribute_access.hpp"
#include "sink-service/dual_mcu/sink.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace dual_mcu {
namespace {

using gateway::ApplicationCode;
using gateway::fail;
using std::chrono::milliseconds;

constexpr milliseconds quiet_after_stop{100};
constexpr milliseconds impatient_for{1000}; ///< short probes for this long
constexpr milliseconds impatient_probe_timeout{100};
constexpr milliseconds old_answers_for{500}; ///< "running" was said before the reset
constexpr milliseconds pause_while_port_is_gone{100};
constexpr milliseconds old_rate_for{4000}; ///< of silence, before the rate is searched again
constexpr std::chrono::seconds reboot_limit_without_setting{120};
constexpr std::chrono::seconds start_limit{2};

constexpr std::uint8_t stop_result_already_stopped = 1;
constexpr std::uint8_t stop_result_access_denied = 128;

} // namespace

gateway::Task<Result<>> Sink::start_stack()
{
    const Link::ExclusiveAccess access = co_await link_.exclusive_access();
    const Result<> known = co_await reader_.read_stack_status(Turn::exclusive);
    if (!known)
        co_return fail(known.error());
    if (state_.stack_runs()) {
        // A running stack would answer "started" too; only auto-start is left to do.
        const AttributeValue on = from_integer(1, 1);
        co_await dual_mcu::write_attribute(link_, AccessPoint::msap, msap::autostart, on, Turn::exclusive);
        publish();
        co_return Result<>();
    }

    const auto confirm = co_await link_.call(StackStart{true}, Turn::exclusive);
    if (confirm) {
        const Result<> started = check_start_result(confirm->result);
        if (!started)
            co_return fail(started.error());
    }
    // A sink may stay silent when it cannot store auto-start (R23): its status tells.
    const Result<> running = co_await await_start();
    if (!running)
        co_return fail(running.error());
    co_await reader_.read_live(Turn::exclusive);
    publish();
    link_.poll_now();
    observer_.stack_started();
    co_return Result<>();
}

/// Some platforms lose the first request after a start.
gateway::Task<Result<>> Sink::await_start()
{
    const Deadline limit = Clock::now() + start_limit;
    Result<> known;
    do {
        known = co_await reader_.read_stack_status(Turn::exclusive);
        if (!known && link_.status().state == LinkState::closed)
            co_await link_.delay(pause_while_port_is_gone);
    } while (!known && Clock::now() < limit);
    if (!known)
        co_return fail(known.error());
    if (!state_.stack_runs())
        co_return fail(
            ApplicationCode::internal_error, "the stack does not start, and the sink gives no reason");
    co_return Result<>();
}

gateway::Task<Result<>> Sink::stop_stack()
{
    const Link::ExclusiveAccess access = co_await link_.exclusive_access();
    const Result<> stopped = co_await stop_and_await_reboot();
    if (!stopped)
        co_return fail(stopped.error());
    observer_.stack_stopped();
    co_return Result<>();
}

/// Holds exclusive access. The sink reboots, also when the stack was stopped already.
gateway::Task<Result<>> Sink::stop_and_await_reboot()
{
    const auto confirm = co_await link_.call(StackStop{}, Turn::exclusive);
    if (confirm && confirm->result == stop_result_access_denied)
        co_return fail(ApplicationCode::access_denied, "the sink's feature lock forbids stopping the stack");
    if (confirm && confirm->result == stop_result_already_stopped)
        co_return fail(ApplicationCode::stack_already_stopped, "the stack is stopped already");
    // No confirm: it may have been lost in the reboot. Going on to wait is right in both cases.
    const Result<> rebooted = co_await await_reboot();
    if (!rebooted)
        co_return fail(rebooted.error());

    const Result<> fixed = co_await reader_.read_fixed(Turn::exclusive);
    if (!fixed)
        co_return fail(fixed.error());
    co_await reader_.read_live(Turn::exclusive);
    co_await restore_sink_cost();
    co_await reader_.read_scratchpad(Turn::exclusive);
    expect_boot_report();
    publish();
    link_.poll_now();
    co_return Result<>();
}

gateway::Task<Result<>> Sink::await_reboot()
{
    const Deadline begun = Clock::now();
    co_await link_.delay(quiet_after_stop);
    link_.sink_rebooted();
    downlink_.sink_rebooted();
    co_return co_await await_answer(begun);
}

/// Probes until the sink answers again, for as long as it may be silent before it is lost.
gateway::Task<Result<>> Sink::await_answer(Deadline begun)
{
    const auto setting = settings_.link.max_poll_fail_duration;
    const auto limit = setting.count() == 0 ? reboot_limit_without_setting : setting;
    Deadline search_again = begun + old_rate_for;
    while (true) {
        const auto elapsed = Clock::now() - begun;
        const milliseconds timeout = elapsed < impatient_for ? impatient_probe_timeout : confirm_timeout;
        const auto status =
            co_await read_attribute(link_, AccessPoint::msap, msap::stack_status, Turn::exclusive, timeout);
        if (status) {
            const bool stopped = (to_integer(*status) & stack_status::stopped) != 0;
            if (stopped || Clock::now() - begun > old_answers_for)
                co_return Result<>();
            co_await link_.delay(pause_while_port_is_gone);
        } else if (link_.status().state == LinkState::closed) {
            co_await link_.delay(pause_while_port_is_gone);
        }
        if (!status && Clock::now() > search_again) {
            link_.search_rate_again();
            search_again = Clock::now() + old_rate_for;
        }
        if (Clock::now() - begun > limit)
            co_return fail(
                ApplicationCode::internal_error,
                fmt::format("the sink has not answered for {} s", limit.count()));
    }
}

gateway::Task<Result<>> Sink::require_stopped_stack()
{
    const Result<> known = co_await reader_.read_stack_status(Turn::control);
    if (!known)
        co_return fail(known.error());
    if (state_.stack_runs())
        co_return fail(
            ApplicationCode::stack_not_stopped, "the stack runs: stop it first (SetStackState false)");
    co_return Result<>();
}

} // namespace dual_mcu
