#include "transport/service.hpp"

#include "gateway/event_loop.hpp"
#include "transport/backpressure/backpressure.hpp"
#include "transport/clock.hpp"
#include "transport/intake.hpp"
#include "transport/messages.hpp"
#include "transport/metrics/monitor.hpp"
#include "transport/mqtt/publisher.hpp"
#include "transport/mqtt/topics.hpp"
#include "transport/requests/router.hpp"
#include "transport/sinks/deadlines.hpp"
#include "transport/sinks/registry.hpp"
#include "transport/sinks/sink.hpp"
#include "transport/status.hpp"
#include "transport/uplink.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr std::chrono::seconds requests_limit{5};
constexpr std::chrono::milliseconds offline_limit{2000};
constexpr std::chrono::milliseconds disconnect_limit{500};
constexpr int last_will_qos = 2;
constexpr int exit_no_broker = 1;
constexpr std::chrono::milliseconds stop_limit{7500}; ///< all of it but the DISCONNECT: 8 s (9.6)

/// Two transport services may serve one sink, each for a broker of its own.
std::string consumer_name(const TransportSettings& settings)
{
    return fmt::format("{}@{}:{}", settings.gateway_id, settings.broker.hostname, settings.broker.port);
}

} // namespace

class Service::Implementation {
public:
    Implementation(gateway::EventLoop& loop, const TransportSettings& settings)
        : loop_(loop),
          settings_(settings),
          clock_(loop, settings.state_directory, [this] { uplink_.clock_settled(); }),
          topics_(settings.gateway_id),
          publisher_(
              loop, settings.broker, settings.store,
              {settings.gateway_id, topics_.request_filters(),
               make_publication(
                   topics_.status(), offline_status(settings, ids_.next()), last_will_qos, true)},
              {.online =
                   [this] {
                       ++monitor_.counters().broker_connections;
                       monitor_.tell_service_manager();
                       status_.connected();
                   },
               .offline = [this] { monitor_.tell_service_manager(); },
               .message = [this](const IncomingMessage& message) { router_.message(message); },
               .gave_up = [this] { stop(exit_no_broker); },
               .safe = [this](const Event& event) { intake_.safe(event.sink_id, event.mark); },
               .acknowledged = [this](const Outbox::Acknowledged& known) { count_acknowledged(known); }}),
          intake_(
              loop, consumer_name(settings),
              [this, &settings](const Sink& sink, const UplinkPacket& packet, const DeliveryMark& mark) {
                  PacketCounters& counters = monitor_.counters().packets_of(sink.id());
                  ++counters.received;
                  if (settings.ignored_endpoints.contains(packet.destination_endpoint))
                      ++counters.ignored;
                  uplink_.packet(sink, packet, mark);
              },
              [this](bool wanted) { sinks_.hear_packets(wanted); }),
          sinks_(
              loop,
              {.appeared = [this](const std::shared_ptr<Sink>& sink) { appeared(sink); },
               .listed = [this] { status_.all_appeared(); },
               .disappeared = [this](const std::shared_ptr<Sink>& sink) { disappeared(*sink); },
               .stack_changed =
                   [this](Sink& sink, bool running) {
                       if (running) {
                           uplink_.refresh(sink);
                           backpressure_.stack_started(sink);
                       }
                       status_.request();
                   },
               .properties_changed =
                   [this](Sink& sink, std::optional<std::uint32_t> network_address) {
                       if (network_address)
                           uplink_.set_network_address(sink, *network_address);
                       status_.request();
                   },
               .packet = [this](Sink& sink, const UplinkPacket& packet) { intake_.signalled(sink, packet); },
               .delivered =
                   [this](Sink& sink, const DeliveryMark& mark, const UplinkPacket& packet) {
                       intake_.delivered(sink, mark, packet);
                   }}),
          uplink_(
              loop, settings, topics_, publisher_, ids_,
              [this](const std::string& sink_id, const DeliveryMark& mark) { intake_.safe(sink_id, mark); }),
          status_(loop, settings, topics_, sinks_, publisher_, ids_),
          backpressure_(
              loop, settings,
              [this] {
                  return Backlog{
                      publisher_.unacknowledged_events(), publisher_.online(),
                      publisher_.last_acknowledgement()};
              },
              [this](const std::string& sink_id, LaneJob job) {
                  router_.run_ahead(sink_id, std::move(job));
              }),
          context_{
              loop,
              settings,
              sinks_,
              backpressure_,
              [this] { status_.request(); },
              [this](const Sink& sink) { uplink_.refresh(sink); },
              ChunkedUploads({settings.max_scratchpad_size, settings.max_upload_memory}),
              RepetitionMemory(settings.repetition_memory)},
          monitor_(
              loop, settings.metrics_address, sinks_, [this](Snapshot& snapshot) { read_metrics(snapshot); }),
          router_(context_, topics_, [this](std::string topic, std::string payload) {
              publisher_.respond(std::move(topic), std::move(payload));
          })
    {
    }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;
    ~Implementation() = default;

    void start()
    {
        deadline::set(settings_.sink_deadlines);
        router_.on_answered([this](RequestKind kind, api::ErrorCode code, std::chrono::nanoseconds duration) {
            monitor_.counters().request_answered(topic_name(kind), api::ErrorCode_Name(code), duration);
        });
        monitor_.start();
        housekeeping_ = loop_.every(
            std::chrono::minutes(1), [this] { context_.uploads.expire(ChunkedUploads::Clock::now()); });
        intake_.remember_stored(publisher_.events().stored_streams());
        publisher_.start();
        backpressure_.start();
        sinks_.start();
        gateway::notify_service_manager("READY=1");
    }

    void reload()
    {
        if (!stopping_)
            publisher_.reload();
    }

    void stop(int status)
    {
        if (std::exchange(stopping_, true))
            return;
        exit_status_ = status;
        stop_until_ = std::chrono::steady_clock::now() + stop_limit;
        spdlog::info("stopping");
        monitor_.stop();
        gateway::notify_service_manager("STOPPING=1");
        status_.stop();
        backpressure_.stop();
        stop_timer_ = loop_.after(requests_limit, [this] { say_goodbye(); });
        router_.stop([this] { say_goodbye(); });
    }

private:
    void count_acknowledged(const Outbox::Acknowledged& known)
    {
        Counters& counters = monitor_.counters();
        ++counters.messages_acknowledged;
        if (known.event)
            ++counters.packets_of(known.event->sink_id).published;
        if (known.qos == 1)
            counters.round_trip.observe(Outbox::Clock::now() - known.sent);
    }

    /// What a scrape shows beside the sinks and what is counted.
    void read_metrics(Snapshot& snapshot) const
    {
        snapshot.gateway_id = settings_.gateway_id;
        snapshot.version = GATEWAY_BUILD_VERSION;
        snapshot.broker_connected = publisher_.online();
        snapshot.refused_subscriptions = publisher_.refused_subscriptions().size();
        snapshot.window = publisher_.window().size();
        if (settings_.broker.rate_limit_pps > 0)
            snapshot.rate_limit_pps = settings_.broker.rate_limit_pps;
        snapshot.counters.messages_handed_out = publisher_.handed_out();

        const EventQueue& events = publisher_.events().queue();
        OutboxNumbers& outbox = snapshot.outbox;
        outbox.events = events.count();
        outbox.octets = events.octets();
        outbox.control_messages = publisher_.outbox().waiting_control();
        outbox.in_flight = publisher_.outbox().in_flight();
        outbox.oldest_age_s = oldest_event_age_s();
        outbox.evicted_events = events.losses_total();
        outbox.evicted_responses = publisher_.lost_responses();
        outbox.full = events.full();
        if (!settings_.store.file.empty()) {
            outbox.stored_events = events.stored();
            outbox.unsafe_events = events.unsafe();
            outbox.store_working = publisher_.events().trouble().empty();
        }

        snapshot.black_hole_protection_active = backpressure_.tripped();
        snapshot.black_hole_protection_trips = backpressure_.trips();
        snapshot.repeated_requests = context_.repeated_requests;
        snapshot.retained_requests = router_.counters().retained;
        snapshot.unreadable_requests = router_.counters().unreadable;
    }

    /// Of what waits; else of what is in flight.
    [[nodiscard]] std::optional<double> oldest_event_age_s() const
    {
        if (const auto made_ms = publisher_.events().queue().oldest_made_ms())
            return std::max(0.0, (static_cast<double>(now_ms()) - static_cast<double>(*made_ms)) / 1000);
        if (const auto sent = publisher_.outbox().oldest_in_flight())
            return std::chrono::duration<double>(Outbox::Clock::now() - *sent).count();
        return std::nullopt;
    }

    void appeared(const std::shared_ptr<Sink>& sink)
    {
        uplink_.sink_appeared(sink);
        intake_.sink_appeared(sink);
        backpressure_.sink_appeared(sink);
        status_.appeared(sink);
        monitor_.tell_service_manager();
    }

    void disappeared(Sink& sink)
    {
        router_.sink_disappeared(sink);
        intake_.sink_disappeared(sink);
        uplink_.sink_disappeared(sink);
        backpressure_.sink_disappeared(sink);
        status_.request();
        monitor_.tell_service_manager();
    }

    void say_goodbye()
    {
        if (!stop_timer_)
            return;
        stop_timer_.reset();
        router_.abandon();
        if (!publisher_.online())
            return leave(false);
        status_.publish_offline();
        publisher_.drain(offline_limit, [this](bool acknowledged) { leave(acknowledged); });
    }

    void leave(bool offline_published)
    {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(stop_until_ - std::chrono::steady_clock::now());
        publisher_.store_events(std::max(left, left.zero()), [this, offline_published](bool all_stored) {
            if (!all_stored)
                spdlog::error(
                    "{} packets are neither at the broker nor stored: those that the sink services do not "
                    "hold are lost",
                    publisher_.events().queue().unsafe());
            intake_.acknowledge_all();
            const auto quit = [this] { loop_.quit(exit_status_); };
            if (offline_published) {
                publisher_.disconnect(disconnect_limit, quit);
                return;
            }
            publisher_.abandon();
            quit();
        });
    }

    gateway::EventLoop& loop_;
    const TransportSettings& settings_;
    ClockKeeper clock_; ///< before everything that tells a time
    const Topics topics_;
    RandomIds ids_;
    Publisher publisher_;
    Intake intake_;
    SinkRegistry sinks_;
    Uplink uplink_;
    StatusReporter status_;
    Backpressure backpressure_;
    RequestContext context_;
    Monitor monitor_;
    Router router_;
    gateway::EventLoop::Handle housekeeping_;
    gateway::EventLoop::Handle stop_timer_;
    bool stopping_ = false;
    std::chrono::steady_clock::time_point stop_until_;
    int exit_status_ = 0;
};

Service::Service(gateway::EventLoop& loop, const TransportSettings& settings)
    : implementation_(std::make_unique<Implementation>(loop, settings))
{
}

Service::~Service() = default;

void Service::start()
{
    implementation_->start();
}

void Service::reload()
{
    implementation_->reload();
}

void Service::stop(int status)
{
    implementation_->stop(status);
}

} // namespace transport
