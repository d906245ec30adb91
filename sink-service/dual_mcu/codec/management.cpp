#include "sink-service/dual_mcu/codec/management.hpp"

namespace dual_mcu {
namespace {

constexpr std::uint8_t padding = 0xFF;

void write_neighbour(PayloadWriter& out, const Neighbour& neighbour)
{
    out.u32(neighbour.address);
    out.u8(neighbour.link_reliability);
    out.i8(neighbour.normalised_rssi);
    out.u8(neighbour.cost);
    out.u8(neighbour.channel);
    out.u8(neighbour.type);
    out.i8(neighbour.tx_power);
    out.i8(neighbour.rx_power);
    out.u16(neighbour.age);
}

Neighbour read_neighbour(Reader& in)
{
    Neighbour neighbour;
    neighbour.address = in.u32();
    neighbour.link_reliability = in.u8();
    neighbour.normalised_rssi = in.i8();
    neighbour.cost = in.u8();
    neighbour.channel = in.u8();
    neighbour.type = in.u8();
    neighbour.tx_power = in.i8();
    neighbour.rx_power = in.i8();
    neighbour.age = in.u16();
    return neighbour;
}

/// An item of a length given before it.
void read_item(Reader& in, ConfigDataItem& item)
{
    const std::uint8_t size = in.u8();
    if (!item.assign(in.bytes(size)))
        in.fail();
}

void write_item(PayloadWriter& out, const ConfigDataItem& item)
{
    out.u8(static_cast<std::uint8_t>(item.size()));
    out.bytes(item);
}

} // namespace

Frame encode_response(const Frame& indication, bool send_next)
{
    Frame response;
    response.primitive = indication.primitive | answer_bit;
    response.frame_id = indication.frame_id;
    response.payload.push_back(send_next ? 1 : 0);
    return response;
}

void write(PayloadWriter& out, const AppConfig& config)
{
    out.u8(config.sequence);
    out.u16(config.diagnostics_interval);
    out.bytes(config.octets);
}

void read(Reader& in, AppConfig& config)
{
    config.sequence = in.u8();
    config.diagnostics_interval = in.u16();
    if (in.left() != app_config_size && in.left() != legacy_app_config_size)
        in.fail();
    config.octets.assign(in.rest());
}

void write(PayloadWriter& out, const StackStart& request)
{
    out.u8(request.auto_start ? 1 : 0);
}

void read(Reader& in, StackStart& request)
{
    request.auto_start = in.u8() != 0;
}

void write(PayloadWriter& out, const StackStateIndication& indication)
{
    out.u8(indication.more ? 1 : 0);
    out.u8(indication.status);
}

void read(Reader& in, StackStateIndication& indication)
{
    indication.more = in.u8() != 0;
    indication.status = in.u8();
}

void write(PayloadWriter& out, const NeighboursConfirm& confirm)
{
    out.u8(static_cast<std::uint8_t>(confirm.count));
    for (const Neighbour& neighbour : confirm.entries)
        write_neighbour(out, neighbour);
}

void read(Reader& in, NeighboursConfirm& confirm)
{
    confirm.count = std::min<std::size_t>(in.u8(), max_neighbours);
    for (Neighbour& neighbour : confirm.entries)
        neighbour = read_neighbour(in);
}

void write(PayloadWriter& out, const ScanNeighboursIndication& indication)
{
    out.u8(indication.more ? 1 : 0);
    out.u8(indication.ready);
}

void read(Reader& in, ScanNeighboursIndication& indication)
{
    indication.more = in.u8() != 0;
    indication.ready = in.u8();
}

void write(PayloadWriter& out, const InstallQualityConfirm& confirm)
{
    out.u8(confirm.result);
    out.u8(confirm.quality);
    out.u8(confirm.errors);
}

void read(Reader& in, InstallQualityConfirm& confirm)
{
    confirm.result = in.left() == 2 ? 0 : in.u8();
    confirm.quality = in.u8();
    confirm.errors = in.u8();
}

void write(PayloadWriter& out, const SinkCostWrite& request)
{
    out.u8(request.cost);
}

void read(Reader& in, SinkCostWrite& request)
{
    request.cost = in.u8();
}

void write(PayloadWriter& out, const SinkCostReadConfirm& confirm)
{
    out.u8(confirm.result);
    out.u8(confirm.cost);
}

void read(Reader& in, SinkCostReadConfirm& confirm)
{
    confirm.result = in.u8();
    confirm.cost = in.u8();
}

void write(PayloadWriter& out, const ConfigDataItemSet& request)
{
    out.u16(request.endpoint);
    write_item(out, request.value);
}

void read(Reader& in, ConfigDataItemSet& request)
{
    request.endpoint = in.u16();
    read_item(in, request.value);
}

void write(PayloadWriter& out, const ConfigDataItemGet& request)
{
    out.u16(request.endpoint);
}

void read(Reader& in, ConfigDataItemGet& request)
{
    request.endpoint = in.u16();
}

void write(PayloadWriter& out, const ConfigDataItemGet::Confirm& confirm)
{
    out.u8(confirm.result);
    write_item(out, confirm.value);
}

void read(Reader& in, ConfigDataItemGet::Confirm& confirm)
{
    confirm.result = in.u8();
    read_item(in, confirm.value);
}

void write(PayloadWriter& out, const ConfigDataItemList& /*request*/)
{
    out.u8(0);
}

void read(Reader& in, ConfigDataItemList& /*request*/)
{
    in.u8();
}

void write(PayloadWriter& out, const ConfigDataItemList::Confirm& confirm)
{
    out.u8(confirm.result);
    out.u8(static_cast<std::uint8_t>(confirm.count));
    for (std::size_t i = 0; i < confirm.count; ++i)
        out.u16(confirm.endpoints[i]);
}

void read(Reader& in, ConfigDataItemList::Confirm& confirm)
{
    confirm.result = in.u8();
    confirm.count = in.u8();
    if (confirm.count > max_optional_items) {
        in.fail();
        return;
    }
    for (std::size_t i = 0; i < confirm.count; ++i)
        confirm.endpoints[i] = in.u16();
}

void write(PayloadWriter& out, const ConfigDataItemRx& indication)
{
    out.u8(indication.more ? 1 : 0);
    out.u16(indication.endpoint);
    out.u8(static_cast<std::uint8_t>(indication.value.size()));
    out.padded(indication.value, max_config_data_item, padding);
}

void read(Reader& in, ConfigDataItemRx& indication)
{
    indication.more = in.u8() != 0;
    indication.endpoint = in.u16();
    read_item(in, indication.value);
    in.rest();
}

void write(PayloadWriter& out, const MaxQueueTimeWrite& request)
{
    out.u8(request.qos);
    out.u16(request.seconds);
}

void read(Reader& in, MaxQueueTimeWrite& request)
{
    request.qos = in.u8();
    request.seconds = in.u16();
}

void write(PayloadWriter& out, const MaxQueueTimeRead& request)
{
    out.u8(request.qos);
}

void read(Reader& in, MaxQueueTimeRead& request)
{
    request.qos = in.u8();
}

void write(PayloadWriter& out, const MaxQueueTimeRead::Confirm& confirm)
{
    out.u8(confirm.result);
    out.u16(confirm.seconds);
}

void read(Reader& in, MaxQueueTimeRead::Confirm& confirm)
{
    confirm.result = in.u8();
    confirm.seconds = in.u16();
}

void write(PayloadWriter& out, const FactoryReset& request)
{
    out.u32(request.key);
}

void read(Reader& in, FactoryReset& request)
{
    request.key = in.u32();
}

} // namespace dual_mcu
