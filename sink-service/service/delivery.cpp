#include "sink-service/service/delivery.hpp"

#include <random>
#include <spdlog/spdlog.h>

namespace sink_service {
namespace {

constexpr std::size_t packets_a_signal = 100;
constexpr std::chrono::seconds expiry_interval{5};

std::uint64_t new_stream()
{
    std::random_device device;
    return static_cast<std::uint64_t>(device()) << 32 | device();
}

} // namespace

Delivery::Delivery(gateway::EventLoop& loop, SinkBridge& bridge, HoldSettings settings)
    : loop_(loop),
      bridge_(bridge),
      hold_(settings, new_stream()),
      expiry_(loop.every(expiry_interval, [this] {
          hold_.expire(DeliveryHold::TimePoint::clock::now());
          tell_link();
      }))
{
    hold_.keep_first(DeliveryHold::TimePoint::clock::now());
}

void Delivery::packet_received(const dual_mcu::UplinkPacket& packet)
{
    hold_.push(packet);
    flush_soon();
    tell_link();
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> Delivery::attach(
    const std::string& consumer, const std::string& owner)
{
    const auto oldest = hold_.attach(consumer, owner);
    if (!oldest)
        return std::nullopt;
    spdlog::info("{} attached, from packet {} on", consumer, *oldest);
    flush_soon();
    tell_link();
    return std::pair(hold_.stream(), *oldest);
}

bool Delivery::acknowledge(const std::string& consumer, std::uint64_t number)
{
    const bool known = hold_.acknowledge(consumer, number);
    tell_link();
    return known;
}

bool Delivery::detach(const std::string& consumer)
{
    const bool known = hold_.detach(consumer);
    tell_link();
    return known;
}

void Delivery::left(const std::string& owner)
{
    hold_.left(owner, DeliveryHold::TimePoint::clock::now());
    tell_link();
}

void Delivery::all_left()
{
    hold_.all_left(DeliveryHold::TimePoint::clock::now());
    tell_link();
}

void Delivery::send_with(Send send)
{
    send_ = std::move(send);
    flush_soon();
}

/// From the loop, once for all packets that came in one turn: a burst costs one signal, and a
/// packet waits for nobody.
void Delivery::flush_soon()
{
    if (flush_posted_ || !hold_.has_attached_consumer())
        return;
    flush_posted_ = true;
    loop_.post([this] { flush(); });
}

void Delivery::flush()
{
    flush_posted_ = false;
    while (send_) {
        const auto batch = hold_.next_batch(packets_a_signal);
        if (!batch)
            return;
        send_(hold_.stream(), *batch);
    }
}

void Delivery::tell_link()
{
    const bool full = hold_.full();
    const bool behind = hold_.behind(); // many times a second under load: not worth a line
    if (full != hold_full_) {
        hold_full_ = full;
        spdlog::log(
            full ? spdlog::level::warn : spdlog::level::info,
            "{} packets are not acknowledged: the sink is {}", hold_.packets(),
            full ? "not polled, the mesh holds the rest" : "polled again");
    }
    const bool pause = full || behind;
    if (pause == link_paused_)
        return;
    link_paused_ = pause;
    bridge_.pause(pause);
}

} // namespace sink_service
