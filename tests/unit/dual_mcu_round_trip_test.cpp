#include "tests/unit/dual_mcu_vectors.hpp"

#include "sink-service/dual_mcu/codec/attributes.hpp"
#include "sink-service/dual_mcu/codec/data_service.hpp"
#include "sink-service/dual_mcu/codec/scratchpad.hpp"

#include <random>

using namespace dual_mcu;

namespace {

/// Random primitives of every kind, the same at every run.
class Dice {
public:
    std::uint8_t u8() { return static_cast<std::uint8_t>(random_()); }
    std::int8_t i8() { return static_cast<std::int8_t>(random_()); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(random_()); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(random_()); }
    bool flag() { return random_() % 2 == 0; }
    std::size_t up_to(std::size_t most) { return random_() % (most + 1); }
    std::uint16_t twelve_bits() { return static_cast<std::uint16_t>(random_() % 4096); }

    template<typename Octets>
    Octets octets(std::size_t size)
    {
        Octets made;
        for (std::size_t i = 0; i < size; ++i)
            REQUIRE(made.push_back(u8()));
        return made;
    }
    template<typename Octets>
    Octets octets()
    {
        return octets<Octets>(up_to(Octets::capacity));
    }

    TxHeader tx_header()
    {
        return {u16(), u8(), u32(), u8(), u8(), {flag(), flag(), static_cast<std::uint8_t>(up_to(15))}};
    }
    RxHeader rx_header()
    {
        return {u32(),
                u8(),
                u32(),
                u8(),
                static_cast<std::uint8_t>(up_to(3)),
                static_cast<std::uint8_t>(up_to(63)),
                u32()};
    }
    FragmentInfo fragment() { return {twelve_bits(), twelve_bits(), flag()}; }
    AppConfig app_config(std::size_t size) { return {u8(), u16(), octets<AppConfigOctets>(size)}; }
    ScratchpadTarget target() { return {u8(), u16(), u8(), u8()}; }

private:
    std::mt19937 random_{12345}; // NOLINT(cert-msc51-cpp): a test repeats itself
};

constexpr int rounds = 200;

/// decode(encode(x)) == x, and no payload cut short or with an octet too many is taken for x.
template<typename Primitive, typename Make>
void check(Make make)
{
    Dice dice;
    for (int round = 0; round < rounds; ++round) {
        const Primitive primitive = make(dice);
        const Frame frame = encode(primitive, dice.u8());
        const auto decoded = decode<Primitive>(frame);
        REQUIRE(decoded.has_value());
        CHECK(*decoded == primitive);
    }
}

/// Every shorter payload, and one octet more, fails cleanly.
template<typename Primitive>
void check_lengths(const Primitive& primitive)
{
    const Frame frame = encode(primitive, 1);
    CAPTURE(name_of_primitive(Primitive::id));
    for (std::size_t size = 0; size < frame.payload.size(); ++size) {
        CAPTURE(size);
        Frame cut = frame;
        cut.payload.assign(frame.payload.view().first(size));
        const auto decoded = decode<Primitive>(cut);
        REQUIRE_FALSE(decoded.has_value());
        CHECK(decoded.error().code == gateway::ApplicationCode::internal_error);
    }
    Frame longer = frame;
    longer.payload.push_back(0);
    CHECK_FALSE(decode<Primitive>(longer).has_value());
    Frame other = frame;
    other.primitive ^= 0x40;
    CHECK_FALSE(decode<Primitive>(other).has_value());
}

template<typename Primitive, typename Make>
void check_all(Make make)
{
    check<Primitive>(make);
    Dice dice;
    check_lengths(make(dice));
}

template<typename Primitive>
void check_empty()
{
    check_all<Primitive>([](Dice&) { return Primitive{}; });
}

template<typename Confirm>
void check_simple()
{
    check_all<Confirm>([](Dice& dice) { return Confirm{dice.u8()}; });
}

} // namespace

TEST_CASE("data primitives survive encoding and decoding", "[dual-mcu][round-trip]")
{
    check_all<DataTx>([](Dice& dice) { return DataTx{dice.tx_header(), dice.octets<Apdu>()}; });
    check_all<DataTxTt>([](Dice& dice) {
        return DataTxTt{dice.tx_header(), dice.u32(), dice.octets<Apdu>()};
    });
    check_all<DataTxFragment>([](Dice& dice) {
        return DataTxFragment{dice.tx_header(), dice.u32(), dice.fragment(), dice.octets<Apdu>()};
    });
    check_all<DataTx::Confirm>([](Dice& dice) { return DataTx::Confirm{dice.u16(), dice.u8(), dice.u8()}; });
    check_all<DataTxTt::Confirm>([](Dice& dice) {
        return DataTxTt::Confirm{dice.u16(), dice.u8(), dice.u8()};
    });
    check_all<DataTxFragment::Confirm>([](Dice& dice) {
        return DataTxFragment::Confirm{dice.u16(), dice.u8(), dice.u8()};
    });
    check_all<DataTxIndication>([](Dice& dice) {
        return DataTxIndication{dice.flag(), dice.u16(), dice.u8(), dice.u32(),
                                dice.u8(),   dice.u32(), dice.u8()};
    });
    check_all<DataRx>([](Dice& dice) { return DataRx{dice.flag(), dice.rx_header(), dice.octets<Apdu>()}; });
    check_all<DataRxFragment>([](Dice& dice) {
        return DataRxFragment{dice.flag(), dice.rx_header(), dice.fragment(), dice.octets<Apdu>()};
    });
}

TEST_CASE("attribute primitives survive encoding and decoding", "[dual-mcu][round-trip]")
{
    check_all<CsapAttributeWrite>([](Dice& dice) {
        return CsapAttributeWrite{dice.u16(), dice.octets<AttributeValue>()};
    });
    check_all<MsapAttributeWrite>([](Dice& dice) {
        return MsapAttributeWrite{dice.u16(), dice.octets<AttributeValue>()};
    });
    check_all<CsapAttributeRead>([](Dice& dice) { return CsapAttributeRead{dice.u16()}; });
    check_all<MsapAttributeRead>([](Dice& dice) { return MsapAttributeRead{dice.u16()}; });
    check_all<CsapAttributeRead::Confirm>([](Dice& dice) {
        return CsapAttributeRead::Confirm{dice.u8(), dice.u16(), dice.octets<AttributeValue>()};
    });
    check_all<MsapAttributeRead::Confirm>([](Dice& dice) {
        return MsapAttributeRead::Confirm{dice.u8(), dice.u16(), dice.octets<AttributeValue>()};
    });
    check_simple<CsapAttributeWrite::Confirm>();
    check_simple<MsapAttributeWrite::Confirm>();
}

TEST_CASE("management primitives survive encoding and decoding", "[dual-mcu][round-trip]")
{
    check_empty<IndicationPoll>();
    check_simple<IndicationPoll::Confirm>();
    check_all<StackStart>([](Dice& dice) { return StackStart{dice.flag()}; });
    check_simple<StackStart::Confirm>();
    check_empty<StackStop>();
    check_simple<StackStop::Confirm>();
    check_all<StackStateIndication>([](Dice& dice) { return StackStateIndication{dice.flag(), dice.u8()}; });
    check_all<FactoryReset>([](Dice& dice) { return FactoryReset{dice.u32()}; });
    check_simple<FactoryReset::Confirm>();
    check_all<SinkCostWrite>([](Dice& dice) { return SinkCostWrite{dice.u8()}; });
    check_simple<SinkCostWrite::Confirm>();
    check_empty<SinkCostRead>();
    check_all<SinkCostRead::Confirm>([](Dice& dice) { return SinkCostRead::Confirm{dice.u8(), dice.u8()}; });
    check_all<MaxQueueTimeWrite>([](Dice& dice) { return MaxQueueTimeWrite{dice.u8(), dice.u16()}; });
    check_simple<MaxQueueTimeWrite::Confirm>();
    check_all<MaxQueueTimeRead>([](Dice& dice) { return MaxQueueTimeRead{dice.u8()}; });
    check_all<MaxQueueTimeRead::Confirm>([](Dice& dice) {
        return MaxQueueTimeRead::Confirm{dice.u8(), dice.u16()};
    });
}

TEST_CASE(
    "application configurations of both generations survive encoding and decoding", "[dual-mcu][round-trip]")
{
    const auto current = [](Dice& dice) { return AppConfigWrite{dice.app_config(app_config_size)}; };
    const auto legacy = [](Dice& dice) {
        return LegacyAppConfigWrite{dice.app_config(legacy_app_config_size)};
    };
    check<AppConfigWrite>(current);
    check<LegacyAppConfigWrite>(legacy);
    check<AppConfigRead::Confirm>([](Dice& dice) {
        return AppConfigRead::Confirm{dice.u8(), dice.app_config(app_config_size)};
    });
    check<LegacyAppConfigRead::Confirm>([](Dice& dice) {
        return LegacyAppConfigRead::Confirm{dice.u8(), dice.app_config(legacy_app_config_size)};
    });
    check<AppConfigRx>([](Dice& dice) { return AppConfigRx{dice.flag(), dice.app_config(app_config_size)}; });
    check<LegacyAppConfigRx>([](Dice& dice) {
        return LegacyAppConfigRx{dice.flag(), dice.app_config(legacy_app_config_size)};
    });
    check_empty<AppConfigRead>();
    check_empty<LegacyAppConfigRead>();

    // 16 octets are a configuration too: only the other lengths fail.
    Dice dice;
    const Frame frame = encode(current(dice), 1);
    for (std::size_t size = 0; size <= max_payload; ++size) {
        Frame resized = frame;
        gateway::Bytes payload(frame.payload.view().begin(), frame.payload.view().end());
        payload.resize(size);
        resized.payload.assign(payload);
        const bool fits = size == 3 + app_config_size || size == 3 + legacy_app_config_size;
        CHECK(decode<AppConfigWrite>(resized).has_value() == fits);
    }
}

TEST_CASE("neighbour primitives survive encoding and decoding", "[dual-mcu][round-trip]")
{
    check_empty<GetNeighbours>();
    const auto neighbours = [](Dice& dice) {
        NeighboursConfirm confirm;
        confirm.count = dice.up_to(max_neighbours);
        for (std::size_t i = 0; i < confirm.count; ++i)
            confirm.entries.at(i) = {dice.u32(), dice.u8(), dice.i8(), dice.u8(), dice.u8(),
                                     dice.u8(),  dice.i8(), dice.i8(), dice.u16()};
        return confirm;
    };
    check_all<NeighboursConfirm>(neighbours);
    check_empty<ScanNeighbours>();
    check_simple<ScanNeighbours::Confirm>();
    check_all<ScanNeighboursIndication>([](Dice& dice) {
        return ScanNeighboursIndication{dice.flag(), dice.u8()};
    });
    check_empty<InstallQuality>();
    check<InstallQualityConfirm>([](Dice& dice) {
        return InstallQualityConfirm{dice.u8(), dice.u8(), dice.u8()};
    });
}

TEST_CASE("a neighbour count above 8 is clamped", "[dual-mcu]")
{
    Frame frame = encode(NeighboursConfirm{}, 1);
    gateway::Bytes payload(frame.payload.view().begin(), frame.payload.view().end());
    payload[0] = 200;
    frame.payload.assign(payload);
    const auto confirm = decode<NeighboursConfirm>(frame);
    REQUIRE(confirm.has_value());
    CHECK(confirm->count == max_neighbours);
}

TEST_CASE("an install quality confirm of two octets has no result", "[dual-mcu]")
{
    Frame frame;
    frame.primitive = InstallQualityConfirm::id;
    frame.payload.assign(*gateway::from_hex("80 02"));
    const auto confirm = decode<InstallQualityConfirm>(frame);
    REQUIRE(confirm.has_value());
    CHECK(*confirm == InstallQualityConfirm{0, 0x80, 2});
    frame.payload.assign(*gateway::from_hex("80"));
    CHECK_FALSE(decode<InstallQualityConfirm>(frame).has_value());
    frame.payload.assign(*gateway::from_hex("00 80 02 00"));
    CHECK_FALSE(decode<InstallQualityConfirm>(frame).has_value());
}

TEST_CASE("configuration data items survive encoding and decoding", "[dual-mcu][round-trip]")
{
    check_all<ConfigDataItemSet>([](Dice& dice) {
        return ConfigDataItemSet{dice.u16(), dice.octets<ConfigDataItem>()};
    });
    check_simple<ConfigDataItemSet::Confirm>();
    check_all<ConfigDataItemGet>([](Dice& dice) { return ConfigDataItemGet{dice.u16()}; });
    check_all<ConfigDataItemGet::Confirm>([](Dice& dice) {
        return ConfigDataItemGet::Confirm{dice.u8(), dice.octets<ConfigDataItem>()};
    });
    check_empty<ConfigDataItemList>();
    check_all<ConfigDataItemList::Confirm>([](Dice& dice) {
        ConfigDataItemList::Confirm confirm;
        confirm.result = dice.u8();
        confirm.count = dice.up_to(max_optional_items);
        for (std::size_t i = 0; i < confirm.count; ++i)
            confirm.endpoints.at(i) = dice.u16();
        return confirm;
    });
    check<ConfigDataItemRx>([](Dice& dice) {
        return ConfigDataItemRx{dice.flag(), dice.u16(), dice.octets<ConfigDataItem>()};
    });
}

TEST_CASE("an item indication may have any length that holds its value", "[dual-mcu]")
{
    Dice dice;
    const ConfigDataItemRx item{false, 7, dice.octets<ConfigDataItem>(10)};
    const Frame frame = encode(item, 1);
    REQUIRE(frame.payload.size() == 84);
    for (std::size_t size = 0; size <= frame.payload.size(); ++size) {
        Frame cut = frame;
        cut.payload.assign(frame.payload.view().first(size));
        CHECK(decode<ConfigDataItemRx>(cut).has_value() == (size >= 14));
    }
}

TEST_CASE("an item list that counts more than 16 is refused", "[dual-mcu]")
{
    Frame frame;
    frame.primitive = ConfigDataItemList::Confirm::id;
    gateway::Bytes payload(2 + 2 * 17, 0);
    payload[1] = 17;
    frame.payload.assign(payload);
    CHECK_FALSE(decode<ConfigDataItemList::Confirm>(frame).has_value());
}

TEST_CASE("scratchpad primitives survive encoding and decoding", "[dual-mcu][round-trip]")
{
    check_all<ScratchpadStart>([](Dice& dice) { return ScratchpadStart{dice.u32(), dice.u8()}; });
    check_simple<ScratchpadStart::Confirm>();
    check_all<ScratchpadBlock>([](Dice& dice) {
        return ScratchpadBlock{dice.u32(), dice.octets<ScratchpadOctets>()};
    });
    check_simple<ScratchpadBlock::Confirm>();
    check_empty<ScratchpadStatus>();
    check_all<ScratchpadStatus::Confirm>([](Dice& dice) {
        return ScratchpadStatusConfirm{
            dice.u32(), dice.u16(), dice.u8(), dice.u8(),  dice.u8(),
            dice.u32(), dice.u16(), dice.u8(), dice.u32(), {dice.u8(), dice.u8(), dice.u8(), dice.u8()}};
    });
    check_empty<ScratchpadUpdate>();
    check_simple<ScratchpadUpdate::Confirm>();
    check_empty<ScratchpadClear>();
    check_simple<ScratchpadClear::Confirm>();
    check_all<ScratchpadTargetWrite>([](Dice& dice) { return ScratchpadTargetWrite{dice.target()}; });
    check_simple<ScratchpadTargetWrite::Confirm>();
    check_empty<ScratchpadTargetRead>();
    check_all<ScratchpadTargetRead::Confirm>([](Dice& dice) {
        return ScratchpadTargetRead::Confirm{dice.u8(), dice.target()};
    });
    check_all<ScratchpadBlockRead>([](Dice& dice) { return ScratchpadBlockRead{dice.u32(), dice.u8()}; });
    check<ScratchpadBlockRead::Confirm>([](Dice& dice) {
        return ScratchpadBlockRead::Confirm{0, dice.octets<ScratchpadOctets>()};
    });
}

TEST_CASE("the octets of a failed block read mean nothing", "[dual-mcu]")
{
    Frame frame;
    frame.primitive = ScratchpadBlockRead::Confirm::id;
    for (const std::size_t size : {1U, 113U, 255U}) {
        gateway::Bytes payload(size, 0xEE);
        payload[0] = 4;
        frame.payload.assign(payload);
        const auto confirm = decode<ScratchpadBlockRead::Confirm>(frame);
        REQUIRE(confirm.has_value());
        CHECK(*confirm == ScratchpadBlockRead::Confirm{4, {}});
    }
    gateway::Bytes payload(2 + max_scratchpad_block, 0);
    frame.payload.assign(payload);
    CHECK_FALSE(decode<ScratchpadBlockRead::Confirm>(frame).has_value());
    frame.payload.clear();
    CHECK_FALSE(decode<ScratchpadBlockRead::Confirm>(frame).has_value());
}

TEST_CASE("no payload of any length crashes a decoder", "[dual-mcu]")
{
    Dice dice;
    for (int round = 0; round < 20000; ++round) {
        Frame frame;
        frame.payload = dice.octets<Payload>();
        const auto attempt = [&frame]<typename Primitive>(const Primitive* /*kind*/) {
            frame.primitive = Primitive::id;
            if (const auto decoded = decode<Primitive>(frame))
                CHECK(encode(*decoded, 0).payload.size() >= 1);
        };
        attempt(static_cast<DataRx*>(nullptr));
        attempt(static_cast<DataRxFragment*>(nullptr));
        attempt(static_cast<CsapAttributeRead::Confirm*>(nullptr));
        attempt(static_cast<ConfigDataItemRx*>(nullptr));
        attempt(static_cast<ConfigDataItemList::Confirm*>(nullptr));
        attempt(static_cast<NeighboursConfirm*>(nullptr));
        attempt(static_cast<ScratchpadBlockRead::Confirm*>(nullptr));
        attempt(static_cast<AppConfigRead::Confirm*>(nullptr));
    }
}
