#include "simulator/control/fields.hpp"

#include "simulator/integer.hpp"

#include <fmt/format.h>

namespace simulator {
namespace {

std::optional<std::int64_t> number_in(const nlohmann::json& value)
{
    if (value.is_number_integer())
        return value.get<std::int64_t>();
    if (!value.is_string())
        return std::nullopt;
    return to_integer(value.get_ref<const std::string&>());
}

} // namespace

Fields::Fields(const nlohmann::json& object) : object_(object)
{
    if (!object.is_object())
        throw CommandError("give a JSON object");
}

const nlohmann::json* Fields::find(const std::string& name)
{
    known_.insert(name);
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
}

std::optional<std::int64_t> Fields::number(const std::string& name, std::int64_t least, std::int64_t most)
{
    const nlohmann::json* value = find(name);
    if (value == nullptr)
        return std::nullopt;
    const auto number = number_in(*value);
    if (!number || *number < least || *number > most)
        throw CommandError(fmt::format("\"{}\" must be a number from {} to {}", name, least, most));
    return number;
}

std::optional<double> Fields::fraction(const std::string& name)
{
    const nlohmann::json* value = find(name);
    if (value == nullptr)
        return std::nullopt;
    if (!value->is_number() || !(value->get<double>() >= 0 && value->get<double>() <= 1))
        throw CommandError(fmt::format("\"{}\" must be a number from 0 to 1", name));
    return value->get<double>();
}

std::optional<bool> Fields::flag(const std::string& name)
{
    const nlohmann::json* value = find(name);
    if (value == nullptr)
        return std::nullopt;
    if (!value->is_boolean())
        throw CommandError(fmt::format("\"{}\" must be true or false", name));
    return value->get<bool>();
}

std::optional<std::string> Fields::text(const std::string& name)
{
    const nlohmann::json* value = find(name);
    if (value == nullptr)
        return std::nullopt;
    if (!value->is_string())
        throw CommandError(fmt::format("\"{}\" must be a text", name));
    return value->get<std::string>();
}

std::optional<gateway::Bytes> Fields::octets(const std::string& name)
{
    const auto hex = text(name);
    if (!hex)
        return std::nullopt;
    auto octets = gateway::from_hex(*hex);
    if (!octets)
        throw CommandError(fmt::format("\"{}\" must be octets in hexadecimal", name));
    return octets;
}

const nlohmann::json* Fields::any(const std::string& name)
{
    return find(name);
}

void Fields::finish() const
{
    for (const auto& [name, value] : object_.items())
        if (!known_.contains(name))
            throw CommandError(fmt::format("unknown field \"{}\"", name));
}

} // namespace simulator
