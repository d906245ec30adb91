/// The packets that are worth sending (docs/spec/remote-api.md, 8, 10, 13).
#pragma once

#include "gateway/remote_api/request.hpp"

namespace gateway::remote_api {

/// Four octets, first in a packet and in its answer, that tell which answer is whose.
using Tag = std::array<std::uint8_t, 4>;

/// Tag, scratchpad status, role, lock bits, lock key: all that a campaign wants to know of a node.
std::vector<Request> survey(const Tag& tag);

/// Processes the stored scratchpad when its sequence is `sequence`, after `countdown` seconds. Begins
/// with Cancel, so that it can be repeated, with the seconds that are left then. `key`: of a locked
/// node.
std::vector<Request> trigger(
    std::uint8_t sequence, std::uint16_t countdown, const std::optional<LockKey>& key = std::nullopt);

/// Keeps a node out of OTAP until it is unlocked with `key`.
std::vector<Request> lock_otap(const LockKey& key, std::uint16_t countdown);
/// Takes `key` and all locks from a node.
std::vector<Request> unlock_otap(const LockKey& key, std::uint16_t countdown);

/// Restarts a node of `role`: writes that role with a mask of no bits.
std::vector<Request> restart(std::uint8_t role, std::uint16_t countdown);

} // namespace gateway::remote_api
