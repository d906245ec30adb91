#include "gateway/remote_api/matching.hpp"

#include "gateway/remote_api/attributes.hpp"
#include "gateway/remote_api/overloaded.hpp"

namespace gateway::remote_api {
namespace {

constexpr std::size_t attribute_id = 2;
constexpr std::size_t error_value = 1; ///< type of the request

std::size_t longest_attribute()
{
    return std::ranges::max(attribute_rows(), {}, &AttributeRow::size).size;
}

/// Octets of a read value; none of one that cannot be read.
std::size_t read_size(Attribute attribute)
{
    const AttributeRow* const row = find_attribute(attribute);
    if (row == nullptr)
        return longest_attribute();
    return row->read == ReadAccess::presence_only ? 0 : row->size;
}

/// Octets of the plain answer's value.
std::size_t plain_value(const Request& request)
{
    return std::visit(
        Overloaded{
            [](const request::Ping& ping) { return ping.value.size(); },
            [](const request::Update&) { return sizeof(std::uint16_t); },
            [](const request::ReadAttribute& read) { return attribute_id + read_size(read.attribute); },
            [](const request::WriteAttribute& write) {
                return attribute_id + (is_secret(write.attribute) ? 0 : write.value.size());
            },
            [](const request::ScratchpadStatus&) { return status_size_target; },
            [](const request::ScratchpadUpdate&) { return sizeof(std::uint8_t); },
            [](const request::WriteMaxQueuingTime&) { return sizeof(std::uint8_t) + sizeof(std::uint16_t); },
            [](const request::ReadMaxQueuingTime&) { return sizeof(std::uint8_t) + sizeof(std::uint16_t); },
            [](const auto&) { return std::size_t{0}; },
        },
        request.body);
}

bool names_attribute(const Request& request)
{
    return request.as<request::ReadAttribute>() != nullptr ||
           request.as<request::WriteAttribute>() != nullptr;
}

} // namespace

bool answers(const Response& response, const Request& request)
{
    const std::uint8_t asked = type_of(request);
    if ((asked & response_bit) != 0 || type_of(response) != (asked | response_bit))
        return false;
    return std::visit(
        Overloaded{
            [&](const response::Ping& ping) {
                const auto* const sent = request.as<request::Ping>();
                return sent != nullptr && sent->value == ping.value;
            },
            [&](const response::ReadAttribute& read) {
                const auto* const sent = request.as<request::ReadAttribute>();
                return sent != nullptr && sent->attribute == read.attribute;
            },
            [&](const response::WriteAttribute& written) {
                const auto* const sent = request.as<request::WriteAttribute>();
                return sent != nullptr && sent->attribute == written.attribute;
            },
            [&](const response::ScratchpadUpdate& update) {
                const auto* const sent = request.as<request::ScratchpadUpdate>();
                return sent != nullptr && sent->sequence == update.sequence;
            },
            [](const Undecoded& record) { return record.reason == Undecoded::Reason::unknown_layout; },
            [](const auto&) { return true; },
        },
        response.body);
}

bool all_answered(const std::vector<Request>& requests, const std::vector<Response>& responses)
{
    return std::ranges::equal(responses, requests, [](const Response& response, const Request& request) {
        return answers(response, request);
    });
}

ResponseSize response_size(const std::vector<Request>& requests)
{
    ResponseSize size;
    for (const Request& request : requests) {
        const std::size_t plain = plain_value(request);
        const std::size_t error = error_value + (names_attribute(request) ? attribute_id : 0);
        // A read that can only tell whether there is a value is answered with an error.
        const auto* const read = request.as<request::ReadAttribute>();
        const bool only_errors = read != nullptr && read_size(read->attribute) == 0;
        size.plain += record_head + (only_errors ? error : plain);
        size.largest += record_head + std::max(plain, error);
    }
    return size;
}

} // namespace gateway::remote_api
