#include "transport/uplink.hpp"

#include <catch2/catch.hpp>

using namespace transport;

TEST_CASE("an event is the packet; nothing of the one before is left in it", "[uplink]")
{
    const gateway::Bytes payload = {1, 2, 0xAB, 0xCD};
    UplinkPacket packet;
    packet.timestamp_ms = 1608644981498;
    packet.source_address = 1234;
    packet.destination_address = 1;
    packet.source_endpoint = 10;
    packet.destination_endpoint = 20;
    packet.travel_time_ms = 1500;
    packet.qos = 1;
    packet.hop_count = 2;
    packet.payload = payload;

    api::PacketReceivedEvent event;
    event.mutable_header()->set_gw_id("gw-1");
    event.mutable_header()->set_event_id(0);
    fill_event(event, packet, false, 0x0CBBAA);
    CHECK(event.payload() == "\x01\x02\xAB\xCD");
    CHECK_FALSE(event.has_payload_size());
    CHECK(event.hop_count() == 2);
    CHECK(event.network_address() == 0x0CBBAA);
    CHECK(event.rx_time_ms_epoch() == 1608644981498);

    packet.hop_count = 0;
    fill_event(event, packet, true, std::nullopt);
    CHECK_FALSE(event.has_payload());
    CHECK(event.payload_size() == 4);
    CHECK_FALSE(event.has_hop_count());
    CHECK_FALSE(event.has_network_address());
    CHECK(event.IsInitialized());

    packet.payload = {};
    fill_event(event, packet, false, 1);
    CHECK(event.has_payload()); // empty, but there
    CHECK_FALSE(event.has_payload_size());
}
