#include "transport/metrics/families.hpp"

#include <algorithm>
#include <limits>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace transport {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

/// Counters of the sink service that are kept per sink; more than it will ever have.
constexpr std::size_t max_link_counters = 64;

constexpr double number(std::uint64_t value)
{
    return static_cast<double>(value);
}

class Families {
public:
    MetricFamily& add(MetricType type, std::string name, std::string help)
    {
        return families_.emplace_back(MetricFamily{std::move(name), std::move(help), type, {}});
    }
    MetricFamily& gauges(std::string name, std::string help)
    {
        return add(MetricType::Gauge, "wirepas_gateway_" + std::move(name), std::move(help));
    }
    MetricFamily& counters(std::string name, std::string help)
    {
        return add(MetricType::Counter, "wirepas_gateway_" + std::move(name), std::move(help));
    }
    MetricFamily& histograms(std::string name, std::string help)
    {
        return add(MetricType::Histogram, "wirepas_gateway_" + std::move(name), std::move(help));
    }

    /// Without the families that turned out to be empty.
    [[nodiscard]] std::string text()
    {
        std::erase_if(families_, [](const MetricFamily& family) { return family.metric.empty(); });
        return prometheus::TextSerializer().Serialize(families_);
    }

private:
    std::vector<MetricFamily> families_;
};

void put(MetricFamily& family, double value, Labels labels = {})
{
    ClientMetric metric;
    metric.label = std::move(labels);
    (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    family.metric.push_back(std::move(metric));
}

template<typename Value>
void put(MetricFamily& family, const std::optional<Value>& value, Labels labels = {})
{
    if (value)
        put(family, static_cast<double>(*value), std::move(labels));
}

void put(MetricFamily& family, const DurationHistogram& histogram, Labels labels = {})
{
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.histogram.sample_count = histogram.count();
    metric.histogram.sample_sum = histogram.sum();
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
        const bool bounded = i < histogram.upper_bounds().size();
        so_far += histogram.counts()[i];
        metric.histogram.bucket.push_back(
            {so_far, bounded ? histogram.upper_bounds()[i] : std::numeric_limits<double>::infinity()});
    }
    family.metric.push_back(std::move(metric));
}

void add_process(Families& families, const Snapshot& snapshot)
{
    const ProcessNumbers& process = snapshot.process;
    const auto gauge = [&](const char* name, const char* help, double value) {
        put(families.add(MetricType::Gauge, name, help), value);
    };
    put(families.add(MetricType::Counter, "process_cpu_seconds_total", "CPU time, user and system."),
        process.cpu_s);
    gauge("process_resident_memory_bytes", "Resident memory.", number(process.resident_octets));
    gauge("process_open_fds", "Open file descriptors.", number(process.open_descriptors));
    gauge("process_max_fds", "File descriptors that may be open.", number(process.max_descriptors));
    gauge("process_threads", "Threads.", number(process.threads));
    gauge("process_start_time_seconds", "Start of the service since 1970.", process.started_s);
    put(families.gauges("build_info", "Always 1; which gateway and version this is."), 1,
        {{"gateway_id", snapshot.gateway_id}, {"version", snapshot.version}});
}

void add_broker(Families& families, const Snapshot& snapshot)
{
    const Counters& counters = snapshot.counters;
    put(families.gauges("mqtt_connected", "1: connected to the broker and subscribed."),
        snapshot.broker_connected ? 1 : 0);
    put(families.gauges("mqtt_refused_subscriptions", "Subscriptions that the broker refuses."),
        number(snapshot.refused_subscriptions));
    put(families.counters("mqtt_connections_total", "Connections to the broker that came about."),
        number(counters.broker_connections));
    put(families.counters(
            "mqtt_messages_handed_out_total", "Messages given to the MQTT library; repetitions count."),
        number(counters.messages_handed_out));
    put(families.counters("mqtt_messages_acknowledged_total", "Messages that the broker has acknowledged."),
        number(counters.messages_acknowledged));
    put(families.gauges("mqtt_messages_in_flight", "Messages handed out and not acknowledged."),
        number(snapshot.outbox.in_flight));
    put(families.gauges("mqtt_window_messages", "Messages that may be in flight; follows the round trip."),
        snapshot.window);
    put(families.gauges("mqtt_rate_limit_messages_per_second", "mqtt_rate_limit_pps, where it is set."),
        snapshot.rate_limit_pps);
    put(families.histograms(
            "mqtt_round_trip_seconds", "From handing out a message of QoS 1 to its acknowledgement."),
        counters.round_trip);
}

void add_outbox(Families& families, const Snapshot& snapshot)
{
    const OutboxNumbers& outbox = snapshot.outbox;
    put(families.gauges("outbox_events", "Events that the broker has not acknowledged."),
        number(outbox.events));
    put(families.gauges("outbox_bytes", "Their topics and payloads."), number(outbox.octets));
    put(families.gauges("outbox_control_messages", "Status messages and responses that wait."),
        number(outbox.control_messages));
    put(families.gauges("outbox_oldest_event_age_seconds", "Age of the oldest event; 0: there is none."),
        outbox.events == 0 ? std::optional(0.0) : outbox.oldest_age_s);
    put(families.counters(
            "outbox_evicted_events_total", "Events lost: the outbox was full, or they cannot be published."),
        outbox.evicted_events);
    put(families.counters("outbox_evicted_responses_total", "Responses lost because too many waited."),
        outbox.evicted_responses);
    put(families.gauges("outbox_stored_events", "Of the events, those on the disk."), outbox.stored_events);
    put(families.gauges("outbox_unsafe_events", "Of the events, those that a power cut would take."),
        outbox.unsafe_events);
    put(families.gauges("outbox_full", "1: full, so that the sinks are held back."), outbox.full);
    put(families.gauges("store_working", "1: events can be stored on the disk."), outbox.store_working);
    put(families.gauges("black_hole_protection_active", "1: the sinks turn traffic away."),
        snapshot.black_hole_protection_active);
    put(families.counters("black_hole_protection_trips_total", "Times that the sinks began to."),
        snapshot.black_hole_protection_trips);
}

void add_requests(Families& families, const Snapshot& snapshot)
{
    MetricFamily& requests = families.counters("requests_total", "Requests answered.");
    for (const auto& [kind, counters] : snapshot.counters.requests)
        for (const auto& [result, count] : counters.results)
            put(requests, number(count), {{"kind", std::string(kind)}, {"result", std::string(result)}});
    MetricFamily& durations =
        families.histograms("request_duration_seconds", "From a request's arrival to its answer.");
    for (const auto& [kind, counters] : snapshot.counters.requests)
        put(durations, counters.durations, {{"kind", std::string(kind)}});
    MetricFamily& dropped =
        families.counters("requests_not_executed_total", "Messages on request topics that were dropped.");
    put(dropped, number(snapshot.repeated_requests), {{"reason", "repetition"}});
    put(dropped, number(snapshot.retained_requests), {{"reason", "retained"}});
    put(dropped, number(snapshot.unreadable_requests), {{"reason", "unreadable"}});
}

void add_sinks(Families& families, const Snapshot& snapshot)
{
    put(families.gauges("sinks", "Sinks on the bus."), number(snapshot.sinks.size()));
    MetricFamily& running = families.gauges("sink_stack_running", "1: the sink's stack runs.");
    for (const SinkNumbers& sink : snapshot.sinks)
        put(running, sink.stack_running, {{"sink", sink.id}});
    const auto packets = [&](const char* name, const char* help, std::uint64_t PacketCounters::*field) {
        MetricFamily& family = families.counters(name, help);
        for (const auto& [id, counters] : snapshot.counters.packets)
            put(family, number(counters.*field), {{"sink", id}});
    };
    packets(
        "packets_received_total", "Packets that the sink service handed over.", &PacketCounters::received);
    packets(
        "packets_ignored_total", "Of these, dropped by ignored_endpoints_filter.", &PacketCounters::ignored);
    packets(
        "packets_published_total", "Packets that the broker has acknowledged.", &PacketCounters::published);
    put(families.counters("foreign_signals_total", "Signals of nobody who owns a sink's name, dropped."),
        number(snapshot.foreign_signals));
}

/// What another process calls its counters becomes a name of ours only when it is fit for one.
bool is_plain_name(std::string_view name)
{
    return !name.empty() && name.size() <= 64 && name.front() >= 'a' && name.front() <= 'z' &&
           std::ranges::all_of(
               name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

void add_links(Families& families, const Snapshot& snapshot)
{
    MetricFamily up{"", "", MetricType::Gauge, {}};
    MetricFamily rate{"", "", MetricType::Gauge, {}};
    MetricFamily held{"", "", MetricType::Gauge, {}};
    std::map<std::string, std::vector<std::pair<Labels, double>>> counters;
    for (const SinkNumbers& sink : snapshot.sinks) {
        if (!sink.link)
            continue;
        const Labels labels = {{"sink", sink.id}};
        put(up, sink.link->state == "online" ? 1 : 0, labels);
        if (sink.link->bits_per_second > 0)
            put(rate, sink.link->bits_per_second, labels);
        std::size_t taken = 0;
        for (const auto& [name, value] : sink.link->counters) {
            if (++taken > max_link_counters)
                break;
            if (name == "packets_held") // the one that goes down again
                put(held, number(value), labels);
            else if (is_plain_name(name))
                counters[name].emplace_back(labels, number(value));
        }
    }
    families.gauges("link_up", "1: the sink answers its sink service.").metric = std::move(up.metric);
    families.gauges("link_bits_per_second", "Bit rate of the serial port.").metric = std::move(rate.metric);
    families.gauges("link_packets_held", "Packets that the sink service holds until they are safe.").metric =
        std::move(held.metric);
    for (const auto& [name, values] : counters) {
        MetricFamily& family =
            families.counters("link_" + name + "_total", "The sink service's counter " + name + ".");
        for (const auto& [labels, value] : values)
            put(family, value, labels);
    }
}

} // namespace

std::string exposition(const Snapshot& snapshot)
{
    Families families;
    add_broker(families, snapshot);
    add_outbox(families, snapshot);
    add_sinks(families, snapshot);
    add_links(families, snapshot);
    add_requests(families, snapshot);
    add_process(families, snapshot);
    return families.text();
}

} // namespace transport
