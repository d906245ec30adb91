/// What is asked of nodes, and which packets answer it (docs/spec/remote-api.md, 2, 4, 11).
#pragma once

#include "gateway/remote_api/response.hpp"
#include "gateway/remote_api/sequences.hpp"
#include "tools/watch/packet.hpp"

#include <set>

namespace gateway::tools {

/// One packet, for one node or many.
struct Question {
    std::vector<std::uint32_t> destinations; ///< nodes, or broadcast alone
    std::vector<remote_api::Request> requests;
    bool takes_unasked = false; ///< statuses that nodes tell by themselves are welcome, too

    [[nodiscard]] bool is_broadcast() const;
};

struct Answer {
    Packet packet;
    std::vector<remote_api::Response> records; ///< without the tag
    bool truncated = false;
    bool asked_for = false; ///< has the question's tag
};

/// Picks the answers to one question out of everything that nodes send.
class AnswerFilter {
public:
    AnswerFilter(const Question& question, const remote_api::Tag& tag);

    /// Nothing for other packets, late answers to others' questions, and what came before.
    std::optional<Answer> take(const Packet& packet);

    /// Nodes that have answered with the tag.
    [[nodiscard]] const std::set<std::uint32_t>& answered() const { return answered_; }
    /// True when each node that was asked by its address has answered.
    [[nodiscard]] bool complete() const;

private:
    const Question& question_;
    remote_api::Tag tag_;
    std::set<std::uint32_t> answered_;
    std::set<std::pair<std::uint32_t, Bytes>> seen_; ///< the same packet may come twice
};

/// The payload: the tag first, then the requests. Fails when the packet, or the largest answer to it,
/// is longer than packets of usual networks can be.
Result<Bytes> encode_question(const Question& question, const remote_api::Tag& tag);

} // namespace gateway::tools
