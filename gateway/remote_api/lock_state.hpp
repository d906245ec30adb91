/// What answers tell about a node's feature lock (docs/spec/remote-api.md, 5, 8). Pure.
#pragma once

#include "gateway/remote_api/response.hpp"

namespace gateway::remote_api {

struct LockState {
    std::optional<std::uint32_t> bits; ///< a cleared bit locks; nothing: not told
    std::optional<bool> key_set;       ///< the bits count only while one is set; nothing: not told

    /// Nothing while one of the two is not known.
    [[nodiscard]] std::optional<bool> is_otap_locked() const;

    friend bool operator==(const LockState&, const LockState&) = default;
};

/// The requests that tell it.
std::vector<Request> read_lock_state();

/// From the records of an answer, in whatever order.
LockState lock_state(const std::vector<Response>& responses);

} // namespace gateway::remote_api
