// seed, network, radio, exchange, otap_v1, otap_v2, bootloader, remote_api (spec/otap-campaign.md, 13.2).
#include "simulator/scenario/reading.hpp"

namespace simulator::scenario {
namespace {

using namespace simulator::mesh;

constexpr std::int64_t largest_octet = UINT8_MAX;

/// [20 ms, 80 ms]
std::pair<Time, Time> read_range(const Value& value)
{
    const auto ends = value.list();
    if (ends.size() != 2)
        value.complain("give two times: [least, most]");
    const Time least = ends[0].duration();
    const Time most = ends[1].duration();
    if (most < least)
        value.complain("the first time is the longer one");
    return {least, most};
}

void read_exchange(const Value& value, Exchange& into)
{
    Fields fields(value);
    fields.duration("detect", into.detect);
    fields.read("rate", into.rate, [](const Value& rate) { return rate.number(1, 100'000'000); });
    fields.number("concurrent_per_node", into.concurrent_per_node, 1, largest_octet);
    fields.flag("off_mesh_while_exchanging", into.off_mesh);
    fields.share("break_probability", into.break_probability);
    fields.share("corrupt_probability", into.corrupt_probability);
    fields.finish();
}

void read_v1(const Value& value, OtapV1& into)
{
    static constexpr std::array rules = {
        Word{"strict", SequenceRule::strict}, Word{"half", SequenceRule::half}};
    static constexpr std::array late = {
        Word{"new", LateProcess::newest}, Word{"armed", LateProcess::armed}, Word{"none", LateProcess::none}};
    Fields fields(value);
    if (const auto rule = fields.find("seq_rule"))
        into.sequence_rule = meaning(rules, *rule);
    fields.flag("fail_safe", into.fail_safe);
    fields.duration("fail_safe_after", into.fail_safe_after);
    if (const auto process = fields.find("late_process"))
        into.late_process = meaning(late, *process);
    fields.finish();
}

void read_v2(const Value& value, OtapV2& into)
{
    constexpr std::int64_t legacy = 4;
    Fields fields(value);
    fields.duration("target_spread_per_hop", into.spread_per_hop);
    fields.flag("delay_survives_reboot", into.delay_survives_reboot);
    fields.flag("retry_on_error", into.retry_on_error);
    fields.flag("stop_running_delay_on_0_or_1", into.stop_running_delay);
    fields.flag("remote_update_allowed", into.remote_update_allowed);
    fields.number("default_action", into.default_action, 0, legacy);
    fields.finish();
}

void read_bootloader(const Value& value, BootloaderTiming& into)
{
    Fields fields(value);
    fields.duration("time", into.base);
    fields.number("octets_per_second", into.octets_per_second, 1, 100'000'000);
    fields.share("flash_error_probability", into.flash_error_probability);
    fields.duration("boot", into.boot);
    fields.finish();
}

void read_remote(const Value& value, RemoteApi& into)
{
    static constexpr std::array refusals = {
        Word{"access_denied", PlainBeginRefusal::access_denied},
        Word{"invalid_begin", PlainBeginRefusal::invalid_begin}};
    Fields fields(value);
    fields.duration("countdown_jitter", into.jitter);
    if (const auto refusal = fields.find("locked_plain_begin"))
        into.locked_plain_begin = meaning(refusals, *refusal);
    fields.flag("report_after_store", into.unasked_after_store);
    fields.flag("report_after_restart", into.unasked_after_restart);
    fields.flag("report_after_target", into.unasked_after_target);
    fields.flag("lock_restarts", into.lock_restarts);
    fields.number("mtu", into.mtu, 16, gateway::max_packet_size);
    fields.finish();
}

} // namespace

RadioChange read_radio(const Value& value)
{
    Fields fields(value);
    RadioChange change;
    const auto set = [&change]<typename T>(T Radio::*what, T to) {
        change.fields.emplace_back(RadioChange::Field<T>{what, to});
    };
    const auto share = [&](const std::string& name, double Radio::*what) {
        if (const auto given = fields.find(name))
            set(what, given->share());
    };
    const auto duration = [&](const std::string& name, Time Radio::*what) {
        if (const auto given = fields.find(name))
            set(what, given->duration());
    };
    const auto range = [&](const std::string& name, Time Radio::*least, Time Radio::*most) {
        if (const auto given = fields.find(name)) {
            const auto [from, to] = read_range(*given);
            set(least, from);
            set(most, to);
        }
    };
    share("loss_up", &Radio::loss_up);
    share("loss_down", &Radio::loss_down);
    share("duplicates", &Radio::duplicates);
    share("reordering", &Radio::reordering);
    share("late", &Radio::late);
    range("late_by", &Radio::late_least, &Radio::late_most);
    range("delay_per_hop", &Radio::hop_least, &Radio::hop_most);
    if (const auto rate = fields.find("uplink_rate"))
        set(&Radio::uplink_rate, rate->real(0, 100'000));
    if (const auto queue = fields.find("queue"))
        set(&Radio::queue, static_cast<std::uint32_t>(queue->number(1, 10'000'000)));
    duration("reroute_every", &Radio::reroute_every);
    duration("reroute_after", &Radio::reroute_after);
    fields.finish();
    return change;
}

void read_parameters(Fields& scenario, Parameters& into)
{
    scenario.number("seed", into.seed, 0, INT64_MAX);
    scenario.number("network", into.network, 1, gateway::max_network_address);
    if (const auto value = scenario.find("radio"))
        read_radio(*value).apply(into.radio);
    if (const auto value = scenario.find("exchange"))
        read_exchange(*value, into.exchange);
    if (const auto value = scenario.find("otap_v1"))
        read_v1(*value, into.v1);
    if (const auto value = scenario.find("otap_v2"))
        read_v2(*value, into.v2);
    if (const auto value = scenario.find("bootloader"))
        read_bootloader(*value, into.bootloader);
    if (const auto value = scenario.find("remote_api"))
        read_remote(*value, into.remote);
}

} // namespace simulator::scenario
