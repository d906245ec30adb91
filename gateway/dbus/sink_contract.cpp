#include "gateway/dbus/sink_contract.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>

namespace gateway::sink_contract {
namespace {

constexpr std::string_view marker = "]: C Mesh Lib ret = ";

bool is_function_character(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// True when `text` ends in "[" and at least one function character.
bool ends_in_function(std::string_view text)
{
    const auto open = text.rfind('[');
    if (open == std::string_view::npos || open + 1 == text.size())
        return false;
    return std::ranges::all_of(text.substr(open + 1), is_function_character);
}

} // namespace

std::string format_error(std::string_view function, const Error& error)
{
    return fmt::format(
        "[{}]: C Mesh Lib ret = {} ({}): {}", function, static_cast<unsigned>(error.code),
        describe(error.code), error.message);
}

std::optional<ApplicationCode> parse_error(std::string_view message)
{
    for (auto at = message.find(marker); at != std::string_view::npos; at = message.find(marker, at + 1)) {
        if (!ends_in_function(message.substr(0, at)))
            continue;
        const std::string_view digits = message.substr(at + marker.size());
        std::uint32_t number = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (error == std::errc{})
            return application_code_from(number);
        if (error == std::errc::result_out_of_range)
            return ApplicationCode::internal_error;
    }
    return std::nullopt;
}

} // namespace gateway::sink_contract
