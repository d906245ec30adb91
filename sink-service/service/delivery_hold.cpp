#include "sink-service/service/delivery_hold.hpp"

#include <algorithm>
#include <utility>

namespace sink_service {
namespace {

std::size_t weight(const HeldPacket& held)
{
    return sizeof held + held.packet.payload.size();
}

} // namespace

std::optional<std::uint64_t> DeliveryHold::attach(const std::string& consumer, const std::string& owner)
{
    const auto known = consumers_.find(consumer);
    if (known == consumers_.end()) {
        if (consumers_.size() >= settings_.max_consumers)
            return std::nullopt;
        const std::uint64_t had = keep_first_until_ ? 0 : last_number_;
        consumers_[consumer] = Consumer{owner, had, had, {}};
        return had + 1;
    }
    known->second.owner = owner;
    known->second.sent = known->second.acknowledged;
    return known->second.acknowledged + 1;
}

bool DeliveryHold::acknowledge(const std::string& consumer, std::uint64_t number)
{
    const auto known = consumers_.find(consumer);
    if (known == consumers_.end())
        return false;
    // Cumulative; what was never sent cannot have been stored.
    known->second.acknowledged = std::max(known->second.acknowledged, std::min(number, known->second.sent));
    release();
    return true;
}

bool DeliveryHold::detach(const std::string& consumer)
{
    const bool known = consumers_.erase(consumer) > 0;
    release();
    return known;
}

void DeliveryHold::left(const std::string& owner, TimePoint now)
{
    for (auto& [name, consumer] : consumers_) {
        if (consumer.owner != owner)
            continue;
        consumer.owner.clear();
        consumer.left = now;
    }
}

void DeliveryHold::all_left(TimePoint now)
{
    for (auto& [name, consumer] : consumers_)
        if (!std::exchange(consumer.owner, {}).empty())
            consumer.left = now;
}

void DeliveryHold::expire(TimePoint now)
{
    std::erase_if(consumers_, [&](const auto& entry) {
        return entry.second.owner.empty() && now - entry.second.left > settings_.keep_for;
    });
    if (keep_first_until_ && now >= *keep_first_until_)
        keep_first_until_.reset();
    release();
}

void DeliveryHold::push(dual_mcu::UplinkPacket packet)
{
    ++last_number_;
    // Who has yet to attach may never come: that must not stop the link.
    if (keep_first_until_ && full()) {
        keep_first_until_.reset();
        release();
    }
    if (consumers_.empty() && !keep_first_until_)
        return;
    auto held = std::make_shared<const HeldPacket>(HeldPacket{last_number_, std::move(packet)});
    octets_ += weight(*held);
    held_.push_back(std::move(held));
}

std::optional<DeliveryHold::Batch> DeliveryHold::next_batch(std::size_t most)
{
    for (auto& [name, consumer] : consumers_) {
        if (consumer.owner.empty() || consumer.sent == last_number_ || held_.empty())
            continue;
        // Numbers have no gaps, so a number tells its place.
        const auto first = static_cast<std::size_t>(consumer.sent + 1 - held_.front()->number);
        const std::size_t count = std::min(most, held_.size() - first);
        Batch batch{consumer.owner, {}};
        batch.packets.assign(
            held_.begin() + static_cast<std::ptrdiff_t>(first),
            held_.begin() + static_cast<std::ptrdiff_t>(first + count));
        consumer.sent += count;
        return batch;
    }
    return std::nullopt;
}

bool DeliveryHold::full()
{
    const auto above = [&](std::size_t packets, std::size_t octets) {
        return held_.size() >= packets || octets_ >= octets;
    };
    full_ = full_ ? above(settings_.max_packets / 2, settings_.max_octets / 2)
                  : above(settings_.max_packets, settings_.max_octets);
    return full_;
}

bool DeliveryHold::behind()
{
    const std::size_t limit = behind_ ? settings_.window / 2 : settings_.window;
    behind_ = has_attached_consumer() && std::ranges::all_of(consumers_, [&](const auto& entry) {
                  const Consumer& consumer = entry.second;
                  return consumer.owner.empty() || last_number_ - consumer.acknowledged >= limit;
              });
    return behind_;
}

bool DeliveryHold::has_attached_consumer() const
{
    return std::ranges::any_of(consumers_, [](const auto& entry) { return !entry.second.owner.empty(); });
}

/// Forgets what every consumer has.
void DeliveryHold::release()
{
    std::uint64_t needed_after = keep_first_until_ ? 0 : last_number_;
    for (const auto& [name, consumer] : consumers_)
        needed_after = std::min(needed_after, consumer.acknowledged);
    while (!held_.empty() && held_.front()->number <= needed_after) {
        octets_ -= weight(*held_.front());
        held_.pop_front();
    }
}

} // namespace sink_service
