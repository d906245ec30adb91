#include "tools/remote/question.hpp"

#include "gateway/remote_api/matching.hpp"

#include <fmt/format.h>

namespace gateway::tools {

using remote_api::Response;

namespace {

constexpr std::size_t most_remembered = 100'000; ///< packets, against repetitions

remote_api::request::Ping ping_with(const remote_api::Tag& tag)
{
    return {{tag.begin(), tag.end()}};
}

bool is_tag(const Response& response, const remote_api::Tag& tag)
{
    const auto* const pong = response.as<remote_api::response::Ping>();
    return pong != nullptr && std::ranges::equal(pong->value, tag);
}

bool has_status(const std::vector<Response>& records)
{
    return std::ranges::any_of(records, [](const Response& response) {
        return response.as<remote_api::ScratchpadStatus>() != nullptr;
    });
}

} // namespace

bool Question::is_broadcast() const
{
    return destinations.size() == 1 && destinations.front() == broadcast_address;
}

AnswerFilter::AnswerFilter(const Question& question, const remote_api::Tag& tag)
    : question_(question), tag_(tag)
{
}

std::optional<Answer> AnswerFilter::take(const Packet& packet)
{
    if (packet.source_endpoint != remote_api::node_endpoint ||
        packet.destination_endpoint != remote_api::backend_endpoint || !packet.payload)
        return std::nullopt;
    if (!question_.is_broadcast() &&
        std::ranges::find(question_.destinations, packet.source) == question_.destinations.end())
        return std::nullopt;

    remote_api::Packet<Response> decoded = remote_api::decode_responses(*packet.payload);
    const auto is_ours = [this](const Response& response) { return is_tag(response, tag_); };
    Answer answer{packet, {}, decoded.end == remote_api::PacketEnd::truncated, false};
    answer.asked_for = std::ranges::any_of(decoded.records, is_ours);
    if (!answer.asked_for && !(question_.takes_unasked && has_status(decoded.records)))
        return std::nullopt;
    if (seen_.size() < most_remembered && !seen_.emplace(packet.source, *packet.payload).second)
        return std::nullopt;
    if (answer.asked_for)
        answered_.insert(packet.source);
    std::erase_if(decoded.records, is_ours);
    answer.records = std::move(decoded.records);
    return answer;
}

bool AnswerFilter::complete() const
{
    return !question_.is_broadcast() &&
           std::ranges::all_of(
               question_.destinations, [this](std::uint32_t node) { return answered_.contains(node); });
}

Result<Bytes> encode_question(const Question& question, const remote_api::Tag& tag)
{
    std::vector<remote_api::Request> requests{ping_with(tag)};
    requests.insert(requests.end(), question.requests.begin(), question.requests.end());
    const std::size_t largest = remote_api::response_size(requests).largest;
    if (largest > default_mtu)
        return fail(
            ApplicationCode::invalid_number_of_bytes,
            fmt::format(
                "the answer could have {} octets, and a packet has {} at most; ask for less at once", largest,
                default_mtu));
    return remote_api::encode(requests, default_mtu);
}

} // namespace gateway::tools
