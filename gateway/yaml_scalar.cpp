#include "gateway/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <fmt/format.h>

namespace gateway {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr const char* another_number = "another number";

bool all_of(std::string_view text, std::string_view characters)
{
    return text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words)
{
    return std::ranges::any_of(words, [&](std::string_view word) {
        if (text.size() != word.size())
            return false;
        // Lower case, upper case, or a capital first.
        const auto equal = [&](auto change) { return std::ranges::equal(text, word, {}, {}, change); };
        const auto upper = [](char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); };
        return text == word || equal(upper) ||
               (text[0] == upper(word[0]) && text.substr(1) == word.substr(1));
    });
}

std::string without_underscores(std::string_view text)
{
    std::string made(text);
    std::erase(made, '_');
    return made;
}

std::string in_decimal(std::string_view text, int base, bool negative)
{
    const std::string plain = without_underscores(text);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), number, base);
    if (error != std::errc{} || end != plain.data() + plain.size())
        return another_number;
    return fmt::format("{}{}", negative && number != 0 ? "-" : "", number);
}

/// "12:34:56", and with a fraction behind the last part.
std::optional<std::string> sexagesimal(std::string_view text, bool negative)
{
    const auto point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    if (whole.find(':') == std::string_view::npos)
        return std::nullopt;
    if (point != std::string_view::npos && !all_of(text.substr(point + 1), "0123456789_"))
        return std::nullopt;
    double value = 0;
    std::size_t begin = 0;
    for (bool first = true; begin <= whole.size(); first = false) {
        const std::size_t end = std::min(whole.find(':', begin), whole.size());
        const std::string part = without_underscores(whole.substr(begin, end - begin));
        if (part.empty() || !all_of(part, digits) ||
            (!first && (part.size() > 2 || (part.size() == 2 && part[0] > '5'))))
            return std::nullopt;
        if (first && point == std::string_view::npos && whole[0] == '0')
            return std::nullopt;
        double number = 0;
        std::from_chars(part.data(), part.data() + part.size(), number);
        value = value * 60 + number;
        begin = end + 1;
    }
    return fmt::format("{}{}{}", negative ? "-" : "", value, point == std::string_view::npos ? "" : " or so");
}

std::optional<std::string> integer(std::string_view text, bool negative)
{
    if (text.starts_with("0b") && text.size() > 2 && all_of(text.substr(2), "01_"))
        return in_decimal(text.substr(2), 2, negative);
    if (text.starts_with("0x") && text.size() > 2 && all_of(text.substr(2), "0123456789abcdefABCDEF_"))
        return in_decimal(text.substr(2), 16, negative);
    if (text.size() > 1 && text[0] == '0' && all_of(text, "01234567_"))
        return in_decimal(text, 8, negative);
    if (text == "0" || (text[0] >= '1' && text[0] <= '9' && all_of(text, "0123456789_")))
        return (negative && text != "0" ? "-" : "") + without_underscores(text);
    return std::nullopt;
}

std::optional<std::string> floating(std::string_view text, bool negative, bool has_sign)
{
    const auto e = text.find_first_of("eE");
    const std::string_view mantissa = text.substr(0, e);
    const auto point = mantissa.find('.');
    if (point == std::string_view::npos)
        return std::nullopt;
    const std::string_view whole = mantissa.substr(0, point);
    const std::string_view fraction = mantissa.substr(point + 1);
    if (!all_of(whole, "0123456789_") || !all_of(fraction, "0123456789_") || whole.starts_with('_'))
        return std::nullopt;
    if (whole.empty() && (has_sign || fraction.empty() || fraction[0] == '_'))
        return std::nullopt;
    if (e != std::string_view::npos) {
        const std::string_view exponent = text.substr(e + 1);
        if (exponent.size() < 2 || (exponent[0] != '+' && exponent[0] != '-') ||
            !all_of(exponent.substr(1), digits))
            return std::nullopt;
    }
    std::string plain = without_underscores(text);
    if (e != std::string_view::npos)
        std::erase(plain, '+'); // from_chars takes none
    double value = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
    if (error != std::errc{} || end != plain.data() + plain.size())
        return another_number;
    std::string made = fmt::format("{}{}", negative ? "-" : "", value);
    if (made.find_first_of(".en") == std::string::npos)
        made += ".0";
    return made;
}

/// With a time: a date alone is written as it is read.
bool is_date_and_time(std::string_view text)
{
    constexpr std::string_view pattern = "0000-00-00";
    if (text.size() <= pattern.size())
        return false;
    for (std::size_t i = 0; i < pattern.size(); ++i)
        if (pattern[i] == '0' ? digits.find(text[i]) == std::string_view::npos : text[i] != pattern[i])
            return false;
    return text[10] == 'T' || text[10] == 't' || text[10] == ' ';
}

std::optional<std::string> typed(std::string_view plain)
{
    if (plain.empty() || plain == "~" || is_one_of(plain, {"null"}))
        return "None";
    if (is_one_of(plain, {"yes", "true", "on"}))
        return "True";
    if (is_one_of(plain, {"no", "false", "off"}))
        return "False";
    if (is_date_and_time(plain))
        return "a date and time";
    const bool has_sign = plain[0] == '+' || plain[0] == '-';
    const bool negative = plain[0] == '-';
    const std::string_view number = plain.substr(has_sign ? 1 : 0);
    if (number.empty())
        return std::nullopt;
    if (number == ".inf" || number == ".Inf" || number == ".INF")
        return negative ? "-inf" : "inf";
    if (plain == ".nan" || plain == ".NaN" || plain == ".NAN")
        return "nan";
    if (const auto made = integer(number, negative))
        return made;
    if (const auto made = sexagesimal(number, negative))
        return made;
    return floating(number, negative, has_sign);
}

} // namespace

std::optional<std::string> yaml_1_1_reading(std::string_view plain)
{
    const auto made = typed(plain);
    return made == plain ? std::nullopt : made;
}

} // namespace gateway
