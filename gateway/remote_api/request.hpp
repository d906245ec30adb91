/// Requests to nodes (docs/spec/remote-api.md, 4). Pure.
#pragma once

#include "gateway/address.hpp"
#include "gateway/remote_api/record.hpp"
#include "gateway/remote_api/types.hpp"

namespace gateway::remote_api {

namespace request {

struct Ping {
    Bytes value; ///< comes back; a node takes 16 octets at most
    friend bool operator==(const Ping&, const Ping&) = default;
};
struct Begin {
    friend bool operator==(const Begin&, const Begin&) = default;
};
struct BeginWithLock {
    LockKey key{}; ///< secret
    friend bool operator==(const BeginWithLock&, const BeginWithLock&) = default;
};
struct End {
    friend bool operator==(const End&, const End&) = default;
};
struct Cancel {
    friend bool operator==(const Cancel&, const Cancel&) = default;
};
struct Update {
    std::optional<std::uint16_t> countdown; ///< seconds, 0 stops it; nothing: tell what is left
    friend bool operator==(const Update&, const Update&) = default;
};
struct ReadAttribute {
    Attribute attribute;
    friend bool operator==(const ReadAttribute&, const ReadAttribute&) = default;
};
struct WriteAttribute {
    Attribute attribute;
    Bytes value; ///< secret where the attribute is
    friend bool operator==(const WriteAttribute&, const WriteAttribute&) = default;
};
struct ScratchpadStatus {
    friend bool operator==(const ScratchpadStatus&, const ScratchpadStatus&) = default;
};
struct ScratchpadUpdate {
    std::uint8_t sequence = 0; ///< of the stored scratchpad that is to be processed
    friend bool operator==(const ScratchpadUpdate&, const ScratchpadUpdate&) = default;
};
struct WriteMaxQueuingTime {
    std::uint8_t priority = 0;
    std::uint16_t seconds = 0;
    friend bool operator==(const WriteMaxQueuingTime&, const WriteMaxQueuingTime&) = default;
};
struct ReadMaxQueuingTime {
    std::uint8_t priority = 0;
    friend bool operator==(const ReadMaxQueuingTime&, const ReadMaxQueuingTime&) = default;
};

} // namespace request

using Request = Record<
    request::Ping, request::Begin, request::BeginWithLock, request::End, request::Cancel, request::Update,
    request::ReadAttribute, request::WriteAttribute, request::ScratchpadStatus, request::ScratchpadUpdate,
    request::WriteMaxQueuingTime, request::ReadMaxQueuingTime>;

std::uint8_t type_of(const Request& request);

/// The payload of a packet to nodes. Fails with invalid_number_of_bytes for no requests at all, a value
/// over 255 octets and a packet over `mtu`.
Result<Bytes> encode(const std::vector<Request>& requests, std::size_t mtu = default_mtu);

/// Never fails: what is not understood is kept as it came, so that encoding gives the same octets.
Packet<Request> decode_requests(ByteView payload);

} // namespace gateway::remote_api
