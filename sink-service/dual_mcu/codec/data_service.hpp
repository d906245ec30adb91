/// Data service primitives, DSAP (spec/dual-mcu-api.md, 3.1).
#pragma once

#include "sink-service/dual_mcu/codec/frame.hpp"

namespace dual_mcu {

/// One packet or fragment; 1..MTU octets are valid, the sink judges (3.1.4, result 6).
using Apdu = gateway::StaticBytes<234>; // what fits behind the longest header (DATA_RX_FRAG, 21 octets)

/// The TX options octet (3.1.1).
struct TxOptions {
    bool track = false; ///< ask for a DATA_TX indication
    bool unacknowledged_csma_ca = false;
    std::uint8_t hop_limit = 0; ///< 0 = none, 1..15

    friend bool operator==(const TxOptions&, const TxOptions&) = default;
};

std::uint8_t to_octet(const TxOptions& options);
TxOptions tx_options_from(std::uint8_t octet); ///< reserved bits are ignored

/// What the three transmit requests share (octets 0 to 9).
struct TxHeader {
    std::uint16_t pdu_id = 0; ///< 0..65534
    std::uint8_t source_endpoint = 0;
    std::uint32_t destination = 0;
    std::uint8_t destination_endpoint = 0;
    std::uint8_t qos = 0; ///< 0 normal, 1 high
    TxOptions options;

    friend bool operator==(const TxHeader&, const TxHeader&) = default;
};

template<std::uint8_t Id>
struct DataTxConfirmOf {
    static constexpr std::uint8_t id = Id;
    std::uint16_t pdu_id;
    std::uint8_t result;   ///< 3.1.4
    std::uint8_t capacity; ///< free packet buffers left

    friend bool operator==(const DataTxConfirmOf&, const DataTxConfirmOf&) = default;
};

/// 3.1.1
struct DataTx {
    static constexpr std::uint8_t id = 0x01;
    using Confirm = DataTxConfirmOf<0x81>;
    TxHeader header;
    Apdu apdu;

    friend bool operator==(const DataTx&, const DataTx&) = default;
};

/// 3.1.2
struct DataTxTt {
    static constexpr std::uint8_t id = 0x1F;
    using Confirm = DataTxConfirmOf<0x9F>;
    TxHeader header;
    std::uint32_t buffering_delay = 0; ///< 1/128 s
    Apdu apdu;

    friend bool operator==(const DataTxTt&, const DataTxTt&) = default;
};

/// 12-bit packet id and place of a fragment in its packet (3.1.3, 3.1.7).
struct FragmentInfo {
    std::uint16_t packet_id = 0; ///< 0..4095
    std::uint16_t offset = 0;    ///< 0..1499
    bool last = false;

    friend bool operator==(const FragmentInfo&, const FragmentInfo&) = default;
};

/// 3.1.3
struct DataTxFragment {
    static constexpr std::uint8_t id = 0x0F;
    using Confirm = DataTxConfirmOf<0x8F>;
    TxHeader header;
    std::uint32_t buffering_delay = 0; ///< 1/128 s
    FragmentInfo fragment;
    Apdu apdu;

    friend bool operator==(const DataTxFragment&, const DataTxFragment&) = default;
};

/// 3.1.5
struct DataTxIndication {
    static constexpr std::uint8_t id = 0x02;
    bool more = false;
    std::uint16_t pdu_id = 0;
    std::uint8_t source_endpoint = 0;
    std::uint32_t destination = 0;
    std::uint8_t destination_endpoint = 0;
    std::uint32_t time_in_buffers = 0; ///< 1/128 s
    std::uint8_t result = 0;           ///< 0 handed to the next hop, 1 dropped

    friend bool operator==(const DataTxIndication&, const DataTxIndication&) = default;
};

/// What the two receive indications share (octets 1 to 15).
struct RxHeader {
    std::uint32_t source = 0;
    std::uint8_t source_endpoint = 0;
    std::uint32_t destination = 0;
    std::uint8_t destination_endpoint = 0;
    std::uint8_t qos = 0;          ///< bits 0 and 1 of the octet
    std::uint8_t hop_count = 0;    ///< 0 unknown, 63 = 63 or more
    std::uint32_t travel_time = 0; ///< 1/128 s

    friend bool operator==(const RxHeader&, const RxHeader&) = default;
};

/// 3.1.6
struct DataRx {
    static constexpr std::uint8_t id = 0x03;
    bool more = false;
    RxHeader header;
    Apdu apdu;

    friend bool operator==(const DataRx&, const DataRx&) = default;
};

/// 3.1.7
struct DataRxFragment {
    static constexpr std::uint8_t id = 0x10;
    bool more = false;
    RxHeader header;
    FragmentInfo fragment;
    Apdu apdu;

    friend bool operator==(const DataRxFragment&, const DataRxFragment&) = default;
};

template<std::uint8_t Id>
void write(PayloadWriter& out, const DataTxConfirmOf<Id>& confirm)
{
    out.u16(confirm.pdu_id);
    out.u8(confirm.result);
    out.u8(confirm.capacity);
}

template<std::uint8_t Id>
void read(Reader& in, DataTxConfirmOf<Id>& confirm)
{
    confirm.pdu_id = in.u16();
    confirm.result = in.u8();
    confirm.capacity = in.u8();
}

void write(PayloadWriter& out, const DataTx& request);
void read(Reader& in, DataTx& request);
void write(PayloadWriter& out, const DataTxTt& request);
void read(Reader& in, DataTxTt& request);
void write(PayloadWriter& out, const DataTxFragment& request);
void read(Reader& in, DataTxFragment& request);
void write(PayloadWriter& out, const DataTxIndication& indication);
void read(Reader& in, DataTxIndication& indication);
void write(PayloadWriter& out, const DataRx& indication);
void read(Reader& in, DataRx& indication);
void write(PayloadWriter& out, const DataRxFragment& indication);
void read(Reader& in, DataRxFragment& indication);

} // namespace dual_mcu
