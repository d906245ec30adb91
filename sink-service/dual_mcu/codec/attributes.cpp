#include "sink-service/dual_mcu/codec/attributes.hpp"

namespace dual_mcu {
namespace {

constexpr bool yes = true;
constexpr bool no = false;
constexpr auto csap_point = AccessPoint::csap;
constexpr auto msap_point = AccessPoint::msap;

// access point, id, name, size from..to, readable, writable, stopped to write, secret
constexpr std::array table = {
    Attribute{csap_point, csap::node_address, "cNodeAddress", 4, 4, yes, yes, yes, no},
    Attribute{csap_point, csap::network_address, "cNetworkAddress", 3, 3, yes, yes, yes, no},
    Attribute{csap_point, csap::network_channel, "cNetworkChannel", 1, 1, yes, yes, yes, no},
    Attribute{csap_point, csap::node_role, "cNodeRole", 1, 1, yes, yes, yes, no},
    Attribute{csap_point, csap::mtu, "cMTU", 1, 1, yes, no, no, no},
    Attribute{csap_point, csap::pdu_buffer_size, "cPDUBufferSize", 1, 1, yes, no, no, no},
    Attribute{csap_point, csap::scratchpad_sequence, "cScratchpadSequence", 1, 1, yes, no, no, no},
    Attribute{csap_point, csap::mesh_api_version, "cMeshAPIVersion", 2, 2, yes, no, no, no},
    Attribute{csap_point, csap::firmware_major, "cFirmwareMajor", 2, 2, yes, no, no, no},
    Attribute{csap_point, csap::firmware_minor, "cFirmwareMinor", 2, 2, yes, no, no, no},
    Attribute{csap_point, csap::firmware_maintenance, "cFirmwareMaintenance", 2, 2, yes, no, no, no},
    Attribute{csap_point, csap::firmware_development, "cFirmwareDevelopment", 2, 2, yes, no, no, no},
    Attribute{csap_point, csap::cipher_key, "cCipherKey", 16, 16, no, yes, yes, yes},
    Attribute{csap_point, csap::authentication_key, "cAuthenticationKey", 16, 16, no, yes, yes, yes},
    Attribute{csap_point, csap::channel_limits, "cChannelLimits", 2, 2, yes, no, no, no},
    Attribute{csap_point, csap::app_config_data_size, "cAppConfigDataSize", 1, 1, yes, no, no, no},
    Attribute{csap_point, csap::hw_magic, "cHwMagic", 2, 2, yes, no, no, no},
    Attribute{csap_point, csap::stack_profile, "cStackProfile", 2, 2, yes, no, no, no},
    Attribute{csap_point, csap::offline_scan, "cOfflineScan", 2, 2, yes, yes, no, no},
    Attribute{csap_point, csap::channel_map, "cChannelAllocMap", 4, 4, yes, yes, yes, no},
    Attribute{csap_point, csap::feature_lock_bits, "cFeatureLockBits", 4, 4, yes, yes, no, no},
    Attribute{csap_point, csap::feature_lock_key, "cFeatureLockKey", 16, 16, no, yes, no, yes},
    Attribute{csap_point, csap::reserved_channels, "cReservedChannels", 1, 16, yes, yes, yes, no},
    Attribute{csap_point, csap::network_key_pair, "cNetworkKeyPair", 33, 33, no, yes, no, yes},
    Attribute{csap_point, csap::management_key_pair, "cManagementKeyPair", 33, 33, no, yes, no, yes},
    Attribute{msap_point, msap::stack_status, "mStackStatus", 1, 1, yes, no, no, no},
    Attribute{msap_point, msap::pdu_buffer_usage, "mPDUBufferUsage", 1, 1, yes, no, no, no},
    Attribute{msap_point, msap::pdu_buffer_capacity, "mPDUBufferCapacity", 1, 1, yes, no, no, no},
    Attribute{msap_point, msap::autostart, "mAutostart", 1, 1, yes, yes, no, no},
    Attribute{msap_point, msap::route_count, "mRouteCount", 1, 1, yes, no, no, no},
    Attribute{msap_point, msap::system_time, "mSystemTime", 4, 4, yes, no, no, no},
    Attribute{msap_point, msap::access_cycle_range, "mAccessCycleRange", 4, 4, yes, yes, no, no},
    Attribute{msap_point, msap::access_cycle_limits, "mAccessCycleLimits", 4, 4, yes, no, no, no},
    Attribute{msap_point, msap::current_access_cycle, "mCurrentAccessCycle", 2, 2, yes, no, no, no},
    Attribute{msap_point, msap::scratchpad_block_max, "mScratchpadBlockMax", 1, 1, yes, no, no, no},
    Attribute{msap_point, msap::multicast_groups, "mMulticastGroups", 40, 40, yes, yes, no, no},
    Attribute{msap_point, msap::scratchpad_size, "mScratchpadNumBytes", 4, 4, yes, no, no, no},
};

} // namespace

std::span<const Attribute> all_attributes()
{
    return table;
}

const Attribute* find_attribute(AccessPoint access_point, std::uint16_t id)
{
    const auto found = std::ranges::find_if(table, [&](const Attribute& attribute) {
        return attribute.access_point == access_point && attribute.id == id;
    });
    return found == table.end() ? nullptr : &*found;
}

} // namespace dual_mcu
