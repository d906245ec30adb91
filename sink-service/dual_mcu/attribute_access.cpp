#include "sink-service/dual_mcu/attribute_access.hpp"

#include <fmt/format.h>

namespace dual_mcu {
namespace {

std::string name_of(AccessPoint access_point, std::uint16_t id)
{
    const Attribute* attribute = find_attribute(access_point, id);
    return attribute == nullptr ? fmt::format("attribute {}", id) : std::string(attribute->name);
}

/// Both services' confirms have the same fields, under their own ids.
struct ReadAnswer {
    std::uint8_t result = 0;
    AttributeValue value;
};

template<typename Request>
gateway::Task<Result<ReadAnswer>> ask(
    Link& link, std::uint16_t id, Turn turn, std::chrono::milliseconds timeout)
{
    const Request request{id};
    const auto confirm = co_await link.call(request, turn, timeout);
    if (!confirm)
        co_return gateway::fail(confirm.error());
    if (confirm->attribute != id)
        co_return gateway::fail(
            gateway::ApplicationCode::internal_error,
            fmt::format("asked for attribute {}, the sink answered for {}", id, confirm->attribute));
    co_return ReadAnswer{confirm->result, confirm->value};
}

gateway::Task<Result<ReadAnswer>> ask_either(
    Link& link, AccessPoint access_point, std::uint16_t id, Turn turn, std::chrono::milliseconds timeout)
{
    if (access_point == AccessPoint::csap)
        co_return co_await ask<CsapAttributeRead>(link, id, turn, timeout);
    co_return co_await ask<MsapAttributeRead>(link, id, turn, timeout);
}

} // namespace

gateway::Task<Result<AttributeValue>> read_attribute(
    Link& link, AccessPoint access_point, std::uint16_t id, Turn turn, std::chrono::milliseconds timeout)
{
    const auto answer = co_await ask_either(link, access_point, id, turn, timeout);
    if (!answer)
        co_return gateway::fail(answer.error());
    const std::string what = "reading " + name_of(access_point, id);
    if (const auto checked = check_result(answer->result, results::attribute_read, what); !checked)
        co_return gateway::fail(checked.error());
    const Attribute* attribute = find_attribute(access_point, id);
    const std::size_t size = answer->value.size();
    if (attribute != nullptr && (size < attribute->min_size || size > attribute->max_size))
        co_return gateway::fail(
            gateway::ApplicationCode::internal_error, fmt::format("{} gave {} octets", what, size));
    co_return answer->value;
}

gateway::Task<Result<>> write_attribute(
    Link& link, AccessPoint access_point, std::uint16_t id, AttributeValue value, Turn turn, ResultRow row)
{
    std::uint8_t result = 0;
    if (access_point == AccessPoint::csap) {
        const CsapAttributeWrite request{id, value};
        const auto confirm = co_await link.call(request, turn);
        if (!confirm)
            co_return gateway::fail(confirm.error());
        result = confirm->result;
    } else {
        const MsapAttributeWrite request{id, value};
        const auto confirm = co_await link.call(request, turn);
        if (!confirm)
            co_return gateway::fail(confirm.error());
        result = confirm->result;
    }
    co_return check_result(result, row, "writing " + name_of(access_point, id));
}

gateway::Task<Result<bool>> is_key_set(Link& link, std::uint16_t id, Turn turn)
{
    const auto answer = co_await ask<CsapAttributeRead>(link, id, turn, confirm_timeout);
    if (!answer)
        co_return gateway::fail(answer.error());
    if (answer->result == attribute_result::access_denied)
        co_return gateway::fail(
            gateway::ApplicationCode::access_denied, "the sink's feature lock hides whether a key is set");
    co_return answer->result == attribute_result::write_only;
}

std::uint32_t to_integer(const AttributeValue& value)
{
    std::uint32_t integer = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(value.size(), 4); ++i)
        integer |= static_cast<std::uint32_t>(value.view()[i]) << (8 * i);
    return integer;
}

AttributeValue from_integer(std::uint32_t value, std::size_t octets)
{
    AttributeValue made;
    for (std::size_t i = 0; i < octets; ++i)
        made.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return made;
}

} // namespace dual_mcu
