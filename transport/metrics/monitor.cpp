#include "transport/metrics/monitor.hpp"

#include "transport/metrics/link_health.hpp"
#include "transport/metrics/process_numbers.hpp"
#include "transport/metrics/status_line.hpp"
#include "transport/sinks/registry.hpp"
#include "transport/sinks/sink.hpp"
#include "transport/sinks/sink_memory.hpp"

#include <cstdlib>
#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr std::chrono::seconds status_period{5};
constexpr std::chrono::seconds listen_again_after{60};

SinkNumbers numbers_of(const Sink& sink)
{
    SinkNumbers numbers{sink.id(), std::nullopt, std::nullopt};
    if (const api::SinkReadConfig& config = sink.memory().config; config.has_sink_state())
        numbers.stack_running = config.sink_state() == api::ON;
    return numbers;
}

bool has_service_manager()
{
    return std::getenv("NOTIFY_SOCKET") != nullptr; // NOLINT(concurrency-mt-unsafe): nobody sets it
}

} // namespace

Monitor::Monitor(
    gateway::EventLoop& loop, std::optional<ListenAddress> address, const SinkRegistry& sinks, Read read)
    : loop_(loop), address_(std::move(address)), sinks_(sinks), read_(std::move(read))
{
}

void Monitor::start()
{
    if (address_)
        listen();
    if (has_service_manager())
        status_timer_ = loop_.every(status_period, [this] { tell_service_manager(); });
}

void Monitor::listen()
{
    retry_.reset();
    try {
        exporter_ = std::make_unique<Exporter>(loop_, *address_, [this](Exporter::Answer answer) {
            scrapes_.start(collect(std::move(answer)));
        });
        spdlog::info("metrics: http://{}:{}/metrics", address_->host, address_->port);
    } catch (const std::exception& error) {
        if (!std::exchange(complained_, true))
            spdlog::error(
                "metrics: {} Set metrics_address to another, or to nothing; tried again every {} s",
                error.what(), listen_again_after.count());
        retry_ = loop_.after(listen_again_after, [this] { listen(); });
    }
}

gateway::Task<void> Monitor::collect(Exporter::Answer answer)
{
    const auto sinks = sinks_.all();
    auto reading = read_link_health(sinks);
    auto links = co_await reading;
    Snapshot made = snapshot();
    made.process = read_process_numbers();
    // Sinks may have come and gone meanwhile.
    for (SinkNumbers& numbers : made.sinks)
        for (std::size_t i = 0; i < sinks.size(); ++i)
            if (sinks[i]->id() == numbers.id)
                numbers.link = std::move(links[i]);
    answer(std::move(made));
}

Snapshot Monitor::snapshot() const
{
    Snapshot made;
    made.counters = counters_;
    for (const auto& sink : sinks_.all())
        made.sinks.push_back(numbers_of(*sink));
    made.foreign_signals = sinks_.foreign_signals();
    read_(made);
    return made;
}

void Monitor::tell_service_manager()
{
    if (!status_timer_)
        return;
    std::string line = status_line(snapshot());
    if (line == told_)
        return;
    gateway::notify_service_manager(line.c_str());
    told_ = std::move(line);
}

} // namespace transport
