/// Topics of the gateway API (docs/spec/gateway-backend-api.md, 2).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace transport {

/// In the order of subscription.
enum class RequestKind : std::uint8_t {
    get_gw_info,
    get_configs,
    set_config,
    send_data,
    otap_status,
    otap_load_scratchpad,
    otap_process_scratchpad,
    otap_set_target_scratchpad,
    set_configuration_data_item,
    get_configuration_data_item,
};

inline constexpr std::array all_request_kinds = {
    RequestKind::get_gw_info,
    RequestKind::get_configs,
    RequestKind::set_config,
    RequestKind::send_data,
    RequestKind::otap_status,
    RequestKind::otap_load_scratchpad,
    RequestKind::otap_process_scratchpad,
    RequestKind::otap_set_target_scratchpad,
    RequestKind::set_configuration_data_item,
    RequestKind::get_configuration_data_item,
};

/// The name in topics, such as "send_data".
std::string_view topic_name(RequestKind kind);

/// True for requests that concern one sink, whose topics have a fourth level.
bool needs_sink(RequestKind kind);

/// True for what can be one level of a topic that is published: 1 to 128 octets of UTF-8 without
/// '/', '+', '#' and U+0000 (2.2).
bool is_topic_level(std::string_view level);

struct RequestTopic {
    RequestKind kind;
    std::string_view sink_id; ///< level 4 as it is, possibly empty; a view of the parsed topic
};

/// Topics of one gateway.
class Topics {
public:
    explicit Topics(std::string gateway_id) : gateway_id_(std::move(gateway_id)) {}

    [[nodiscard]] const std::string& gateway_id() const { return gateway_id_; }

    /// The ten filters to subscribe, in order.
    [[nodiscard]] std::vector<std::string> request_filters() const;
    /// Nothing for a topic that is no request to this gateway.
    [[nodiscard]] std::optional<RequestTopic> parse_request(std::string_view topic) const;

    /// `sink_id` is left out where the kind has none.
    [[nodiscard]] std::string response(RequestKind kind, std::string_view sink_id) const;
    [[nodiscard]] std::string status() const;
    /// Without network address the level is "None", as the reference's (7.3).
    [[nodiscard]] std::string received_data(
        std::string_view sink_id, std::optional<std::uint32_t> network_address, std::uint8_t source_endpoint,
        std::uint8_t destination_endpoint) const;

private:
    std::string gateway_id_;
};

} // namespace transport
