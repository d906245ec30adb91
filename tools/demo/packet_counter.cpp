#include "tools/demo/packet_counter.hpp"

#include "gateway/bytes.hpp"

#include "generic_message.pb.h"

namespace gateway::tools {
namespace {

/// Nothing when the payload is too short for one.
std::optional<std::uint32_t> running_number(const std::string& payload)
{
    const Bytes octets(payload.begin(), payload.end());
    Reader reader(octets);
    const std::uint32_t number = reader.u32();
    return reader.failed() ? std::nullopt : std::optional(number);
}

} // namespace

void PacketCounter::add(const backend::api::PacketReceivedEvent& packet)
{
    const auto number = running_number(packet.payload());
    const std::lock_guard lock(mutex_);
    if (count_.packets == 0 && number)
        count_.first = *number;
    else
        count_.in_sequence = count_.in_sequence && number == count_.last + 1;
    count_.last = number.value_or(count_.last);
    ++count_.packets;
    changed_.notify_all();
}

PacketCount PacketCounter::wait(
    std::uint64_t packets, std::chrono::milliseconds limit, const std::stop_token& stop)
{
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, limit, [&] { return count_.packets >= packets; });
    return count_;
}

} // namespace gateway::tools
