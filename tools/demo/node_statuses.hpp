/// What the nodes of the mesh tell about their scratchpads, as it comes.
#pragma once

#include "gateway/remote_api/scratchpad_status.hpp"
#include "tools/backend/api.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>

namespace gateway::tools {

struct NodeStatus {
    std::uint32_t hops = 0; ///< 0: not told
    remote_api::ScratchpadStatus scratchpads;
};

/// By address; a later status takes the place of an earlier one.
using NodeStatusMap = std::map<std::uint32_t, NodeStatus>;

/// Fed on one thread, read on another.
class NodeStatuses {
public:
    /// True when the packet is a response of the Remote API; the statuses in it are kept.
    bool add(const backend::api::PacketReceivedEvent& packet);

    /// What there is when `enough` likes it, at the limit, or when asked to stop. `seen` is told every
    /// time that something has come, on the calling thread.
    NodeStatusMap wait(
        const std::function<bool(const NodeStatusMap&)>& enough, std::chrono::milliseconds limit,
        const std::stop_token& stop, const std::function<void(const NodeStatusMap&)>& seen = {});

    void forget();

private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    NodeStatusMap statuses_;
    std::uint64_t changes_ = 0;
};

} // namespace gateway::tools
