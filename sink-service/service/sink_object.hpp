/// The D-Bus object of a sink, /com/wirepas/sink (spec/sink-dbus-api.md, 3 to 5).
#pragma once

#include "sink-service/service/property_answers.hpp"
#include "sink-service/service/sink_bridge.hpp"

#include <com.wirepas.sink-adaptor.hpp>

namespace sink_service {

/// Answers property reads from the last known state, everything else through the bridge. On the
/// loop's thread, like the connection.
class SinkObject final : public sdbus::AdaptorInterfaces<
                             com::wirepas::sink::config1_adaptor, com::wirepas::sink::data1_adaptor,
                             com::wirepas::sink::otap1_adaptor> {
public:
    SinkObject(sdbus::IConnection& connection, SinkBridge& bridge);
    ~SinkObject();

    void announce_changes(const dual_mcu::SinkState& before, const dual_mcu::SinkState& now);

private:
    using Octets = std::vector<std::uint8_t>;
    using Item = sdbus::Struct<std::uint16_t, Octets>;

    // config1 (sink_object_properties.cpp, sink_object_config.cpp)
    std::uint16_t StackProfile() override;
    std::uint16_t HwMagic() override;
    std::uint8_t MaxMtu() override;
    std::uint8_t ChRangeMin() override;
    std::uint8_t ChRangeMax() override;
    std::uint16_t ACRangeMin() override;
    std::uint16_t ACRangeMax() override;
    std::uint8_t PDUBufferSize() override;
    std::uint16_t AppConfigMaxSize() override;
    std::vector<std::uint16_t> FirmwareVersion() override;
    std::uint16_t CurrentAC() override;
    bool CipherKeySet() override;
    bool AuthenticationKeySet() override;
    std::uint8_t StackStatus() override;
    std::uint16_t ACRangeMinCur() override;
    std::uint16_t ACRangeMaxCur() override;
    std::uint32_t NodeAddress() override;
    void NodeAddress(const std::uint32_t& value) override;
    std::uint8_t NodeRole() override;
    void NodeRole(const std::uint8_t& value) override;
    std::uint32_t NetworkAddress() override;
    void NetworkAddress(const std::uint32_t& value) override;
    std::uint8_t NetworkChannel() override;
    void NetworkChannel(const std::uint8_t& value) override;
    std::uint8_t SinkCost() override;
    void SinkCost(const std::uint8_t& value) override;
    std::uint32_t ChannelMap() override;
    void ChannelMap(const std::uint32_t& value) override;
    Octets CipherKey() override;
    void CipherKey(const Octets& value) override;
    Octets AuthenticationKey() override;
    void AuthenticationKey(const Octets& value) override;

    void SetStackState(sdbus::Result<bool>&& result, bool state) override;
    void ClearCipherKey(sdbus::Result<>&& result) override;
    void ClearAuthenticationKey(sdbus::Result<>&& result) override;
    void SetAppConfig(
        sdbus::Result<bool>&& result, std::uint8_t seq, std::uint16_t interval, Octets data) override;
    void GetAppConfig(sdbus::Result<std::uint8_t, std::uint16_t, Octets>&& result) override;
    void SetACRange(sdbus::Result<bool>&& result, std::uint16_t min, std::uint16_t max) override;
    void SetConfigDataItem(sdbus::Result<>&& result, std::uint16_t endpoint, Octets payload) override;
    void GetConfigDataItem(sdbus::Result<Octets>&& result, std::uint16_t endpoint) override;
    void GetConfigDataContent(sdbus::Result<std::vector<Item>>&& result) override;
    void SetNetworkSecurityKeys(
        sdbus::Result<>&& result, Octets cipher, Octets authentication, std::uint8_t sequence) override;
    void SetManagementSecurityKeys(
        sdbus::Result<>&& result, Octets cipher, Octets authentication, std::uint8_t sequence) override;

    // data1 and otap1 (sink_object_data.cpp)
    void SendMessage(
        sdbus::Result<std::uint32_t>&& result, std::uint32_t dst_addr, std::uint8_t src_ep,
        std::uint8_t dst_ep, std::uint32_t buffering_delay, std::uint8_t qos, bool is_unack_csma_ca,
        std::uint8_t hop_limit, Octets payload) override;

    std::uint32_t StoredLen() override;
    std::uint16_t StoredCrc() override;
    std::uint8_t StoredSeq() override;
    std::uint8_t StoredStatus() override;
    std::uint8_t StoredType() override;
    std::uint32_t ProcessedLen() override;
    std::uint16_t ProcessedCrc() override;
    std::uint8_t ProcessedSeq() override;
    std::uint32_t FirmwareAreaId() override;

    void UploadScratchpad(sdbus::Result<>&& result, std::uint8_t seq, Octets scratchpad) override;
    void ClearLocalScratchpad(sdbus::Result<>&& result) override;
    void ProcessScratchpad(sdbus::Result<>&& result) override;
    void SetTargetScratchpad(
        sdbus::Result<bool>&& result, std::uint8_t seq, std::uint16_t crc, std::uint8_t action,
        std::uint8_t param) override;
    void GetTargetScratchpad(
        sdbus::Result<std::uint8_t, std::uint16_t, std::uint8_t, std::uint8_t>&& result) override;

    [[nodiscard]] const dual_mcu::SinkState& state() const { return bridge_.state(); }
    [[nodiscard]] const dual_mcu::ScratchpadStatusConfirm& scratchpad() const;
    std::vector<Property> properties();
    void add_writable_properties(std::vector<Property>& all);
    void write(
        const char* function, std::uint16_t id, std::uint32_t number, std::size_t octets,
        const Property::Written& written);
    void write_key(
        const char* function, std::uint16_t id, const Octets& key, const Property::Written& written);
    void clear_key(sdbus::Result<>&& result, std::string_view function, std::uint16_t id);
    void write_key_pair(
        sdbus::Result<>&& result, std::string_view function, std::uint16_t id, const Octets& cipher,
        const Octets& authentication, std::uint8_t sequence);

    SinkBridge& bridge_;
    PropertyAnswers properties_;
    BusFilter introspection_;
};

} // namespace sink_service
