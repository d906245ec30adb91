#include "transport/service.hpp"

#include "gateway/event_loop.hpp"
#include "transport/backpressure/backpressure.hpp"
#include "transport/messages.hpp"
#include "transport/mqtt/publisher.hpp"
#include "transport/mqtt/topics.hpp"
#include "transport/requests/router.hpp"
#include "transport/sinks/registry.hpp"
#include "transport/sinks/sink.hpp"
#include "transport/status.hpp"
#include "transport/uplink.hpp"

#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr std::chrono::seconds requests_limit{5};
constexpr std::chrono::milliseconds offline_limit{2000};
constexpr std::chrono::milliseconds disconnect_limit{500};
constexpr int last_will_qos = 2;
constexpr int exit_no_broker = 1;

} // namespace

class Service::Implementation {
public:
    Implementation(gateway::EventLoop& loop, const TransportSettings& settings)
        : loop_(loop),
          topics_(settings.gateway_id),
          publisher_(
              loop, settings.broker,
              {settings.gateway_id, topics_.request_filters(),
               make_publication(
                   topics_.status(), offline_status(settings, ids_.next()), last_will_qos, true)},
              {.online =
                   [this] {
                       gateway::notify_service_manager("STATUS=connected to the broker");
                       status_.connected();
                   },
               .offline = [] { gateway::notify_service_manager("STATUS=not connected to the broker"); },
               .message = [this](const IncomingMessage& message) { router_.message(message); },
               .gave_up = [this] { stop(exit_no_broker); }}),
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
               .packet = [this](Sink& sink, const UplinkPacket& packet) { uplink_.packet(sink, packet); }}),
          uplink_(loop, settings, topics_, publisher_, ids_),
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
        housekeeping_ = loop_.every(
            std::chrono::minutes(1), [this] { context_.uploads.expire(ChunkedUploads::Clock::now()); });
        publisher_.start();
        backpressure_.start();
        sinks_.start();
        gateway::notify_service_manager("READY=1");
    }

    void stop(int status)
    {
        if (std::exchange(stopping_, true))
            return;
        exit_status_ = status;
        spdlog::info("stopping");
        gateway::notify_service_manager("STOPPING=1");
        status_.stop();
        backpressure_.stop();
        stop_timer_ = loop_.after(requests_limit, [this] { say_goodbye(); });
        router_.stop([this] { say_goodbye(); });
    }

private:
    void appeared(const std::shared_ptr<Sink>& sink)
    {
        uplink_.sink_appeared(sink);
        backpressure_.sink_appeared(sink);
        status_.appeared(sink);
    }

    void disappeared(Sink& sink)
    {
        router_.sink_disappeared(sink);
        uplink_.sink_disappeared(sink);
        backpressure_.sink_disappeared(sink);
        status_.request();
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
        if (const std::size_t lost = publisher_.outbox().waiting_events(); lost > 0)
            spdlog::error("{} packets were not yet sent to the broker and are lost", lost);
        const auto quit = [this] { loop_.quit(exit_status_); };
        if (offline_published) {
            publisher_.disconnect(disconnect_limit, quit);
            return;
        }
        publisher_.abandon();
        quit();
    }

    gateway::EventLoop& loop_;
    const Topics topics_;
    RandomIds ids_;
    Publisher publisher_;
    SinkRegistry sinks_;
    Uplink uplink_;
    StatusReporter status_;
    Backpressure backpressure_;
    RequestContext context_;
    Router router_;
    gateway::EventLoop::Handle housekeeping_;
    gateway::EventLoop::Handle stop_timer_;
    bool stopping_ = false;
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

void Service::stop(int status)
{
    implementation_->stop(status);
}

} // namespace transport
