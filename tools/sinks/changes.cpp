#include "tools/sinks/changes.hpp"

#include "gateway/address.hpp"
#include "tools/local/values.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gateway::tools {
namespace {

using local::SinkFacts;

constexpr std::array<std::uint16_t, 7> diagnostics_intervals = {0, 30, 60, 120, 300, 600, 1800};
constexpr std::uint16_t usual_app_config_size = 80; ///< where the sink does not tell

std::string plain(std::uint64_t value)
{
    return std::to_string(value);
}

std::string access_cycle_in_words(std::uint16_t min, std::uint16_t max)
{
    return fmt::format("{} to {} ms", min, max);
}

std::string key_in_words(const Result<bool>& is_set)
{
    if (!is_set)
        return "unknown";
    return *is_set ? "set" : "not set";
}

void check_limits(
    std::string_view what, std::uint32_t value, const Result<std::uint32_t>& min,
    const Result<std::uint32_t>& max)
{
    if (min && max && (value < *min || value > *max))
        throw std::runtime_error(
            fmt::format("{} {} is outside of what this sink can: {} to {}", what, value, *min, *max));
}

void check(const SinkFacts& facts, const SinkWishes& wishes)
{
    if (wishes.network_channel)
        check_limits("channel", *wishes.network_channel, facts.channel_min, facts.channel_max);
    if (wishes.access_cycle) {
        check_limits(
            "access cycle", wishes.access_cycle->first, facts.access_cycle_lowest,
            facts.access_cycle_highest);
        check_limits(
            "access cycle", wishes.access_cycle->second, facts.access_cycle_lowest,
            facts.access_cycle_highest);
    }
    const std::size_t room = facts.app_config_max_size.value_or(usual_app_config_size);
    if (wishes.app_config_data && wishes.app_config_data->size() > room)
        throw std::runtime_error(fmt::format(
            "the app config has {} octets, this sink takes {}", wishes.app_config_data->size(), room));
    if (wishes.diagnostics_interval &&
        std::ranges::find(diagnostics_intervals, *wishes.diagnostics_interval) == diagnostics_intervals.end())
        throw std::runtime_error(fmt::format(
            "a diagnostics interval of {} s is not possible; give one of {}", *wishes.diagnostics_interval,
            fmt::join(diagnostics_intervals, ", ")));
}

/// What the app config becomes: the sink's own with the wishes in it. The sequence grows with every
/// new content, because nodes take over newer ones only.
local::AppConfig wanted_app_config(const SinkFacts& facts, const SinkWishes& wishes)
{
    local::AppConfig wanted = facts.app_config.value_or(local::AppConfig{});
    wanted.sequence = wishes.app_config_sequence.value_or(static_cast<std::uint8_t>(wanted.sequence + 1));
    if (wishes.diagnostics_interval)
        wanted.diagnostics_interval = *wishes.diagnostics_interval;
    if (wishes.app_config_data)
        wanted.data = *wishes.app_config_data;
    return wanted;
}

/// Sinks choose the sequence themselves (spec/sink-dbus-api.md, 3.2): it is not compared.
bool same_content(const Result<local::AppConfig>& now, const local::AppConfig& wanted)
{
    return now && now->diagnostics_interval == wanted.diagnostics_interval &&
           std::ranges::equal(local::without_padding(now->data), local::without_padding(wanted.data));
}

class Planner {
public:
    explicit Planner(const SinkFacts& facts) : facts_(facts) {}

    /// A value that is one property; `in_words` is what people read.
    template<typename T, typename Words>
    void property(
        const char* setting, const std::optional<T>& wish, Result<T> SinkFacts::*fact, bool needs_stop,
        Words in_words, std::function<void(local::Sink&, T)> write)
    {
        if (!wish)
            return;
        const T wanted = *wish;
        add({
            .setting = setting,
            .wanted = in_words(wanted),
            .needs_stop = needs_stop,
            .now =
                [fact, in_words](const SinkFacts& facts) {
                    return facts.*fact ? in_words(*(facts.*fact)) : std::string("not set");
                },
            .holds = [fact,
                      wanted](const SinkFacts& facts) { return facts.*fact && *(facts.*fact) == wanted; },
            .write = [wanted, write = std::move(write)](local::Sink& sink) { write(sink, wanted); },
        });
    }

    void key(
        const char* setting, const std::optional<local::Key>& wish, const char* property,
        Result<bool> SinkFacts::*is_set)
    {
        if (!wish)
            return;
        changes_.push_back({
            .setting = setting,
            .wanted = "new key",
            .needs_stop = true,
            .now = [is_set](const SinkFacts& facts) { return key_in_words(facts.*is_set); },
            .holds = [is_set](const SinkFacts& facts) { return (facts.*is_set).value_or(false); },
            .write = [key = *wish, property](local::Sink& sink) { sink.set_key(property, key); },
        });
    }

    /// Left out when the sink has the value already.
    void add(Change change)
    {
        if (!change.holds(facts_))
            changes_.push_back(std::move(change));
    }

    std::vector<Change> take() { return std::move(changes_); }

private:
    const SinkFacts& facts_;
    std::vector<Change> changes_;
};

} // namespace

bool SinkWishes::empty() const
{
    return !node_address && !node_role && !network_address && !network_channel && !channel_map &&
           !keys.cipher && !keys.authentication && !clear_keys && !app_config_sequence &&
           !diagnostics_interval && !app_config_data && !access_cycle && !sink_cost;
}

std::vector<Change> plan_changes(const SinkFacts& facts, const SinkWishes& wishes)
{
    check(facts, wishes);
    Planner planner(facts);
    planner.property<std::uint32_t>(
        "node address", wishes.node_address, &SinkFacts::node_address, true, local::address_in_words,
        [](local::Sink& sink, std::uint32_t value) { sink.set_number("NodeAddress", value); });
    planner.property<std::uint8_t>(
        "node role", wishes.node_role, &SinkFacts::node_role, true, role_in_words,
        [](local::Sink& sink, std::uint8_t value) { sink.set_octet("NodeRole", value); });
    planner.property<std::uint32_t>(
        "network address", wishes.network_address, &SinkFacts::network_address, true,
        local::network_address_in_words,
        [](local::Sink& sink, std::uint32_t value) { sink.set_number("NetworkAddress", value); });
    planner.property<std::uint8_t>(
        "network channel", wishes.network_channel, &SinkFacts::network_channel, true, plain,
        [](local::Sink& sink, std::uint8_t value) { sink.set_octet("NetworkChannel", value); });
    planner.property<std::uint32_t>(
        "channel map", wishes.channel_map, &SinkFacts::channel_map, true,
        [](std::uint32_t map) { return fmt::format("0x{:08X}", map); },
        [](local::Sink& sink, std::uint32_t value) { sink.set_number("ChannelMap", value); });
    planner.key(
        "authentication key", wishes.keys.authentication, "AuthenticationKey",
        &SinkFacts::authentication_key_set);
    planner.key("cipher key", wishes.keys.cipher, "CipherKey", &SinkFacts::cipher_key_set);
    if (wishes.clear_keys)
        planner.add({
            .setting = "network keys",
            .wanted = "not set",
            .needs_stop = true,
            .now =
                [](const SinkFacts& now) {
                    return fmt::format(
                        "cipher {}, authentication {}", key_in_words(now.cipher_key_set),
                        key_in_words(now.authentication_key_set));
                },
            .holds =
                [](const SinkFacts& now) {
                    return !now.cipher_key_set.value_or(true) && !now.authentication_key_set.value_or(true);
                },
            .write = [](local::Sink& sink) { sink.clear_keys(); },
        });
    if (wishes.app_config_sequence || wishes.diagnostics_interval || wishes.app_config_data) {
        const local::AppConfig wanted = wanted_app_config(facts, wishes);
        planner.add({
            .setting = "app config",
            .wanted = local::app_config_in_words(wanted),
            .needs_stop = false,
            .now =
                [](const SinkFacts& now) {
                    return now.app_config ? local::app_config_in_words(*now.app_config)
                                          : std::string("not set");
                },
            .holds = [wanted](const SinkFacts& now) { return same_content(now.app_config, wanted); },
            .write = [wanted](local::Sink& sink) { sink.set_app_config(wanted); },
        });
    }
    if (wishes.access_cycle) {
        const auto [min, max] = *wishes.access_cycle;
        planner.add({
            .setting = "access cycle range",
            .wanted = access_cycle_in_words(min, max),
            .needs_stop = false,
            .now =
                [](const SinkFacts& now) {
                    if (!now.access_cycle_min || !now.access_cycle_max)
                        return std::string("not set");
                    return access_cycle_in_words(*now.access_cycle_min, *now.access_cycle_max);
                },
            .holds =
                [min = min, max = max](const SinkFacts& now) {
                    return now.access_cycle_min && now.access_cycle_max && *now.access_cycle_min == min &&
                           *now.access_cycle_max == max;
                },
            .write = [min = min, max = max](local::Sink& sink) { sink.set_access_cycle(min, max); },
        });
    }
    planner.property<std::uint8_t>(
        "sink cost", wishes.sink_cost, &SinkFacts::sink_cost, false, plain,
        [](local::Sink& sink, std::uint8_t value) { sink.set_octet("SinkCost", value); });
    return planner.take();
}

} // namespace gateway::tools
