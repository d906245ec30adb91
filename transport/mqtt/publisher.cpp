#include "transport/mqtt/publisher.hpp"

#include <ctime>
#include <fmt/chrono.h>
#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr std::chrono::seconds longest_hold{1};
constexpr std::chrono::seconds acknowledgement_limit{60};
constexpr std::chrono::seconds loss_report_period{60};
constexpr int response_qos = 2;

std::string utc(std::uint64_t ms)
{
    return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(ms / 1000)));
}

} // namespace

Publisher::Publisher(
    gateway::EventLoop& loop, const BrokerSettings& settings, MqttClient::Identity identity,
    Handlers handlers)
    : loop_(loop),
      persist_session_(settings.persist_session),
      handlers_(std::move(handlers)),
      outbox_({.window = settings.max_inflight, .events_per_second = settings.rate_limit_pps}),
      client_(
          loop, settings, std::move(identity),
          {.online = [this](bool session_present) { on_online(session_present); },
           .offline = [this] { on_offline(); },
           .message = [this](const IncomingMessage& message) { handlers_.message(message); },
           .acknowledged = [this](std::uint64_t id) { on_acknowledged(id); },
           .refused =
               [this](std::uint64_t id) {
                   outbox_.drop(id);
                   pump();
               },
           .gave_up = [this] { handlers_.gave_up(); }})
{
}

void Publisher::respond(std::string topic, std::string payload)
{
    outbox_.add_response(make_publication(std::move(topic), std::move(payload), response_qos, false));
    pump();
}

void Publisher::publish_latest(std::string_view slot, Publication publication)
{
    outbox_.set_latest(slot, std::move(publication));
    pump();
}

void Publisher::publish_event(std::string_view sink_id, Publication publication, std::uint64_t made_ms)
{
    outbox_.add_event(sink_id, std::move(publication), made_ms);
    pump();
    if (!loss_timer_)
        report_losses();
}

void Publisher::release()
{
    hold_limit_.reset();
    outbox_.release();
    pump();
}

void Publisher::on_online(bool session_present)
{
    if (!session_present)
        outbox_.return_in_flight();
    outbox_.hold();
    hold_limit_ = loop_.after(longest_hold, [this] { release(); });
    handlers_.online();
    pump();
}

void Publisher::on_offline()
{
    // With a session the library sends again, and acknowledgements still come.
    if (!persist_session_)
        outbox_.return_in_flight();
    acknowledgement_timer_.reset();
    handlers_.offline();
}

void Publisher::on_acknowledged(std::uint64_t id)
{
    outbox_.acknowledged(id);
    last_acknowledgement_ = Outbox::Clock::now();
    pump();
    check_drained();
}

void Publisher::pump()
{
    if (!client_.online())
        return;
    const auto now = Outbox::Clock::now();
    while (const auto outgoing = outbox_.next(now)) {
        client_.publish(outgoing->id, outgoing->publication);
        if (!client_.online())
            return;
    }
    if (const auto until = outbox_.rate_limited_until(); until && !rate_timer_)
        rate_timer_ = loop_.after(std::chrono::ceil<gateway::EventLoop::Duration>(*until - now), [this] {
            rate_timer_.reset();
            pump();
        });
    if (!acknowledgement_timer_ && outbox_.in_flight() > 0)
        watch_acknowledgements();
}

void Publisher::watch_acknowledgements()
{
    acknowledgement_timer_.reset();
    const auto oldest = outbox_.oldest_in_flight();
    if (!oldest)
        return;
    const auto left = *oldest + acknowledgement_limit - Outbox::Clock::now();
    if (left <= left.zero()) {
        client_.reconnect("the broker did not acknowledge a message within 60 s");
        return;
    }
    acknowledgement_timer_ = loop_.after(
        std::chrono::ceil<gateway::EventLoop::Duration>(left), [this] { watch_acknowledgements(); });
}

void Publisher::report_losses()
{
    loss_timer_.reset();
    const auto losses = outbox_.take_losses();
    if (!losses)
        return;
    if (losses->events > 0)
        spdlog::error(
            "{} packets received from {} to {} are lost: the queue was full while the broker was not "
            "reachable or too "
            "slow",
            losses->events, utc(losses->first_ms), utc(losses->last_ms));
    if (losses->responses > 0)
        spdlog::error("{} responses are lost: more requests than the broker took answers", losses->responses);
    loss_timer_ = loop_.after(loss_report_period, [this] { report_losses(); });
}

void Publisher::drain(std::chrono::milliseconds limit, std::function<void(bool)> done)
{
    outbox_.stop_events();
    drained_ = std::move(done);
    drain_limit_ = loop_.after(limit, [this] {
        if (const auto call = std::exchange(drained_, nullptr))
            call(false);
    });
    pump();
    check_drained();
}

void Publisher::check_drained()
{
    if (!drained_ || outbox_.waiting_control() > 0 || outbox_.in_flight() > 0)
        return;
    drain_limit_.reset();
    std::exchange(drained_, nullptr)(true);
}

void Publisher::disconnect(std::chrono::milliseconds limit, std::function<void()> done)
{
    client_.stop(limit, std::move(done));
}

} // namespace transport
