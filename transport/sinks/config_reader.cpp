#include "transport/sinks/config_reader.hpp"

#include "transport/latch.hpp"
#include "transport/sinks/sink_memory.hpp"

#include <chrono>
#include <spdlog/spdlog.h>

namespace transport {
namespace {

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

/// Whether a call of this reading ran into its deadline: the rest is not tried then (4.2).
bool ran_out_of_time(const SinkReading& reading)
{
    for (const auto& read : reading.properties)
        if (read.outcome == Outcome::failed && read.failure.fault == BusFault::deadline)
            return true;
    return false;
}

gateway::Task<void> read_target(Sink& sink, SinkReading& reading)
{
    if (!has_target(reading[Property::firmware_version])) {
        reading.target.outcome = reading[Property::firmware_version].outcome == Outcome::failed
                                     ? Outcome::failed
                                     : Outcome::absent;
        co_return;
    }
    if (ran_out_of_time(reading))
        co_return;
    auto call = sink.target();
    auto result = co_await call;
    reading.target = reading_of(std::move(result));
}

} // namespace

gateway::Task<SinkReading> read_everything(std::shared_ptr<Sink> sink)
{
    SinkReading reading;
    auto calls = start_reads(*sink, [](const PropertyRow&) { return true; });
    auto app_config_call = sink->app_config();
    auto config_data_call = sink->config_data_content();
    for (std::size_t i = 0; i < calls.size(); ++i) {
        BusCall<PropertyValue>& call = *calls[i];
        auto result = co_await call;
        reading.properties.at(i) = reading_of(std::move(result));
    }
    auto app_config = co_await app_config_call;
    reading.app_config = reading_of(std::move(app_config));
    auto config_data = co_await config_data_call;
    reading.config_data = reading_of(std::move(config_data));
    auto target = read_target(*sink, reading);
    co_await target;
    co_return reading;
}

gateway::Task<SinkReading> read_scratchpad_state(std::shared_ptr<Sink> sink)
{
    SinkReading reading;
    auto calls = start_reads(*sink, belongs_to_otap);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        if (!calls[i])
            continue;
        BusCall<PropertyValue>& call = *calls[i];
        auto result = co_await call;
        reading.properties.at(i) = reading_of(std::move(result));
    }
    auto target = read_target(*sink, reading);
    co_await target;
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
