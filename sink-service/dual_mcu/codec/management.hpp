/// Management and configuration service primitives, MSAP and CSAP (spec/dual-mcu-api.md, 3.2, 3.3),
/// without attributes and scratchpads, which have files of their own.
#pragma once

#include "sink-service/dual_mcu/codec/frame.hpp"

namespace dual_mcu {

/// A confirm of one octet, the result.
template<std::uint8_t Id>
struct SimpleConfirm {
    static constexpr std::uint8_t id = Id;
    std::uint8_t result = 0;

    friend bool operator==(const SimpleConfirm&, const SimpleConfirm&) = default;
};

/// A request without payload.
template<std::uint8_t Id, typename ConfirmType>
struct EmptyRequest {
    static constexpr std::uint8_t id = Id;
    using Confirm = ConfirmType;

    friend bool operator==(const EmptyRequest&, const EmptyRequest&) = default;
};

/// The response to any indication, known or not: its id with bit 7 set, its frame id (3.0).
Frame encode_response(const Frame& indication, bool send_next);

/// 3.2.1. Result 1: an indication follows at once.
struct IndicationPoll : EmptyRequest<0x04, SimpleConfirm<0x84>> {};

/// 3.2.2. Confirm: a bit field, see `StackStatus`.
struct StackStart {
    static constexpr std::uint8_t id = 0x05;
    using Confirm = SimpleConfirm<0x85>;
    bool auto_start = true;

    friend bool operator==(const StackStart&, const StackStart&) = default;
};

/// 3.2.3. The sink reboots after the confirm.
struct StackStop : EmptyRequest<0x06, SimpleConfirm<0x86>> {};

/// Bits of mStackStatus, of the STACK_START confirm, and of the STACK_STATE indication (4.2).
namespace stack_status {
inline constexpr std::uint8_t stopped = 0x01;
inline constexpr std::uint8_t network_address_missing = 0x02;
inline constexpr std::uint8_t node_address_missing = 0x04;
inline constexpr std::uint8_t channel_missing = 0x08;
inline constexpr std::uint8_t role_missing = 0x10;
inline constexpr std::uint8_t app_config_missing = 0x20;
inline constexpr std::uint8_t access_denied = 0x80;
} // namespace stack_status

/// 3.2.4
struct StackStateIndication {
    static constexpr std::uint8_t id = 0x07;
    bool more = false;
    std::uint8_t status = 0; ///< bits of stack_status; bit 0 alone says stopped

    friend bool operator==(const StackStateIndication&, const StackStateIndication&) = default;
};

inline constexpr std::size_t app_config_size = 80;
inline constexpr std::size_t legacy_app_config_size = 16; ///< stacks up to 3.1

using AppConfigOctets = gateway::StaticBytes<app_config_size>;

struct AppConfig {
    std::uint8_t sequence = 0;
    std::uint16_t diagnostics_interval = 0; ///< seconds
    AppConfigOctets octets;                 ///< exactly cAppConfigDataSize when on the wire

    friend bool operator==(const AppConfig&, const AppConfig&) = default;
};

template<std::uint8_t Id>
struct AppConfigReadConfirmOf {
    static constexpr std::uint8_t id = Id;
    std::uint8_t result = 0; ///< 0 success, 1 none set, 2 access denied; the rest is always there
    AppConfig config;

    friend bool operator==(const AppConfigReadConfirmOf&, const AppConfigReadConfirmOf&) = default;
};

template<std::uint8_t Id>
struct AppConfigWriteOf {
    static constexpr std::uint8_t id = Id;
    using Confirm = SimpleConfirm<Id + answer_bit>;
    AppConfig config;

    friend bool operator==(const AppConfigWriteOf&, const AppConfigWriteOf&) = default;
};

template<std::uint8_t Id>
struct AppConfigRxOf {
    static constexpr std::uint8_t id = Id;
    bool more = false;
    AppConfig config;

    friend bool operator==(const AppConfigRxOf&, const AppConfigRxOf&) = default;
};

/// 3.2.5 to 3.2.7, and the ids of stacks up to 3.1.
using AppConfigWrite = AppConfigWriteOf<0x3A>;
struct AppConfigRead : EmptyRequest<0x3B, AppConfigReadConfirmOf<0xBB>> {};
using AppConfigRx = AppConfigRxOf<0x3F>;
using LegacyAppConfigWrite = AppConfigWriteOf<0x08>;
struct LegacyAppConfigRead : EmptyRequest<0x09, AppConfigReadConfirmOf<0x89>> {};
using LegacyAppConfigRx = AppConfigRxOf<0x0A>;

inline constexpr std::size_t max_neighbours = 8;

struct Neighbour {
    std::uint32_t address = 0;
    std::uint8_t link_reliability = 0; ///< 255 = 100 %
    std::int8_t normalised_rssi = 0;   ///< unsigned before API 14
    std::uint8_t cost = 0;             ///< 255 = no route
    std::uint8_t channel = 0;
    std::uint8_t type = 0;    ///< 0 next hop, 1 member, 2 heard in a scan
    std::int8_t tx_power = 0; ///< dBm; a level index before API 14
    std::int8_t rx_power = 0; ///< dBm; a level index before API 14
    std::uint16_t age = 0;    ///< seconds

    friend bool operator==(const Neighbour&, const Neighbour&) = default;
};

/// 3.2.10
struct NeighboursConfirm {
    static constexpr std::uint8_t id = 0xA0;
    std::size_t count = 0; ///< valid entries, at most 8
    std::array<Neighbour, max_neighbours> entries{};

    friend bool operator==(const NeighboursConfirm&, const NeighboursConfirm&) = default;
};
struct GetNeighbours : EmptyRequest<0x20, NeighboursConfirm> {};

/// 3.2.11
struct ScanNeighbours : EmptyRequest<0x21, SimpleConfirm<0xA1>> {};
struct ScanNeighboursIndication {
    static constexpr std::uint8_t id = 0x22;
    bool more = false;
    std::uint8_t ready = 0; ///< 1 = done

    friend bool operator==(const ScanNeighboursIndication&, const ScanNeighboursIndication&) = default;
};

/// 3.2.12. A confirm of two octets has no result (11, D5): read as result 0.
struct InstallQualityConfirm {
    static constexpr std::uint8_t id = 0xA3;
    std::uint8_t result = 0;
    std::uint8_t quality = 0;
    std::uint8_t errors = 0;

    friend bool operator==(const InstallQualityConfirm&, const InstallQualityConfirm&) = default;
};
struct InstallQuality : EmptyRequest<0x23, InstallQualityConfirm> {};

/// 3.2.13
struct SinkCostWrite {
    static constexpr std::uint8_t id = 0x38;
    using Confirm = SimpleConfirm<0xB8>;
    std::uint8_t cost = 0;

    friend bool operator==(const SinkCostWrite&, const SinkCostWrite&) = default;
};
struct SinkCostReadConfirm {
    static constexpr std::uint8_t id = 0xB9;
    std::uint8_t result = 0;
    std::uint8_t cost = 0;

    friend bool operator==(const SinkCostReadConfirm&, const SinkCostReadConfirm&) = default;
};
struct SinkCostRead : EmptyRequest<0x39, SinkCostReadConfirm> {};

inline constexpr std::size_t max_config_data_item = 80;
inline constexpr std::size_t max_optional_items = 16;

using ConfigDataItem = gateway::StaticBytes<max_config_data_item>;

/// 3.2.22. No octets: delete the item.
struct ConfigDataItemSet {
    static constexpr std::uint8_t id = 0x29;
    using Confirm = SimpleConfirm<0xA9>;
    std::uint16_t endpoint = 0;
    ConfigDataItem value;

    friend bool operator==(const ConfigDataItemSet&, const ConfigDataItemSet&) = default;
};

/// 3.2.23
struct ConfigDataItemGet {
    static constexpr std::uint8_t id = 0x30;
    struct Confirm {
        static constexpr std::uint8_t id = 0xB0;
        std::uint8_t result = 0;
        ConfigDataItem value;

        friend bool operator==(const Confirm&, const Confirm&) = default;
    };
    std::uint16_t endpoint = 0;

    friend bool operator==(const ConfigDataItemGet&, const ConfigDataItemGet&) = default;
};

/// 3.2.24
struct ConfigDataItemList {
    static constexpr std::uint8_t id = 0x32;
    struct Confirm {
        static constexpr std::uint8_t id = 0xB2;
        std::uint8_t result = 0;
        std::size_t count = 0; ///< at most 16
        std::array<std::uint16_t, max_optional_items> endpoints{};

        friend bool operator==(const Confirm&, const Confirm&) = default;
    };

    friend bool operator==(const ConfigDataItemList&, const ConfigDataItemList&) = default;
};

/// 3.2.25. Written with 80 value octets; read with any number that holds the value.
struct ConfigDataItemRx {
    static constexpr std::uint8_t id = 0x31;
    bool more = false;
    std::uint16_t endpoint = 0;
    ConfigDataItem value;

    friend bool operator==(const ConfigDataItemRx&, const ConfigDataItemRx&) = default;
};

/// 3.2.26, API up to 18.
struct MaxQueueTimeWrite {
    static constexpr std::uint8_t id = 0x4F;
    using Confirm = SimpleConfirm<0xCF>;
    std::uint8_t qos = 0;
    std::uint16_t seconds = 0;

    friend bool operator==(const MaxQueueTimeWrite&, const MaxQueueTimeWrite&) = default;
};
struct MaxQueueTimeRead {
    static constexpr std::uint8_t id = 0x50;
    struct Confirm {
        static constexpr std::uint8_t id = 0xD0;
        std::uint8_t result = 0;
        std::uint16_t seconds = 0;

        friend bool operator==(const Confirm&, const Confirm&) = default;
    };
    std::uint8_t qos = 0;

    friend bool operator==(const MaxQueueTimeRead&, const MaxQueueTimeRead&) = default;
};

inline constexpr std::uint32_t factory_reset_key = 0x74496F44; ///< "DoIt" on the wire

/// 3.3.1
struct FactoryReset {
    static constexpr std::uint8_t id = 0x16;
    using Confirm = SimpleConfirm<0x96>;
    std::uint32_t key = factory_reset_key;

    friend bool operator==(const FactoryReset&, const FactoryReset&) = default;
};

template<std::uint8_t Id>
void write(PayloadWriter& out, const SimpleConfirm<Id>& confirm)
{
    out.u8(confirm.result);
}

template<std::uint8_t Id>
void read(Reader& in, SimpleConfirm<Id>& confirm)
{
    confirm.result = in.u8();
}

template<std::uint8_t Id, typename Confirm>
void write(PayloadWriter& /*out*/, const EmptyRequest<Id, Confirm>& /*request*/)
{
}

template<std::uint8_t Id, typename Confirm>
void read(Reader& /*in*/, EmptyRequest<Id, Confirm>& /*request*/)
{
}

/// Whatever follows the three leading octets is the configuration, 16 or 80 octets.
void write(PayloadWriter& out, const AppConfig& config);
void read(Reader& in, AppConfig& config);

template<std::uint8_t Id>
void write(PayloadWriter& out, const AppConfigReadConfirmOf<Id>& confirm)
{
    out.u8(confirm.result);
    write(out, confirm.config);
}

template<std::uint8_t Id>
void read(Reader& in, AppConfigReadConfirmOf<Id>& confirm)
{
    confirm.result = in.u8();
    read(in, confirm.config);
}

template<std::uint8_t Id>
void write(PayloadWriter& out, const AppConfigWriteOf<Id>& request)
{
    write(out, request.config);
}

template<std::uint8_t Id>
void read(Reader& in, AppConfigWriteOf<Id>& request)
{
    read(in, request.config);
}

template<std::uint8_t Id>
void write(PayloadWriter& out, const AppConfigRxOf<Id>& indication)
{
    out.u8(indication.more ? 1 : 0);
    write(out, indication.config);
}

template<std::uint8_t Id>
void read(Reader& in, AppConfigRxOf<Id>& indication)
{
    indication.more = in.u8() != 0;
    read(in, indication.config);
}

void write(PayloadWriter& out, const StackStart& request);
void read(Reader& in, StackStart& request);
void write(PayloadWriter& out, const StackStateIndication& indication);
void read(Reader& in, StackStateIndication& indication);
void write(PayloadWriter& out, const NeighboursConfirm& confirm);
void read(Reader& in, NeighboursConfirm& confirm);
void write(PayloadWriter& out, const ScanNeighboursIndication& indication);
void read(Reader& in, ScanNeighboursIndication& indication);
void write(PayloadWriter& out, const InstallQualityConfirm& confirm);
void read(Reader& in, InstallQualityConfirm& confirm);
void write(PayloadWriter& out, const SinkCostWrite& request);
void read(Reader& in, SinkCostWrite& request);
void write(PayloadWriter& out, const SinkCostReadConfirm& confirm);
void read(Reader& in, SinkCostReadConfirm& confirm);
void write(PayloadWriter& out, const ConfigDataItemSet& request);
void read(Reader& in, ConfigDataItemSet& request);
void write(PayloadWriter& out, const ConfigDataItemGet& request);
void read(Reader& in, ConfigDataItemGet& request);
void write(PayloadWriter& out, const ConfigDataItemGet::Confirm& confirm);
void read(Reader& in, ConfigDataItemGet::Confirm& confirm);
void write(PayloadWriter& out, const ConfigDataItemList& request);
void read(Reader& in, ConfigDataItemList& request);
void write(PayloadWriter& out, const ConfigDataItemList::Confirm& confirm);
void read(Reader& in, ConfigDataItemList::Confirm& confirm);
void write(PayloadWriter& out, const ConfigDataItemRx& indication);
void read(Reader& in, ConfigDataItemRx& indication);
void write(PayloadWriter& out, const MaxQueueTimeWrite& request);
void read(Reader& in, MaxQueueTimeWrite& request);
void write(PayloadWriter& out, const MaxQueueTimeRead& request);
void read(Reader& in, MaxQueueTimeRead& request);
void write(PayloadWriter& out, const MaxQueueTimeRead::Confirm& confirm);
void read(Reader& in, MaxQueueTimeRead::Confirm& confirm);
void write(PayloadWriter& out, const FactoryReset& request);
void read(Reader& in, FactoryReset& request);

} // namespace dual_mcu
