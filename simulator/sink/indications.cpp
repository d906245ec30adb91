#include "simulator/sink/indications.hpp"

#include "simulator/sink/ticks.hpp"

namespace simulator {
namespace {

using dual_mcu::DataRx;
using dual_mcu::DataRxFragment;

template<typename T>
inline constexpr bool is_received_data = std::is_same_v<T, DataRx> || std::is_same_v<T, DataRxFragment>;

} // namespace

void IndicationQueue::push(Indication indication, Now now)
{
    entries_.push_back({std::move(indication), now});
}

void IndicationQueue::push_collapsed(Indication indication, Now now)
{
    for (std::size_t i = sent_ ? 1 : 0; i < entries_.size(); ++i) {
        if (entries_[i].indication.index() == indication.index()) {
            entries_[i] = {std::move(indication), now};
            return;
        }
    }
    push(std::move(indication), now);
}

std::optional<dual_mcu::Frame> IndicationQueue::send(Now now, bool fragments_age)
{
    if (entries_.empty())
        return std::nullopt;
    sent_ = true;
    const Now waited = now - entries_.front().queued;
    return std::visit(
        [&]<typename T>(T indication) {
            indication.more = entries_.size() > 1;
            if constexpr (is_received_data<T>) {
                if (std::is_same_v<T, DataRx> || fragments_age)
                    indication.header.travel_time = aged(indication.header.travel_time, waited);
            }
            return dual_mcu::encode(indication, frame_id_);
        },
        entries_.front().indication);
}

bool IndicationQueue::acknowledge(const dual_mcu::Frame& response)
{
    if (!sent_ || entries_.empty() || response.frame_id != frame_id_)
        return false;
    const std::uint8_t primitive =
        std::visit([]<typename T>(const T& /*indication*/) { return T::id; }, entries_.front().indication);
    if (response.primitive != (primitive | dual_mcu::answer_bit))
        return false;
    entries_.pop_front();
    ++frame_id_;
    sent_ = false;
    return true;
}

std::size_t IndicationQueue::age_out(Now now, const std::array<std::uint16_t, 2>& limit_seconds)
{
    const auto too_old = [&](const Entry& entry) {
        return std::visit(
            [&]<typename T>(const T& indication) {
                if constexpr (is_received_data<T>) {
                    const std::size_t qos = indication.header.qos == 1 ? 1 : 0;
                    return aged(indication.header.travel_time, now - entry.queued) >
                           limit_seconds.at(qos) * ticks_per_second;
                }
                return false;
            },
            entry.indication);
    };
    if (!entries_.empty() && too_old(entries_.front()))
        sent_ = false; // its frame id goes to the next one (2.8)
    return std::erase_if(entries_, too_old);
}

} // namespace simulator
