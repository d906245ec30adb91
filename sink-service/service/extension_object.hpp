/// What the sink's D-Bus object has beyond the reference contract
/// (gateway/dbus/org.opengateway.sink.xml).
#pragma once

#include "sink-service/service/delivery.hpp"
#include "sink-service/service/sink_bridge.hpp"

#include <org.opengateway.sink-adaptor.hpp>

namespace sink_service {

/// On the loop's thread, like the connection.
class ExtensionObject final
    : public sdbus::AdaptorInterfaces<
          org::opengateway::sink::delivery1_adaptor, org::opengateway::sink::health1_adaptor,
          org::opengateway::sink::upload1_adaptor> {
public:
    ExtensionObject(sdbus::IConnection& connection, SinkBridge& bridge, Delivery& delivery);
    ~ExtensionObject();

private:
    std::tuple<std::uint64_t, std::uint64_t> Attach(const std::string& consumer) override;
    void Acknowledge(const std::string& consumer, const std::uint64_t& number) override;
    void Detach(const std::string& consumer) override;
    void GetStatus(
        sdbus::Result<std::string, std::string, std::uint32_t, std::map<std::string, std::uint64_t>>&& result)
        override;
    bool Cancel() override;

    void send(std::uint64_t stream, const DeliveryHold::Batch& batch);
    [[nodiscard]] std::string caller() const;

    SinkBridge& bridge_;
    Delivery& delivery_;
};

} // namespace sink_service
