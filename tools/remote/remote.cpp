#include "tools/remote/remote.hpp"

#include "tools/local/values.hpp"
#include "tools/remote/answer_report.hpp"
#include "tools/remote/outlet.hpp"
#include "tools/stand/signal_watch.hpp"
#include "tools/stand/wait.hpp"
#include "tools/watch/packet_source.hpp"

#include <fmt/format.h>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

namespace gateway::tools {
namespace {

using Clock = std::chrono::steady_clock;

remote_api::Tag random_tag()
{
    std::random_device random;
    remote_api::Tag tag{};
    std::ranges::generate(tag, [&] { return static_cast<std::uint8_t>(random()); });
    return tag;
}

backend::BackendOptions broker_of(const RemoteOptions& options)
{
    backend::BackendOptions broker = to_backend_options(options.broker);
    broker.stop = stand::interruption();
    return broker;
}

/// Throws std::runtime_error when no sink has accepted anything.
void send_question(const RemoteOptions& options, Outlet& outlet, const Bytes& payload)
{
    std::vector<std::string> sinks;
    if (options.sink.empty())
        sinks = outlet.sinks();
    else
        sinks.push_back(local::sink_id(options.sink));
    if (sinks.empty())
        throw std::runtime_error("there is no sink to send through; wirepas-gateway status tells why");

    local::OutgoingPacket packet;
    packet.source_endpoint = remote_api::backend_endpoint;
    packet.destination_endpoint = remote_api::node_endpoint;
    packet.payload = payload;
    std::size_t accepted = 0;
    std::string refusal;
    for (const std::string& sink : sinks) {
        for (const std::uint32_t destination : options.question.destinations) {
            packet.destination = destination;
            const std::string refused = outlet.send(sink, packet);
            accepted += refused.empty() ? 1 : 0;
            if (refused.empty())
                continue;
            refusal = fmt::format(
                "{} refused the request to {}: {}", sink, local::address_in_words(destination), refused);
            std::cerr << refusal << std::endl;
        }
    }
    if (accepted == 0)
        throw std::runtime_error("nothing was sent: " + refusal);
}

void show(
    const RemoteOptions& options, const Style& style, const Answer& answer, std::chrono::milliseconds since)
{
    if (options.local.json)
        std::cout << to_json(answer, since).dump() << std::endl;
    else
        print_answer(std::cout, style, answer, since);
}

bool enough(const RemoteOptions& options, const AnswerFilter& answers)
{
    return answers.complete() || (options.count != 0 && answers.answered().size() >= options.count);
}

int conclude(const RemoteOptions& options, const AnswerFilter& answers)
{
    const std::size_t answered = answers.answered().size();
    if (options.question.is_broadcast()) {
        std::cerr << fmt::format("{} nodes answered", answered) << std::endl;
        const bool good = options.count != 0 ? answered >= options.count : answered != 0;
        return good ? local::exit_fine : local::exit_refused;
    }
    for (const std::uint32_t node : options.question.destinations)
        if (!answers.answered().contains(node))
            std::cerr << fmt::format(
                             "node {} has not answered within {} s: it may be off the network for a while, "
                             "or not exist; give a longer --timeout",
                             local::address_in_words(node), options.timeout.count())
                      << std::endl;
    return answers.complete() ? local::exit_fine : local::exit_refused;
}

} // namespace

int ask_nodes(const RemoteOptions& options)
{
    const stand::SignalWatch signals;
    const remote_api::Tag tag = random_tag();
    const auto payload = encode_question(options.question, tag);
    if (!payload)
        throw std::runtime_error(payload.error().message);

    // Listening begins before anything is sent: an answer may come within milliseconds. One connection for
    // both: two clients of Paho in one process wait for each other.
    std::unique_ptr<PacketSource> source;
    std::unique_ptr<Outlet> outlet;
    if (options.broker.url.empty()) {
        source = packets_of_bus(options.local.bus_address);
        outlet = outlet_of_bus(options.local.bus_address);
    } else {
        auto packets = packets_of_broker(broker_of(options));
        outlet = outlet_of_broker(packets->connection());
        source = std::move(packets);
    }
    send_question(options, *outlet, *payload);

    const Style style = Style::of_standard_output();
    const auto sent = Clock::now();
    const stand::Deadline deadline(options.timeout);
    AnswerFilter answers(options.question, tag);
    try {
        while (std::cout && !enough(options, answers)) {
            const auto packet = source->next(deadline);
            if (!packet)
                break;
            if (const auto answer = answers.take(*packet))
                show(
                    options, style, *answer,
                    std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - sent));
        }
    } catch (const stand::Interrupted&) {
        return local::exit_interrupted;
    }
    return conclude(options, answers);
}

} // namespace gateway::tools
