/// Responses of nodes (docs/spec/remote-api.md, 4, 6, 7). Pure.
#pragma once

#include "gateway/address.hpp"
#include "gateway/remote_api/record.hpp"
#include "gateway/remote_api/request.hpp"
#include "gateway/remote_api/scratchpad_status.hpp"
#include "gateway/remote_api/types.hpp"

namespace gateway::remote_api {

namespace response {

struct Ping {
    Bytes value;
    friend bool operator==(const Ping&, const Ping&) = default;
};
struct Begin {
    friend bool operator==(const Begin&, const Begin&) = default;
};
struct BeginWithLock {
    friend bool operator==(const BeginWithLock&, const BeginWithLock&) = default;
};
struct End {
    friend bool operator==(const End&, const End&) = default;
};
struct Cancel {
    friend bool operator==(const Cancel&, const Cancel&) = default;
};
struct Update {
    std::uint16_t countdown = 0; ///< seconds left, as the node really uses them; 0: none runs
    friend bool operator==(const Update&, const Update&) = default;
};
struct ReadAttribute {
    Attribute attribute;
    Bytes value;
    friend bool operator==(const ReadAttribute&, const ReadAttribute&) = default;
};
struct WriteAttribute {
    Attribute attribute;
    Bytes value; ///< what was buffered; empty for write-only attributes
    friend bool operator==(const WriteAttribute&, const WriteAttribute&) = default;
};
struct ScratchpadUpdate {
    std::uint8_t sequence = 0;
    friend bool operator==(const ScratchpadUpdate&, const ScratchpadUpdate&) = default;
};
struct Error {
    ErrorType error = ErrorType::unknown_request;
    std::uint8_t request = 0;               ///< type of the request that failed
    std::optional<std::uint16_t> attribute; ///< that it named
    friend bool operator==(const Error&, const Error&) = default;
};

} // namespace response

/// Responses to max queuing time requests are kept Undecoded: their layout is not known.
using Response = Record<
    response::Ping, response::Begin, response::BeginWithLock, response::End, response::Cancel,
    response::Update, response::ReadAttribute, response::WriteAttribute, ScratchpadStatus,
    response::ScratchpadUpdate, response::Error>;

std::uint8_t type_of(const Response& response);

/// The payload of a packet to a sink. Fails as that of requests does.
Result<Bytes> encode(const std::vector<Response>& responses, std::size_t mtu = default_mtu);

/// Never fails: what is not understood is kept as it came, so that encoding gives the same octets.
Packet<Response> decode_responses(ByteView payload);

/// Octets that a record takes in a packet.
std::size_t encoded_size(const Response& response);

} // namespace gateway::remote_api
