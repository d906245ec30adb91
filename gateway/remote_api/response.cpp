#include "gateway/remote_api/response.hpp"

#include "gateway/remote_api/overloaded.hpp"

namespace gateway::remote_api {
namespace {

using Body = decltype(Response::body);

Bytes to_bytes(ByteView octets)
{
    return {octets.begin(), octets.end()};
}

std::uint8_t read_type(AttributeSet set)
{
    return response_type(
        set == AttributeSet::msap ? RequestType::read_msap_attribute : RequestType::read_csap_attribute);
}

std::uint8_t write_type(AttributeSet set)
{
    return response_type(
        set == AttributeSet::msap ? RequestType::write_msap_attribute : RequestType::write_csap_attribute);
}

response::Error read_error(std::uint8_t type, Reader& reader)
{
    response::Error error{static_cast<ErrorType>(type), reader.u8(), std::nullopt};
    if (reader.left() >= sizeof(std::uint16_t))
        error.attribute = reader.u16();
    return error;
}

template<typename Answer>
Answer read_attribute(AttributeSet set, Reader& reader)
{
    const Attribute attribute{set, reader.u16()};
    return {attribute, to_bytes(reader.rest())};
}

/// Reads the known part; nothing for a type without one.
std::optional<Body> read_body(std::uint8_t type, Reader& reader)
{
    if (type >= first_error)
        return read_error(type, reader);
    if ((type & response_bit) == 0)
        return std::nullopt;
    switch (static_cast<RequestType>(type & ~response_bit)) {
    case RequestType::ping:
        return response::Ping{to_bytes(reader.rest())};
    case RequestType::begin:
        return response::Begin{};
    case RequestType::begin_with_lock:
        return response::BeginWithLock{};
    case RequestType::end:
        return response::End{};
    case RequestType::cancel:
        return response::Cancel{};
    case RequestType::update:
        return response::Update{reader.u16()};
    case RequestType::write_msap_attribute:
        return read_attribute<response::WriteAttribute>(AttributeSet::msap, reader);
    case RequestType::write_csap_attribute:
        return read_attribute<response::WriteAttribute>(AttributeSet::csap, reader);
    case RequestType::read_msap_attribute:
        return read_attribute<response::ReadAttribute>(AttributeSet::msap, reader);
    case RequestType::read_csap_attribute:
        return read_attribute<response::ReadAttribute>(AttributeSet::csap, reader);
    case RequestType::scratchpad_status:
        return read_scratchpad_status(reader);
    case RequestType::scratchpad_update:
        return response::ScratchpadUpdate{reader.u8()};
    case RequestType::write_max_queuing_time:
    case RequestType::read_max_queuing_time:
        break;
    }
    return std::nullopt;
}

bool is_named(std::uint8_t type)
{
    const auto request = static_cast<std::uint8_t>(type & ~response_bit);
    return (type & response_bit) != 0 &&
           (request == wire(RequestType::write_max_queuing_time) ||
            request == wire(RequestType::read_max_queuing_time) || is_reserved(request));
}

Response decode(const RawRecord& raw)
{
    Reader reader(raw.value);
    Undecoded undecoded{raw.type, to_bytes(raw.value), Undecoded::Reason::too_short};
    std::optional<Body> body = read_body(raw.type, reader);
    if (!body) {
        undecoded.reason =
            is_named(raw.type) ? Undecoded::Reason::unknown_layout : Undecoded::Reason::unknown_type;
        return undecoded;
    }
    if (reader.failed())
        return undecoded;
    Response response;
    response.body = std::move(*body);
    response.rest = to_bytes(reader.rest());
    return response;
}

Bytes value_of(const Response& response)
{
    Bytes value;
    Writer writer(value);
    std::visit(
        Overloaded{
            [&](const Undecoded& record) { writer.bytes(record.value); },
            [&](const response::Ping& ping) { writer.bytes(ping.value); },
            [&](const response::Update& update) { writer.u16(update.countdown); },
            [&](const response::ReadAttribute& read) {
                writer.u16(read.attribute.id);
                writer.bytes(read.value);
            },
            [&](const response::WriteAttribute& write) {
                writer.u16(write.attribute.id);
                writer.bytes(write.value);
            },
            [&](const ScratchpadStatus& status) { write_scratchpad_status(value, status); },
            [&](const response::ScratchpadUpdate& update) { writer.u8(update.sequence); },
            [&](const response::Error& error) {
                writer.u8(error.request);
                if (error.attribute)
                    writer.u16(*error.attribute);
            },
            [](const response::Begin&) {},
            [](const response::BeginWithLock&) {},
            [](const response::End&) {},
            [](const response::Cancel&) {},
        },
        response.body);
    writer.bytes(response.rest);
    return value;
}

} // namespace

std::uint8_t type_of(const Response& response)
{
    return std::visit(
        Overloaded{
            [](const Undecoded& record) { return record.type; },
            [](const response::Ping&) { return response_type(RequestType::ping); },
            [](const response::Begin&) { return response_type(RequestType::begin); },
            [](const response::BeginWithLock&) { return response_type(RequestType::begin_with_lock); },
            [](const response::End&) { return response_type(RequestType::end); },
            [](const response::Cancel&) { return response_type(RequestType::cancel); },
            [](const response::Update&) { return response_type(RequestType::update); },
            [](const response::ReadAttribute& read) { return read_type(read.attribute.set); },
            [](const response::WriteAttribute& write) { return write_type(write.attribute.set); },
            [](const ScratchpadStatus&) { return response_type(RequestType::scratchpad_status); },
            [](const response::ScratchpadUpdate&) { return response_type(RequestType::scratchpad_update); },
            [](const response::Error& error) { return static_cast<std::uint8_t>(error.error); },
        },
        response.body);
}

Result<Bytes> encode(const std::vector<Response>& responses, std::size_t mtu)
{
    if (responses.empty())
        return fail(ApplicationCode::invalid_number_of_bytes, "a packet without responses tells nothing");
    PacketWriter packet(mtu);
    for (const Response& response : responses) {
        const Result<> added = packet.add(type_of(response), value_of(response));
        if (!added)
            return fail(added.error());
    }
    return packet.take();
}

Packet<Response> decode_responses(ByteView payload)
{
    const RawPacket raw = split(payload);
    Packet<Response> packet;
    packet.end = raw.end;
    packet.remains = to_bytes(raw.remains);
    for (const RawRecord& record : raw.records)
        packet.records.push_back(decode(record));
    return packet;
}

std::size_t encoded_size(const Response& response)
{
    return record_head + value_of(response).size();
}

} // namespace gateway::remote_api
