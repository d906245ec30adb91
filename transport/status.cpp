#include "transport/status.hpp"

#include "transport/sinks/config_reader.hpp"
#include "transport/sinks/sink.hpp"
#include "transport/sinks/sink_memory.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr std::chrono::milliseconds gathering_time{500};
constexpr std::chrono::milliseconds early_status_time{900}; ///< the queue waits 1 s
constexpr std::chrono::seconds backup_period{3600};
constexpr unsigned max_attempts = 5;

/// Octets are compared: both sides are written by one serialiser in one field order.
bool equal(const api::SinkReadConfig& a, const api::SinkReadConfig& b)
{
    return a.SerializePartialAsString() == b.SerializePartialAsString();
}

} // namespace

StatusDifference compare_status(
    const std::vector<api::SinkReadConfig>& published, const std::vector<api::SinkReadConfig>& now,
    bool forced)
{
    StatusDifference difference{forced || published.size() != now.size(), {}};
    for (std::size_t i = 0; i < now.size(); ++i) {
        const auto before = std::ranges::find(published, now[i].sink_id(), &api::SinkReadConfig::sink_id);
        if (forced || before == published.end() || !equal(*before, now[i])) {
            difference.changed.push_back(i);
            difference.due = true;
        }
    }
    return difference;
}

StatusReporter::StatusReporter(
    gateway::EventLoop& loop, const TransportSettings& settings, const Topics& topics, SinkRegistry& sinks,
    Publisher& publisher, RandomIds& ids)
    : loop_(loop), settings_(settings), topics_(topics), sinks_(sinks), publisher_(publisher), ids_(ids)
{
    timer_ = loop_.after(backup_period, [this] { begin_round(); });
}

void StatusReporter::request()
{
    if (stopped_ || pending_)
        return;
    pending_ = true;
    if (reading_)
        return;
    attempt_ = 0;
    timer_ = loop_.after(gathering_time, [this] { begin_round(); });
}

void StatusReporter::connected()
{
    if (stopped_)
        return;
    forced_ = true;
    early_timer_ = loop_.after(early_status_time, [this] { publish_early(); });
    publish_early_when_complete();
    request();
}

void StatusReporter::appeared(std::shared_ptr<Sink> sink)
{
    if (stopped_)
        return;
    tasks_.start(read_first(std::move(sink)));
    request();
}

gateway::Task<void> StatusReporter::read_first(std::shared_ptr<Sink> sink)
{
    auto read = read_configuration(std::move(sink));
    co_await read;
    publish_early_when_complete();
}

void StatusReporter::publish_early_when_complete()
{
    if (!early_timer_ || !sinks_.listed())
        return;
    const auto sinks = sinks_.all();
    if (std::ranges::all_of(sinks, [](const auto& sink) { return sink->memory().was_read; }))
        publish_early();
}

void StatusReporter::publish_early()
{
    early_timer_.reset();
    std::vector<api::SinkReadConfig> configs;
    for (const auto& sink : sinks_.all())
        if (sink->memory().was_read)
            configs.push_back(sink->memory().config);
    publish(configs, std::exchange(forced_, false));
}

void StatusReporter::begin_round()
{
    if (reading_ || stopped_)
        return;
    timer_.reset();
    reading_ = true;
    tasks_.start(run_round());
}

gateway::Task<void> StatusReporter::run_round()
{
    pending_ = false;
    auto read = read_all_configurations(loop_, sinks_.all());
    const AllConfigurations all = co_await read;
    reading_ = false;
    if (stopped_)
        co_return;
    // While the broker is away the forced status stays due.
    const bool forced = publisher_.online() && std::exchange(forced_, false);
    early_timer_.reset();
    publish(all.configs, forced);
    end_round(all.partial);
}

void StatusReporter::end_round(bool partial)
{
    gateway::EventLoop::Duration wait = backup_period;
    if (!partial) {
        attempt_ = 0;
    } else if (attempt_ < max_attempts) {
        wait = std::chrono::seconds(1U << attempt_);
        ++attempt_;
    } else {
        spdlog::error(
            "some sinks could not be read completely in six attempts: the status shows older values of them");
        attempt_ = 0;
    }
    if (pending_) {
        attempt_ = 0;
        wait = gathering_time;
    }
    timer_ = loop_.after(wait, [this] { begin_round(); });
}

void StatusReporter::publish(const std::vector<api::SinkReadConfig>& configs, bool forced)
{
    const StatusDifference difference = compare_status(published_, configs, forced);
    if (!difference.due)
        return;
    published_ = configs;
    publisher_.publish_latest(
        "status",
        make_publication(topics_.status(), online_status(settings_, configs, ids_.next()), 1, true));

    api::GenericMessage all;
    auto* all_response = all.mutable_wirepas()->mutable_get_configs_resp();
    fill_header(*all_response->mutable_header(), settings_, 0, api::OK);
    for (const api::SinkReadConfig& config : configs)
        *all_response->add_configs() = config;
    publisher_.publish_latest(
        "configs",
        make_publication(topics_.response(RequestKind::get_configs, ""), serialise(all), 2, false));

    for (const std::size_t index : difference.changed) {
        const api::SinkReadConfig& config = configs[index];
        api::GenericMessage one;
        auto* response = one.mutable_wirepas()->mutable_set_config_resp();
        fill_header(*response->mutable_header(), settings_, 0, api::OK);
        response->mutable_header()->set_sink_id(config.sink_id());
        *response->mutable_config() = config;
        publisher_.publish_latest(
            "config " + config.sink_id(),
            make_publication(
                topics_.response(RequestKind::set_config, config.sink_id()), serialise(one), 2, false));
    }
    publisher_.release();
}

void StatusReporter::stop()
{
    stopped_ = true;
    timer_.reset();
    early_timer_.reset();
}

void StatusReporter::publish_offline()
{
    publisher_.publish_latest(
        "status", make_publication(topics_.status(), offline_status(settings_, ids_.next()), 1, true));
}

} // namespace transport
