#include "sink-service/dual_mcu/codec/data_service.hpp"

namespace dual_mcu {
namespace {

constexpr std::uint8_t option_track = 0x01;
constexpr std::uint8_t option_unacknowledged = 0x02;
constexpr unsigned option_hop_limit_shift = 2;
constexpr std::uint8_t hop_limit_mask = 0x0F;

constexpr std::uint8_t qos_mask = 0x03;
constexpr unsigned hop_count_shift = 2;

constexpr std::uint16_t twelve_bits = 0x0FFF;
constexpr std::uint16_t last_fragment = 0x8000;

void write_header(PayloadWriter& out, const TxHeader& header)
{
    out.u16(header.pdu_id);
    out.u8(header.source_endpoint);
    out.u32(header.destination);
    out.u8(header.destination_endpoint);
    out.u8(header.qos);
    out.u8(to_octet(header.options));
}

void read_header(Reader& in, TxHeader& header)
{
    header.pdu_id = in.u16();
    header.source_endpoint = in.u8();
    header.destination = in.u32();
    header.destination_endpoint = in.u8();
    header.qos = in.u8();
    header.options = tx_options_from(in.u8());
}

void write_header(PayloadWriter& out, const RxHeader& header)
{
    out.u32(header.source);
    out.u8(header.source_endpoint);
    out.u32(header.destination);
    out.u8(header.destination_endpoint);
    out.u8(static_cast<std::uint8_t>(header.hop_count << hop_count_shift | (header.qos & qos_mask)));
    out.u32(header.travel_time);
}

void read_header(Reader& in, RxHeader& header)
{
    header.source = in.u32();
    header.source_endpoint = in.u8();
    header.destination = in.u32();
    header.destination_endpoint = in.u8();
    const std::uint8_t qos_and_hops = in.u8();
    header.qos = qos_and_hops & qos_mask;
    header.hop_count = static_cast<std::uint8_t>(qos_and_hops >> hop_count_shift);
    header.travel_time = in.u32();
}

void write_fragment(PayloadWriter& out, const FragmentInfo& fragment)
{
    out.u16(fragment.packet_id & twelve_bits);
    out.u16(
        static_cast<std::uint16_t>((fragment.offset & twelve_bits) | (fragment.last ? last_fragment : 0)));
}

void read_fragment(Reader& in, FragmentInfo& fragment)
{
    fragment.packet_id = in.u16() & twelve_bits;
    const std::uint16_t offset = in.u16();
    fragment.offset = offset & twelve_bits;
    fragment.last = (offset & last_fragment) != 0;
}

void write_apdu(PayloadWriter& out, const Apdu& apdu)
{
    out.u8(static_cast<std::uint8_t>(apdu.size()));
    out.bytes(apdu);
}

void read_apdu(Reader& in, Apdu& apdu)
{
    const std::uint8_t size = in.u8();
    if (!apdu.assign(in.bytes(size)))
        in.fail();
}

} // namespace

std::uint8_t to_octet(const TxOptions& options)
{
    return static_cast<std::uint8_t>(
        (options.track ? option_track : 0) | (options.unacknowledged_csma_ca ? option_unacknowledged : 0) |
        (options.hop_limit & hop_limit_mask) << option_hop_limit_shift);
}

TxOptions tx_options_from(std::uint8_t octet)
{
    TxOptions options;
    options.track = (octet & option_track) != 0;
    options.unacknowledged_csma_ca = (octet & option_unacknowledged) != 0;
    options.hop_limit = octet >> option_hop_limit_shift & hop_limit_mask;
    return options;
}

void write(PayloadWriter& out, const DataTx& request)
{
    write_header(out, request.header);
    write_apdu(out, request.apdu);
}

void read(Reader& in, DataTx& request)
{
    read_header(in, request.header);
    read_apdu(in, request.apdu);
}

void write(PayloadWriter& out, const DataTxTt& request)
{
    write_header(out, request.header);
    out.u32(request.buffering_delay);
    write_apdu(out, request.apdu);
}

void read(Reader& in, DataTxTt& request)
{
    read_header(in, request.header);
    request.buffering_delay = in.u32();
    read_apdu(in, request.apdu);
}

void write(PayloadWriter& out, const DataTxFragment& request)
{
    write_header(out, request.header);
    out.u32(request.buffering_delay);
    write_fragment(out, request.fragment);
    write_apdu(out, request.apdu);
}

void read(Reader& in, DataTxFragment& request)
{
    read_header(in, request.header);
    request.buffering_delay = in.u32();
    read_fragment(in, request.fragment);
    read_apdu(in, request.apdu);
}

void write(PayloadWriter& out, const DataTxIndication& indication)
{
    out.u8(indication.more ? 1 : 0);
    out.u16(indication.pdu_id);
    out.u8(indication.source_endpoint);
    out.u32(indication.destination);
    out.u8(indication.destination_endpoint);
    out.u32(indication.time_in_buffers);
    out.u8(indication.result);
}

void read(Reader& in, DataTxIndication& indication)
{
    indication.more = in.u8() != 0;
    indication.pdu_id = in.u16();
    indication.source_endpoint = in.u8();
    indication.destination = in.u32();
    indication.destination_endpoint = in.u8();
    indication.time_in_buffers = in.u32();
    indication.result = in.u8();
}

void write(PayloadWriter& out, const DataRx& indication)
{
    out.u8(indication.more ? 1 : 0);
    write_header(out, indication.header);
    write_apdu(out, indication.apdu);
}

void read(Reader& in, DataRx& indication)
{
    indication.more = in.u8() != 0;
    read_header(in, indication.header);
    read_apdu(in, indication.apdu);
}

void write(PayloadWriter& out, const DataRxFragment& indication)
{
    out.u8(indication.more ? 1 : 0);
    write_header(out, indication.header);
    write_fragment(out, indication.fragment);
    write_apdu(out, indication.apdu);
}

void read(Reader& in, DataRxFragment& indication)
{
    indication.more = in.u8() != 0;
    read_header(in, indication.header);
    read_fragment(in, indication.fragment);
    read_apdu(in, indication.apdu);
}

} // namespace dual_mcu
