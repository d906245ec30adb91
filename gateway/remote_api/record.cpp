#include "gateway/remote_api/record.hpp"

#include "gateway/remote_api/types.hpp"

#include <fmt/format.h>

namespace gateway::remote_api {

RawPacket split(ByteView payload)
{
    RawPacket packet;
    if (payload.empty())
        packet.end = PacketEnd::empty;
    while (!payload.empty()) {
        if (payload.size() < record_head || payload.size() - record_head < payload[1]) {
            packet.end = PacketEnd::truncated;
            packet.remains = payload;
            break;
        }
        packet.records.push_back({payload[0], payload.subspan(record_head, payload[1])});
        payload = payload.subspan(record_head + payload[1]);
    }
    return packet;
}

Result<> PacketWriter::add(std::uint8_t type, ByteView value)
{
    if (value.size() > max_value_size)
        return fail(
            ApplicationCode::invalid_number_of_bytes,
            fmt::format(
                "{}: {} octets do not fit into a record (at most {})", request_name(type), value.size(),
                max_value_size));
    const std::size_t size = record_head + value.size();
    if (size > left())
        return fail(
            ApplicationCode::invalid_number_of_bytes,
            fmt::format(
                "{}: its {} octets do not fit into a packet of {}, of which {} are left; send it in a "
                "packet of its own",
                request_name(type), size, mtu_, left()));
    octets_.push_back(type);
    octets_.push_back(static_cast<std::uint8_t>(value.size()));
    octets_.insert(octets_.end(), value.begin(), value.end());
    return {};
}

} // namespace gateway::remote_api
