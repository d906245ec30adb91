#include "transport/sinks/delivery_ledger.hpp"

namespace transport {

std::uint64_t DeliveryLedger::attached(
    std::uint64_t stream, std::uint64_t oldest, std::optional<DeliveryMark> stored)
{
    if (stream != stream_) {
        stream_ = stream;
        pending_.clear();
        safe_up_to_ = oldest - 1;
        if (stored && stored->stream == stream && stored->number > safe_up_to_)
            safe_up_to_ = stored->number;
        return 0;
    }
    if (oldest <= received() + 1)
        return 0;
    const std::uint64_t given_up = oldest - 1 - received();
    pending_.insert(pending_.end(), given_up, true);
    return given_up;
}

bool DeliveryLedger::receive(const DeliveryMark& packet)
{
    if (packet.stream != stream_ || packet.number <= received())
        return false;
    // A gap cannot be filled any more; it must not keep what follows from being acknowledged.
    pending_.insert(pending_.end(), packet.number - 1 - received(), true);
    pending_.push_back(false);
    return true;
}

bool DeliveryLedger::safe(const DeliveryMark& packet)
{
    if (packet.stream != stream_ || packet.number <= safe_up_to_ || packet.number > received())
        return false;
    pending_[packet.number - safe_up_to_ - 1] = true;
    const std::uint64_t before = safe_up_to_;
    while (!pending_.empty() && pending_.front()) {
        pending_.pop_front();
        ++safe_up_to_;
    }
    return safe_up_to_ != before;
}

} // namespace transport
