#include "tools/send/send.hpp"

#include "gateway/address.hpp"
#include "tools/backend/requests.hpp"
#include "tools/stand/signal_watch.hpp"
#include "tools/stand/wait.hpp"
#include "tools/terminal/style.hpp"

#include "generic_message.pb.h"

#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace gateway::tools {
namespace {

namespace api = backend::api;

/// What came back, from whichever side.
struct Answer {
    std::string sink;
    bool accepted = false;
    int code = 0;
    std::string meaning; ///< the code in words
    std::string advice;
};

Answer send_locally(const SendOptions& options)
{
    local::Bus bus(options.local.bus_address);
    local::Sink sink(bus, bus.choose_sink(options.sink));
    const ApplicationCode code = sink.send(options.packet);
    return {
        .sink = sink.id(),
        .accepted = code == ApplicationCode::ok,
        .code = static_cast<int>(code),
        .meaning = std::string(describe(code)),
        .advice = std::string(local::advice(code))};
}

std::string advice_for(api::ErrorCode code)
{
    switch (code) {
    case api::INVALID_SINK_ID:
        return "this gateway has no such sink; wirepas-gateway status --broker … lists them";
    case api::INVALID_SINK_STATE:
        return "the stack of the sink is stopped";
    case api::INVALID_DEST_ADDRESS:
        return "check the address, and that the node is in the network";
    case api::SINK_OUT_OF_MEMORY:
        return "the sink has no room now; try again a little later";
    case api::ACCESS_DENIED:
        return "a feature lock of the sink forbids it";
    case api::SINK_TIMEOUT:
        return "the sink did not answer; whether the packet left is not known";
    case api::INTERNAL_ERROR:
        return "look at the gateway's logs";
    default:
        return {};
    }
}

Answer send_over_broker(const SendOptions& options)
{
    const stand::SignalWatch signals;
    backend::BackendOptions broker = to_backend_options(options.broker);
    broker.stop = stand::interruption();
    backend::Backend backend(std::move(broker));
    api::SendPacketReq request;
    request.set_destination_address(options.packet.destination);
    request.set_source_endpoint(options.packet.source_endpoint);
    request.set_destination_endpoint(options.packet.destination_endpoint);
    request.set_qos(options.packet.qos);
    request.set_payload(options.packet.payload.data(), options.packet.payload.size());
    if (options.packet.initial_delay_ms != 0)
        request.set_initial_delay_ms(options.packet.initial_delay_ms);
    if (options.packet.unacknowledged_csma_ca)
        request.set_is_unack_csma_ca(true);
    if (options.packet.hop_limit != 0)
        request.set_hop_limit(options.packet.hop_limit);
    const std::string sink = local::sink_id(options.sink);
    const api::ResponseHeader header = backend::send_data(backend, sink, request).header();
    return {
        .sink = sink,
        .accepted = header.res() == api::OK,
        .code = header.res(),
        .meaning = api::ErrorCode_Name(header.res()),
        .advice = advice_for(header.res())};
}

void print(const SendOptions& options, const Answer& answer)
{
    const Style style = Style::of_standard_output();
    const std::string what = fmt::format(
        "{} octets to {}", options.packet.payload.size(),
        local::address_in_words(options.packet.destination));
    if (answer.accepted) {
        // Neither D-Bus nor MQTT tells of a packet's delivery: no more may be promised.
        std::cout << style.mark(true) << ' ' << answer.sink << " accepted " << what << ' '
                  << style.faint("(delivery is not reported)") << std::endl;
        return;
    }
    std::cout << style.mark(false) << ' ' << answer.sink << " refused " << what << ": " << answer.meaning
              << " (" << answer.code << ')' << (answer.advice.empty() ? "" : "; ") << answer.advice
              << std::endl;
}

} // namespace

local::Parsed<Bytes> parse_payload(const std::string& text, bool as_text)
{
    Bytes octets;
    if (as_text) {
        octets.assign(text.begin(), text.end());
    } else if (text == "@-") {
        octets.assign(std::istreambuf_iterator<char>(std::cin), {});
    } else if (text.starts_with('@')) {
        std::ifstream file(text.substr(1), std::ios::binary);
        if (!file)
            return tl::unexpected("cannot read " + text.substr(1) + "; check its path and permissions");
        octets.assign(std::istreambuf_iterator<char>(file), {});
    } else if (auto parsed = from_hex(text)) {
        octets = *std::move(parsed);
    } else {
        return tl::unexpected(
            "'" + text + "' is not hexadecimal: give octets such as 01A2FF, @FILE, or --text with text");
    }
    if (octets.empty() || octets.size() > max_packet_size)
        return tl::unexpected(fmt::format(
            "the payload has {} octets; a packet carries 1 to {}", octets.size(), max_packet_size));
    return octets;
}

int send(const SendOptions& options)
{
    const Answer answer = options.broker.url.empty() ? send_locally(options) : send_over_broker(options);
    if (options.local.json)
        std::cout << nlohmann::json({{"sink", answer.sink},
                                     {"accepted", answer.accepted},
                                     {"code", answer.code},
                                     {"meaning", answer.meaning}})
                         .dump(2)
                  << std::endl;
    else
        print(options, answer);
    return answer.accepted ? local::exit_fine : local::exit_refused;
}

} // namespace gateway::tools
