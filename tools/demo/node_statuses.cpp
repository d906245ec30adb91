#include "tools/demo/node_statuses.hpp"

#include "gateway/remote_api/response.hpp"

#include "generic_message.pb.h"

namespace gateway::tools {

bool NodeStatuses::add(const backend::api::PacketReceivedEvent& packet)
{
    if (packet.source_endpoint() != remote_api::node_endpoint ||
        packet.destination_endpoint() != remote_api::backend_endpoint)
        return false;
    const Bytes payload(packet.payload().begin(), packet.payload().end());
    const std::lock_guard lock(mutex_);
    for (const remote_api::Response& record : remote_api::decode_responses(payload).records)
        if (const auto* status = record.as<remote_api::ScratchpadStatus>())
            statuses_[packet.source_address()] = {packet.hop_count(), *status};
    ++changes_;
    changed_.notify_all();
    return true;
}

NodeStatusMap NodeStatuses::wait(
    const std::function<bool(const NodeStatusMap&)>& enough, std::chrono::milliseconds limit,
    const std::stop_token& stop, const std::function<void(const NodeStatusMap&)>& seen)
{
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::unique_lock lock(mutex_);
    for (;;) {
        NodeStatusMap now = statuses_;
        const std::uint64_t known = changes_;
        lock.unlock();
        if (seen)
            seen(now);
        if (enough(now))
            return now;
        lock.lock();
        if (!changed_.wait_until(lock, stop, deadline, [&] { return changes_ != known; }))
            return statuses_; // at the limit, or asked to stop
    }
}

void NodeStatuses::forget()
{
    const std::lock_guard lock(mutex_);
    statuses_.clear();
}

} // namespace gateway::tools
