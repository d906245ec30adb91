/// Everything that a sink tells about itself.
#pragma once

#include "tools/local/sink.hpp"
#include "tools/terminal/style.hpp"

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>

namespace gateway::local {

struct StoredFile {
    Result<std::uint32_t> length;
    Result<std::uint16_t> crc;
    Result<std::uint8_t> sequence;
};

/// Each as the sink told it, or why it did not (spec/sink-dbus-api.md, 3.1, 5).
struct SinkFacts {
    std::string id;
    Result<std::uint8_t> stack_status;
    Result<std::uint32_t> node_address;
    Result<std::uint8_t> node_role;
    Result<std::uint32_t> network_address;
    Result<std::uint8_t> network_channel;
    Result<std::uint8_t> channel_min;
    Result<std::uint8_t> channel_max;
    Result<std::uint32_t> channel_map;
    Result<bool> cipher_key_set;
    Result<bool> authentication_key_set;
    Result<std::uint16_t> access_cycle_min; ///< of the range in use, ms
    Result<std::uint16_t> access_cycle_max;
    Result<std::uint16_t> access_cycle_lowest; ///< limits, ms
    Result<std::uint16_t> access_cycle_highest;
    Result<std::uint16_t> access_cycle; ///< now, ms
    Result<std::uint8_t> sink_cost;
    Result<AppConfig> app_config;
    Result<std::uint16_t> app_config_max_size;
    Result<std::vector<std::uint16_t>> firmware_version;
    Result<std::uint32_t> firmware_area_id;
    Result<std::uint16_t> stack_profile;
    Result<std::uint16_t> hardware_magic;
    Result<std::uint8_t> max_mtu;
    Result<std::uint8_t> pdu_buffers;
    StoredFile stored;
    Result<std::uint8_t> stored_status;
    Result<std::uint8_t> stored_type;
    StoredFile processed;
    Result<TargetAndAction> target;
    Result<LinkHealth> link;
};

/// Throws BusError when the sink's service does not answer.
SinkFacts read_facts(Sink& sink);

/// Bit 0 of the stack status alone; false also when that is not known.
bool stack_runs(const SinkFacts& facts);
/// "running", "stopped, node address missing", or "unknown".
std::string stack_in_words(const SinkFacts& facts);
/// "sequence 3, diagnostics every 60 s, data 01 02"; the zeros that a sink pads with are left out.
std::string app_config_in_words(const AppConfig& config);
/// `data` without the zeros at its end.
ByteView without_padding(ByteView data);
/// "5.4.0.21".
std::string version_in_words(const std::vector<std::uint16_t>& version);

/// A line for each fact, in human units; what the sink does not have is "not set" or says why.
void print_facts(std::ostream& out, const tools::Style& style, const SinkFacts& facts);

/// docs/tools.md describes it. Facts without a value are null.
nlohmann::json to_json(const SinkFacts& facts);

} // namespace gateway::local
