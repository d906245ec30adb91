#include "transport/mqtt/publisher.hpp"

#include <spdlog/spdlog.h>

namespace transport {
namespace {

constexpr std::chrono::seconds longest_hold{1};
constexpr std::chrono::seconds acknowledgement_limit{60};
constexpr std::chrono::seconds loss_report_period{60};
constexpr int response_qos = 2;
constexpr std::size_t max_responses = 1024; ///< that wait (8.1, requirement 4)

} // namespace

Publisher::Publisher(
    gateway::EventLoop& loop, const BrokerSettings& settings, const StoreSettings& store,
    MqttClient::Identity identity, Handlers handlers)
    : loop_(loop),
      persist_session_(settings.persist_session),
      handlers_(std::move(handlers)),
      keeper_(loop, store, {.available = [this] { pump(); }, .safe = handlers_.safe}),
      window_(settings.max_inflight),
      outbox_(
          {.window = window_.size(),
           .events_per_second = settings.rate_limit_pps,
           .responses = max_responses},
          keeper_.queue()),
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
    if (!loss_timer_)
        report_lost_responses();
}

void Publisher::publish_latest(std::string_view slot, Publication publication)
{
    outbox_.set_latest(slot, std::move(publication));
    pump();
}

void Publisher::publish_event(EventPtr event)
{
    keeper_.add(std::move(event));
    pump();
}

void Publisher::release()
{
    hold_limit_.reset();
    outbox_.release();
    pump();
}

void Publisher::on_online(bool session_present)
{
    keeper_.broker_came();
    // What the library sends again in a session has the time limit of this connection.
    if (session_present)
        outbox_.touch_in_flight(Outbox::Clock::now());
    else
        outbox_.return_in_flight();
    window_.reset();
    outbox_.set_window(window_.size());
    outbox_.hold();
    hold_limit_ = loop_.after(longest_hold, [this] { release(); });
    handlers_.online();
    pump();
}

void Publisher::on_offline()
{
    keeper_.broker_went();
    // With a session the library sends again, and acknowledgements still come.
    if (!persist_session_)
        outbox_.return_in_flight();
    acknowledgement_timer_.reset();
    handlers_.offline();
}

void Publisher::on_acknowledged(std::uint64_t id)
{
    const auto now = Outbox::Clock::now();
    last_acknowledgement_ = now;
    const auto known = outbox_.acknowledged(id);
    if (known && known->qos == 1) {
        window_.acknowledged(known->sent, now, known->in_flight);
        outbox_.set_window(window_.size());
    }
    if (known && handlers_.acknowledged)
        handlers_.acknowledged(*known);
    keeper_.progress();
    pump();
    check_drained();
}

void Publisher::pump()
{
    if (!client_.online())
        return;
    const auto now = Outbox::Clock::now();
    while (const auto outgoing = outbox_.next(now)) {
        ++handed_out_;
        client_.publish(outgoing->id, outgoing->publication);
        if (!client_.online())
            return;
    }
    if (const auto then = outbox_.ask_again_at(); then && !event_timer_)
        event_timer_ = loop_.after(std::chrono::ceil<gateway::EventLoop::Duration>(*then - now), [this] {
            event_timer_.reset();
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

void Publisher::report_lost_responses()
{
    loss_timer_.reset();
    const std::uint64_t lost = outbox_.take_lost_responses();
    if (lost == 0)
        return;
    lost_responses_ += lost;
    spdlog::error("{} responses are lost: more requests than the broker took answers", lost);
    loss_timer_ = loop_.after(loss_report_period, [this] { report_lost_responses(); });
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
