#include "sink-service/dual_mcu/tracking.hpp"

#include <algorithm>

namespace dual_mcu {
namespace {

constexpr std::uint16_t max_pdu_id = 65534; ///< 65535 is reserved
constexpr std::chrono::seconds normal_queueing_time{600};
constexpr std::chrono::seconds high_queueing_time{300};
constexpr std::chrono::seconds grace{60};

} // namespace

bool Tracking::in_use(std::uint16_t pdu_id) const
{
    return std::ranges::any_of(slots_, [&](const auto& slot) { return slot && slot->pdu_id == pdu_id; });
}

std::optional<std::uint16_t> Tracking::reserve(std::size_t weight, std::uint8_t qos, TimePoint now)
{
    const auto free = std::ranges::find_if(slots_, [](const auto& slot) { return !slot; });
    if (free == slots_.end())
        return std::nullopt;
    while (in_use(next_pdu_id_) || next_pdu_id_ > max_pdu_id)
        ++next_pdu_id_;
    const auto queueing_time = qos == 0 ? normal_queueing_time : high_queueing_time;
    *free = Slot{next_pdu_id_++, weight, now + queueing_time + grace};
    return (*free)->pdu_id;
}

bool Tracking::release(std::uint16_t pdu_id)
{
    const auto found =
        std::ranges::find_if(slots_, [&](const auto& slot) { return slot && slot->pdu_id == pdu_id; });
    if (found == slots_.end())
        return false;
    found->reset();
    return true;
}

void Tracking::clear()
{
    slots_.fill(std::nullopt);
}

void Tracking::expire(TimePoint now)
{
    for (auto& slot : slots_)
        if (slot && slot->expires <= now)
            slot.reset();
}

std::size_t Tracking::weight() const
{
    std::size_t sum = 0;
    for (const auto& slot : slots_)
        sum += slot ? slot->weight : 0;
    return sum;
}

} // namespace dual_mcu
