#include "gateway/remote_api/request.hpp"

#include "gateway/remote_api/overloaded.hpp"

namespace gateway::remote_api {
namespace {

using Body = decltype(Request::body);

RequestType read_type(AttributeSet set)
{
    return set == AttributeSet::msap ? RequestType::read_msap_attribute : RequestType::read_csap_attribute;
}

RequestType write_type(AttributeSet set)
{
    return set == AttributeSet::msap ? RequestType::write_msap_attribute : RequestType::write_csap_attribute;
}

AttributeSet set_of(RequestType type)
{
    const bool msap = type == RequestType::read_msap_attribute || type == RequestType::write_msap_attribute;
    return msap ? AttributeSet::msap : AttributeSet::csap;
}

Bytes to_bytes(ByteView octets)
{
    return {octets.begin(), octets.end()};
}

/// Reads the known part; nothing for a type without one.
std::optional<Body> read_body(RequestType type, Reader& reader)
{
    switch (type) {
    case RequestType::ping:
        return request::Ping{to_bytes(reader.rest())};
    case RequestType::begin:
        return request::Begin{};
    case RequestType::begin_with_lock: {
        request::BeginWithLock begin;
        const ByteView key = reader.bytes(begin.key.size());
        std::ranges::copy(key, begin.key.begin());
        return begin;
    }
    case RequestType::end:
        return request::End{};
    case RequestType::cancel:
        return request::Cancel{};
    case RequestType::update:
        if (reader.left() == 0)
            return request::Update{};
        return request::Update{reader.u16()};
    case RequestType::read_msap_attribute:
    case RequestType::read_csap_attribute:
        return request::ReadAttribute{{set_of(type), reader.u16()}};
    case RequestType::write_msap_attribute:
    case RequestType::write_csap_attribute: {
        const Attribute attribute{set_of(type), reader.u16()};
        return request::WriteAttribute{attribute, to_bytes(reader.rest())};
    }
    case RequestType::scratchpad_status:
        return request::ScratchpadStatus{};
    case RequestType::scratchpad_update:
        return request::ScratchpadUpdate{reader.u8()};
    case RequestType::write_max_queuing_time: {
        const std::uint8_t priority = reader.u8();
        return request::WriteMaxQueuingTime{priority, reader.u16()};
    }
    case RequestType::read_max_queuing_time:
        return request::ReadMaxQueuingTime{reader.u8()};
    }
    return std::nullopt;
}

Request decode(const RawRecord& raw)
{
    Reader reader(raw.value);
    Undecoded undecoded{raw.type, to_bytes(raw.value), Undecoded::Reason::too_short};
    std::optional<Body> body = read_body(static_cast<RequestType>(raw.type), reader);
    if (!body) {
        undecoded.reason =
            is_reserved(raw.type) ? Undecoded::Reason::unknown_layout : Undecoded::Reason::unknown_type;
        return undecoded;
    }
    if (reader.failed())
        return undecoded;
    Request request;
    request.body = std::move(*body);
    request.rest = to_bytes(reader.rest());
    return request;
}

Bytes value_of(const Request& request)
{
    Bytes value;
    Writer writer(value);
    std::visit(
        Overloaded{
            [&](const Undecoded& record) { writer.bytes(record.value); },
            [&](const request::Ping& ping) { writer.bytes(ping.value); },
            [&](const request::BeginWithLock& begin) { writer.bytes(begin.key); },
            [&](const request::Update& update) {
                if (update.countdown)
                    writer.u16(*update.countdown);
            },
            [&](const request::ReadAttribute& read) { writer.u16(read.attribute.id); },
            [&](const request::WriteAttribute& write) {
                writer.u16(write.attribute.id);
                writer.bytes(write.value);
            },
            [&](const request::ScratchpadUpdate& update) { writer.u8(update.sequence); },
            [&](const request::WriteMaxQueuingTime& write) {
                writer.u8(write.priority);
                writer.u16(write.seconds);
            },
            [&](const request::ReadMaxQueuingTime& read) { writer.u8(read.priority); },
            [](const request::Begin&) {},
            [](const request::End&) {},
            [](const request::Cancel&) {},
            [](const request::ScratchpadStatus&) {},
        },
        request.body);
    writer.bytes(request.rest);
    return value;
}

} // namespace

std::uint8_t type_of(const Request& request)
{
    return std::visit(
        Overloaded{
            [](const Undecoded& record) { return record.type; },
            [](const request::Ping&) { return wire(RequestType::ping); },
            [](const request::Begin&) { return wire(RequestType::begin); },
            [](const request::BeginWithLock&) { return wire(RequestType::begin_with_lock); },
            [](const request::End&) { return wire(RequestType::end); },
            [](const request::Cancel&) { return wire(RequestType::cancel); },
            [](const request::Update&) { return wire(RequestType::update); },
            [](const request::ReadAttribute& read) { return wire(read_type(read.attribute.set)); },
            [](const request::WriteAttribute& write) { return wire(write_type(write.attribute.set)); },
            [](const request::ScratchpadStatus&) { return wire(RequestType::scratchpad_status); },
            [](const request::ScratchpadUpdate&) { return wire(RequestType::scratchpad_update); },
            [](const request::WriteMaxQueuingTime&) { return wire(RequestType::write_max_queuing_time); },
            [](const request::ReadMaxQueuingTime&) { return wire(RequestType::read_max_queuing_time); },
        },
        request.body);
}

Result<Bytes> encode(const std::vector<Request>& requests, std::size_t mtu)
{
    if (requests.empty())
        return fail(ApplicationCode::invalid_number_of_bytes, "a packet without requests asks for nothing");
    PacketWriter packet(mtu);
    for (const Request& request : requests) {
        const Result<> added = packet.add(type_of(request), value_of(request));
        if (!added)
            return fail(added.error());
    }
    return packet.take();
}

Packet<Request> decode_requests(ByteView payload)
{
    const RawPacket raw = split(payload);
    Packet<Request> packet;
    packet.end = raw.end;
    packet.remains = to_bytes(raw.remains);
    for (const RawRecord& record : raw.records)
        packet.records.push_back(decode(record));
    return packet;
}

} // namespace gateway::remote_api
