#include "tools/demo/mesh_story.hpp"

#include "gateway/address.hpp"
#include "gateway/remote_api/request.hpp"
#include "tools/backend/requests.hpp"
#include "tools/stand/wait.hpp"
#include "tools/terminal/progress_bar.hpp"
#include "tools/terminal/table.hpp"

#include "generic_message.pb.h"

#include <algorithm>
#include <ostream>

namespace gateway::tools {
namespace {

using namespace std::chrono_literals;

constexpr auto answers_limit = 20s;
constexpr int surveys = 3; // what is lost is asked for again
// The mesh's time passes faster than ours.
constexpr auto watch_limit = 60s;
constexpr auto watch_round = 5s; // nodes tell unasked, but that may get lost

bool stores(const NodeStatus& node, const MeshScratchpad& scratchpad)
{
    const remote_api::StoredScratchpad& stored = node.scratchpads.stored;
    return stored.length != 0 && stored.sequence == scratchpad.sequence && stored.crc == scratchpad.crc;
}

bool processed(const NodeStatus& node, const MeshScratchpad& scratchpad)
{
    return stores(node, scratchpad) && node.scratchpads.stored.status == 0;
}

std::string stored_text(const remote_api::StoredScratchpad& stored)
{
    if (stored.length == 0)
        return "nothing";
    const std::string what = std::to_string(stored.sequence);
    switch (stored.status) {
    case 0:
        return what + ", processed";
    case 255:
        return what + ", new";
    default:
        return what + ", error " + std::to_string(stored.status);
    }
}

} // namespace

void MeshStory::ask_all()
{
    const auto payload = remote_api::encode({remote_api::Request{remote_api::request::ScratchpadStatus{}}});
    backend::api::SendPacketReq packet;
    packet.set_destination_address(broadcast_address);
    packet.set_source_endpoint(remote_api::backend_endpoint);
    packet.set_destination_endpoint(remote_api::node_endpoint);
    packet.set_qos(0);
    packet.set_payload(payload->data(), payload->size());
    backend::send_data(backend_, sink_, packet);
}

NodeStatusMap MeshStory::survey()
{
    nodes_.forget();
    NodeStatusMap answers;
    for (int i = 0; i < surveys && answers.size() < demo_nodes; ++i) {
        ask_all();
        answers = nodes_.wait(
            [](const NodeStatusMap& nodes) { return nodes.size() >= demo_nodes; }, answers_limit / surveys,
            stand::interruption());
    }
    if (stand::interruption().stop_requested())
        throw stand::Interrupted();
    return answers;
}

bool MeshStory::list_nodes()
{
    const NodeStatusMap nodes = survey();
    Table table({"node", "hops", "stack", "application", "stored"});
    for (const auto& [address, node] : nodes) {
        const remote_api::ScratchpadStatus& status = node.scratchpads;
        table.add(
            {std::to_string(address), std::to_string(node.hops), to_text(status.stack.version),
             status.application ? to_text(status.application->version) : "not told",
             stored_text(status.stored)});
    }
    table.print(out_, style_);
    const bool all = nodes.size() == demo_nodes;
    out_ << "  " << style_.mark(all) << ' ' << nodes.size() << " of " << demo_nodes
         << " nodes answered a broadcast" << std::endl;
    return all;
}

bool MeshStory::watch(const std::string& title, const std::function<bool(const NodeStatus&)>& done)
{
    const auto count = [&done](const NodeStatusMap& nodes) {
        return static_cast<std::size_t>(
            std::ranges::count_if(nodes, [&done](const auto& entry) { return done(entry.second); }));
    };
    const auto all_done = [&](const NodeStatusMap& nodes) { return count(nodes) >= demo_nodes; };
    ProgressBar bar(out_, style_, title, "nodes");
    const auto show = [&](const NodeStatusMap& nodes) { bar.show(count(nodes), demo_nodes); };
    for (auto waited = 0s; waited < watch_limit; waited += watch_round) {
        const bool all = all_done(nodes_.wait(all_done, watch_round, stand::interruption(), show));
        if (stand::interruption().stop_requested())
            throw stand::Interrupted();
        if (all)
            return true;
        ask_all();
    }
    return false;
}

bool MeshStory::watch_spreading(const MeshScratchpad& scratchpad)
{
    return watch("stored by", [&](const NodeStatus& node) { return stores(node, scratchpad); });
}

bool MeshStory::watch_processing(const MeshScratchpad& scratchpad)
{
    return watch("processed by", [&](const NodeStatus& node) { return processed(node, scratchpad); });
}

bool MeshStory::show_result(const MeshScratchpad& scratchpad)
{
    const NodeStatusMap nodes = survey();
    Table table({"node", "stored", "processed sequence", "application", ""});
    bool all = nodes.size() == demo_nodes;
    for (const auto& [address, node] : nodes) {
        const auto& application = node.scratchpads.application;
        // A file with a stack alone leaves its trace there.
        const std::uint8_t stack_sequence = node.scratchpads.stack.sequence;
        const std::uint8_t sequence =
            application && application->sequence != 0 ? application->sequence : stack_sequence;
        const bool passed = processed(node, scratchpad);
        all = all && passed;
        table.add(
            {std::to_string(address), stored_text(node.scratchpads.stored),
             sequence == 0 ? "none that it keeps" : std::to_string(sequence),
             application ? to_text(application->version) : "not told", style_.mark(passed)});
    }
    table.print(out_, style_);
    if (nodes.size() != demo_nodes)
        out_ << "  " << style_.mark(false) << " only " << nodes.size() << " of " << demo_nodes
             << " nodes answered" << std::endl;
    return all;
}

} // namespace gateway::tools
