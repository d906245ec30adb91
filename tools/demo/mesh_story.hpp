/// The demo's part about the nodes behind the sink.
#pragma once

#include "tools/backend/backend.hpp"
#include "tools/demo/node_statuses.hpp"
#include "tools/terminal/style.hpp"

#include <iosfwd>
#include <string>

namespace gateway::tools {

/// Of the scenario that the demo runs.
inline constexpr std::size_t demo_nodes = 12;

/// The scratchpad that goes through the mesh.
struct MeshScratchpad {
    std::uint8_t sequence = 0;
    std::uint16_t crc = 0;
};

class MeshStory {
public:
    /// All of them outlive the story.
    MeshStory(
        backend::Backend& backend, NodeStatuses& nodes, const std::string& sink, std::ostream& out,
        const Style& style)
        : backend_(backend), nodes_(nodes), sink_(sink), out_(out), style_(style)
    {
    }

    /// Asks all nodes for their status and lists those that answer; true when all do.
    bool list_nodes();
    /// Watches until all nodes have told that they hold it; true when they do.
    bool watch_spreading(const MeshScratchpad& scratchpad);
    /// Watches until all nodes have told that they processed it.
    bool watch_processing(const MeshScratchpad& scratchpad);
    /// Asks again, and shows what every node processed and runs.
    bool show_result(const MeshScratchpad& scratchpad);

private:
    /// A broadcast.
    void ask_all();
    /// … and the answers to it.
    NodeStatusMap survey();
    /// Waits until `done` is true of all nodes, and asks again those that may have told it in vain.
    bool watch(const std::string& title, const std::function<bool(const NodeStatus&)>& done);

    backend::Backend& backend_;
    NodeStatuses& nodes_;
    std::string sink_;
    std::ostream& out_;
    Style style_;
};

} // namespace gateway::tools
