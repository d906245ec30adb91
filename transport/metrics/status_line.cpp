#include "transport/metrics/status_line.hpp"

#include <fmt/format.h>

namespace transport {
namespace {

std::string describe(const SinkNumbers& sink)
{
    if (!sink.stack_running)
        return sink.id;
    return fmt::format("{} ({})", sink.id, *sink.stack_running ? "on" : "off");
}

std::string describe(const std::vector<SinkNumbers>& sinks)
{
    if (sinks.empty())
        return "no sinks";
    std::string text = sinks.size() == 1 ? "sink: " : "sinks: ";
    for (const SinkNumbers& sink : sinks)
        text += (&sink == &sinks.front() ? "" : ", ") + describe(sink);
    return text;
}

} // namespace

std::string status_line(const Snapshot& snapshot)
{
    const OutboxNumbers& outbox = snapshot.outbox;
    std::string text = fmt::format(
        "STATUS={}; {}; {} event{} wait{}",
        snapshot.broker_connected ? "connected to the broker" : "NOT CONNECTED to the broker",
        describe(snapshot.sinks), outbox.events, outbox.events == 1 ? "" : "s",
        outbox.events == 1 ? "s" : "");
    if (snapshot.refused_subscriptions > 0)
        text += fmt::format("; the broker refuses {} subscriptions", snapshot.refused_subscriptions);
    if (outbox.full.value_or(false))
        text += "; the outbox is FULL";
    if (!outbox.store_working.value_or(true))
        text += "; the store does NOT WORK: events are in memory only";
    if (snapshot.black_hole_protection_active.value_or(false))
        text += "; black-hole protection: the sinks turn traffic away";
    return text;
}

} // namespace transport
