#include "tools/send/send_command.hpp"

#include "gateway/address.hpp"
#include "tools/local/check.hpp"
#include "tools/send/send.hpp"

#include <memory>

namespace gateway::tools {
namespace {

struct Typed {
    SendOptions options;
    std::string payload;
    bool as_text = false;
};

void add_numbers(CLI::App& command, local::OutgoingPacket& packet)
{
    command.add_option("--source-endpoint", packet.source_endpoint, "0..255")
        ->type_name("N")
        ->check(CLI::Range(0, 255))
        ->capture_default_str();
    command.add_option("--endpoint", packet.destination_endpoint, "destination endpoint, 0..255")
        ->type_name("N")
        ->check(CLI::Range(0, 255))
        ->required();
    command.add_option("--qos", packet.qos, "0 normal, 1 high")
        ->type_name("N")
        ->check(CLI::Range(0, static_cast<int>(max_qos)))
        ->capture_default_str();
    command.add_option("--hop-limit", packet.hop_limit, "1..15; 0: none")
        ->type_name("N")
        ->check(CLI::Range(0, static_cast<int>(max_hop_limit)))
        ->capture_default_str();
    command
        .add_option(
            "--initial-delay", packet.initial_delay_ms,
            "age of the packet in milliseconds, which counts into its travel time")
        ->type_name("MS")
        ->capture_default_str();
    command.add_flag(
        "--csma-ca", packet.unacknowledged_csma_ca, "to low-latency nodes only, without acknowledgements");
}

} // namespace

void register_send(CLI::App& program, Action& chosen)
{
    const auto typed = std::make_shared<Typed>();
    SendOptions& options = typed->options;
    CLI::App* command = program.add_subcommand("send", "one packet into the mesh");
    command
        ->add_option_function<std::string>(
            "destination",
            [&options](const std::string& text) { options.packet.destination = *local::parse_address(text); },
            "node address (decimal or 0x…), broadcast, or group:N")
        ->type_name("ADDRESS")
        ->required()
        ->check(local::accepted_by(local::parse_address));
    command->add_option("payload", typed->payload, "hexadecimal octets, or @FILE (@-: standard input)")
        ->type_name("PAYLOAD")
        ->required();
    command->add_flag("--text", typed->as_text, "the payload is text, taken as it is");
    command->add_option("--sink", options.sink, "through this sink; needed where there are several")
        ->type_name("SINK");
    add_numbers(*command, options.packet);
    add_broker_options(*command, options.broker);
    add_local_options(*command, options.local);
    command->footer(
        "Examples:\n"
        "  wirepas-gateway send 1001 0102FF --endpoint 20\n"
        "  wirepas-gateway send broadcast --text hello --endpoint 20 --broker mqtt://broker.example "
        "--gateway gw-1 --sink sink0\n");
    command->callback([typed, &chosen] {
        if (!typed->options.broker.url.empty() && typed->options.sink.empty())
            throw CLI::RequiredError("--sink (with --broker)");
        auto payload = parse_payload(typed->payload, typed->as_text);
        if (!payload)
            throw CLI::ValidationError("payload", payload.error());
        typed->options.packet.payload = *std::move(payload);
        chosen = [typed] { return send(typed->options); };
    });
}

} // namespace gateway::tools
