#include "transport/sinks/config_reader.hpp"

#include "transport/latch.hpp"
#include "transport/sinks/deadlines.hpp"
#include "transport/sinks/sink_memory.hpp"

#include <algorithm>
#include <chrono>
#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr std::chrono::milliseconds shortest_wait{1}; ///< 0 would be the bus library's default

bool belongs_to_otap(const PropertyRow& r)
{
    return r.interface == SinkInterface::otap || r.property == Property::firmware_version ||
           r.property == Property::stack_status;
}

/// All properties that `wanted` names, under way at the same time.
std::vector<std::optional<BusCall<PropertyValue>>> start_reads(Sink& sink, bool (*wanted)(const PropertyRow&))
{
    std::vector<std::optional<BusCall<PropertyValue>>> calls(property_count);
    for (std::size_t i = 0; i < property_count; ++i)
        if (wanted(property_rows.at(i)))
            calls[i].emplace(sink.read(property_rows.at(i).interface, property_rows.at(i).name));
    return calls;
}

/// Reads the properties that `wanted` names, and the target, all of it within the time for one call. The
/// firmware's version comes first: it says whether there is a target to ask for beside the rest.
gateway::Task<void> read_properties(Sink& sink, SinkReading& reading, bool (*wanted)(const PropertyRow&))
{
    const auto until = std::chrono::steady_clock::now() + deadline::read;
    auto calls = start_reads(sink, wanted);
    auto& version_call = calls.at(static_cast<std::size_t>(Property::firmware_version));
    BusCall<PropertyValue>& version_answer = *version_call;
    auto version_result = co_await version_answer;
    version_call.reset();
    const Reading<PropertyValue>& version = reading[Property::firmware_version] =
        reading_of(std::move(version_result));
    std::optional<BusCall<gateway::TargetAndAction>> target_call;
    if (has_target(version)) {
        const auto left =
            std::chrono::ceil<std::chrono::microseconds>(until - std::chrono::steady_clock::now());
        target_call.emplace(sink.target(std::max<std::chrono::microseconds>(left, shortest_wait)));
    } else {
        reading.target.outcome = version.outcome == Outcome::failed ? Outcome::failed : Outcome::absent;
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
        if (!calls[i])
            continue;
        BusCall<PropertyValue>& call = *calls[i];
        auto result = co_await call;
        reading.properties.at(i) = reading_of(std::move(result));
    }
    if (!target_call)
        co_return;
    BusCall<gateway::TargetAndAction>& target_answer = *target_call;
    auto target = co_await target_answer;
    reading.target = reading_of(std::move(target));
}

} // namespace

gateway::Task<SinkReading> read_everything(std::shared_ptr<Sink> sink)
{
    SinkReading reading;
    auto app_config_call = sink->app_config();
    auto config_data_call = sink->config_data_content();
    auto properties = read_properties(*sink, reading, [](const PropertyRow&) { return true; });
    co_await properties;
    auto app_config = co_await app_config_call;
    reading.app_config = reading_of(std::move(app_config));
    auto config_data = co_await config_data_call;
    reading.config_data = reading_of(std::move(config_data));
    co_return reading;
}

gateway::Task<SinkReading> read_scratchpad_state(std::shared_ptr<Sink> sink)
{
    SinkReading reading;
    auto properties = read_properties(*sink, reading, belongs_to_otap);
    co_await properties;
    co_return reading;
}

gateway::Task<SinkConfiguration> read_configuration(std::shared_ptr<Sink> sink)
{
    auto read = read_everything(sink);
    const SinkReading reading = co_await read;
    SinkConfiguration made = configuration_from(reading, sink->memory().config);
    if (reading.target.outcome == Outcome::value && !made.config.has_target_and_action())
        spdlog::warn("{}: target action {} is unknown and left out", sink->id(), reading.target.value.action);
    sink->memory().config = made.config;
    sink->memory().was_read = true;
    co_return made;
}

gateway::Task<AllConfigurations> read_all_configurations(
    gateway::EventLoop& loop, std::vector<std::shared_ptr<Sink>> sinks)
{
    struct Reader {
        static gateway::Task<void> run(std::shared_ptr<Sink> sink, SinkConfiguration& into, Latch& latch)
        {
            auto read = read_configuration(sink);
            into = co_await read;
            latch.count_down();
        }
    };
    std::vector<SinkConfiguration> made(sinks.size());
    AllConfigurations all;
    {
        Latch latch(loop, sinks.size());
        gateway::TaskScope readers;
        for (std::size_t i = 0; i < sinks.size(); ++i)
            readers.start(Reader::run(sinks[i], made[i], latch));
        co_await latch;
    }
    for (std::size_t i = 0; i < sinks.size(); ++i) {
        if (sinks[i]->gone())
            continue;
        all.partial = all.partial || made[i].partial;
        all.configs.push_back(std::move(made[i].config));
    }
    co_return all;
}

} // namespace transport
