#include "gateway/settings.hpp"

#include "gateway/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <numeric>
#include <yaml-cpp/yaml.h>

namespace gateway {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string lower(std::string_view text)
{
    std::string made(text);
    std::ranges::transform(made, made.begin(), [](unsigned char c) { return std::tolower(c); });
    return made;
}

std::optional<bool> to_boolean(std::string_view text, SettingSource source)
{
    static constexpr std::array<std::string_view, 5> yes = {"yes", "true", "t", "y", "1"};
    static constexpr std::array<std::string_view, 6> no = {"no", "false", "f", "n", "0", ""};
    const std::string word = lower(trimmed(text));
    if (source == SettingSource::file && (word == "on" || word == "off")) // YAML 1.1 has these too
        return word == "on";
    if (std::ranges::find(yes, word) != yes.end())
        return true;
    if (std::ranges::find(no, word) != no.end())
        return false;
    return std::nullopt;
}

std::optional<std::int64_t> to_number(std::string_view text, bool c_numbers)
{
    text = trimmed(text);
    if (text.starts_with('+') && !text.starts_with("+-"))
        text.remove_prefix(1);
    int base = 10;
    if (c_numbers && (text.starts_with("0x") || text.starts_with("0X"))) {
        text.remove_prefix(2);
        base = 16;
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::string range_of(const SettingRow& row)
{
    if (row.max == INT64_MAX)
        return fmt::format("a whole number from {}", row.min);
    return fmt::format("a whole number from {} to {}", row.min, row.max);
}

/// Levenshtein distance, for "did you mean".
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> previous(b.size() + 1);
    std::iota(previous.begin(), previous.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::vector<std::size_t> current(b.size() + 1);
        current[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j)
            current[j + 1] =
                std::min({previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1)});
        previous = std::move(current);
    }
    return previous.back();
}

std::string yaml_text(const YAML::Node& node, bool list)
{
    if (node.IsNull())
        return {};
    if (node.IsScalar())
        return node.Scalar();
    if (!node.IsSequence())
        throw SettingsError("is a mapping; give a single value");
    if (!list)
        throw SettingsError("is a list; give a single value");
    std::vector<std::string> items;
    for (const YAML::Node& item : node) {
        if (!item.IsScalar())
            throw SettingsError("is a list of something else than single values");
        items.push_back(item.Scalar());
    }
    return fmt::format("{}", fmt::join(items, ","));
}

/// A value as YAML reads it back.
std::string to_yaml(const SettingRow& row, const std::string& value)
{
    constexpr std::string_view harmless =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./@-";
    if (row.kind != SettingKind::text || value.empty())
        return value;
    if (value.find_first_not_of(harmless) == std::string::npos && !value.starts_with('-') &&
        !value.starts_with('@') && !yaml_1_1_reading(value))
        return value;
    std::string quoted = "\"";
    for (const char c : value) {
        const auto octet = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            quoted += fmt::format("\\{}", c);
        else if (octet < 0x20 || octet == 0x7F)
            quoted += fmt::format("\\x{:02x}", octet);
        else
            quoted += c;
    }
    return quoted + '"';
}

} // namespace

Settings::Settings(std::span<const SettingRow> rows, const SettingsInput& input) : rows_(rows)
{
    for (const SettingRow& row : rows_)
        values_.emplace(
            row.key, Value{std::string(row.default_value), SettingSource::built_in, "default", false});

    const Values command_line = from_command_line(input);
    const Values environment = from_environment(input);
    Values file;
    if (find(input.file_key) != nullptr) {
        const auto given = [&](const Values& values) {
            const auto found = values.find(input.file_key);
            return found == values.end() ? std::string() : found->second.text;
        };
        const std::string path = given(command_line).empty() ? given(environment) : given(command_line);
        if (!path.empty())
            file = from_file(path);
    }

    const bool file_wins = input.order == SettingOrder::file_over_environment;
    for (const Values* layer :
         {file_wins ? &environment : &file, file_wins ? &file : &environment, &command_line})
        for (const auto& [key, value] : *layer)
            values_[key] = value;

    for (const SettingRow& row : rows_) {
        Value& value = values_.find(row.key)->second;
        value.text = checked(row, value);
    }
    apply_replaced_names();
    warn_of_typed_scalars();
}

void Settings::warn_of_typed_scalars()
{
    for (const SettingRow& row : rows_) {
        const Value& value = values_.find(row.key)->second;
        if (!value.unquoted || row.kind == SettingKind::boolean || !row.choices.empty() ||
            !row.replaced_by.empty())
            continue;
        const auto other = yaml_1_1_reading(value.written);
        if (!other || (row.kind == SettingKind::number && *other == value.text))
            continue;
        warnings_.push_back(fmt::format(
            "{}: {} without quotes means {} to the reference gateway: write it in quotes", value.origin,
            row.secret ? "the value" : value.written, row.secret ? "something else" : *other));
    }
}

const SettingRow* Settings::find(std::string_view name) const
{
    const auto found = std::ranges::find_if(rows_, [&](const SettingRow& row) {
        return row.key == name || std::ranges::find(row.short_names, name) != row.short_names.end();
    });
    return found == rows_.end() ? nullptr : &*found;
}

const SettingRow& Settings::row(std::string_view key) const
{
    const SettingRow* found = find(key);
    if (found == nullptr)
        throw std::logic_error(fmt::format("no setting is called {}", key));
    return *found;
}

std::string Settings::nearest(std::string_view name) const
{
    const auto best =
        std::ranges::min_element(rows_, {}, [&](const SettingRow& row) { return distance(row.key, name); });
    return std::string(best->key);
}

Settings::Values Settings::from_command_line(const SettingsInput& input) const
{
    Values values;
    for (std::size_t i = 0; i < input.arguments.size(); ++i) {
        const std::string& argument = input.arguments[i];
        const std::size_t dashes = argument.starts_with("--") ? 2 : argument.starts_with('-') ? 1 : 0;
        const std::size_t equals = argument.find('=');
        const std::string name =
            argument.substr(dashes, equals == std::string::npos ? equals : equals - dashes);
        const SettingRow* row = dashes == 0 ? nullptr : find(name);
        if (row == nullptr || (dashes == 2) != (row->key == name))
            throw SettingsError(fmt::format(
                "unknown argument {}: did you mean --{}? --help lists all", argument, nearest(name)));

        const std::string option = argument.substr(0, equals);
        std::string text;
        if (equals != std::string::npos) {
            text = argument.substr(equals + 1);
        } else if (row->kind == SettingKind::boolean) {
            const bool value_follows =
                i + 1 < input.arguments.size() && !input.arguments[i + 1].starts_with('-') &&
                to_boolean(input.arguments[i + 1], SettingSource::command_line).has_value();
            text = value_follows ? input.arguments[++i] : "true";
        } else if (i + 1 < input.arguments.size()) {
            text = input.arguments[++i];
        } else {
            throw SettingsError(fmt::format("{} needs a value: {}", option, row->help));
        }
        values[std::string(row->key)] = Value{text, SettingSource::command_line, option, false};
    }
    return values;
}

Settings::Values Settings::from_environment(const SettingsInput& input) const
{
    Values values;
    for (const SettingRow& row : rows_) {
        for (const std::string_view name : row.environment) {
            const auto text = input.environment(std::string(name).c_str());
            if (!text)
                continue;
            values[std::string(row.key)] = Value{*text, SettingSource::environment, std::string(name), false};
            break;
        }
    }
    return values;
}

Settings::Values Settings::from_file(const std::string& path)
{
    YAML::Node root;
    try {
        root = YAML::LoadFile(path);
    } catch (const YAML::BadFile&) {
        throw SettingsError(
            fmt::format("cannot read the settings file {}: check its path and permissions", path));
    } catch (const YAML::Exception& error) {
        throw SettingsError(fmt::format("{}:{}: not YAML: {}", path, error.mark.line + 1, error.msg));
    }
    Values values;
    if (root.IsNull())
        return values;
    if (!root.IsMap())
        throw SettingsError(fmt::format("{} holds no mapping: write one `key: value` a line", path));
    for (const auto& entry : root) {
        const std::string name = entry.first.Scalar();
        const std::string origin = fmt::format("{}:{} {}", path, entry.first.Mark().line + 1, name);
        const SettingRow* row = find(name);
        if (row == nullptr || (row->key != name && !row->short_names_in_file))
            throw SettingsError(fmt::format(
                "{}: unknown key, did you mean {}?", origin, row == nullptr ? nearest(name) : row->key));
        if (entry.second.IsNull() || row->key == "settings")
            continue;
        try {
            values[std::string(row->key)] = Value{
                yaml_text(entry.second, row->list), SettingSource::file, origin,
                entry.second.IsScalar() && entry.second.Tag() == "?",
                entry.second.IsScalar() ? entry.second.Scalar() : std::string()};
        } catch (const SettingsError& error) {
            throw SettingsError(fmt::format("{}: {}", origin, error.what()));
        }
    }
    return values;
}

std::string Settings::checked(const SettingRow& row, const Value& value)
{
    const auto refuse = [&](std::string_view accepted) -> SettingsError {
        return SettingsError(fmt::format(
            "{}: {} is not accepted: give {}", value.origin,
            row.secret ? "the value" : "'" + value.text + "'", accepted));
    };
    switch (row.kind) {
    case SettingKind::number: {
        if (trimmed(value.text).empty())
            return std::string(row.default_value);
        const auto number = to_number(value.text, row.c_numbers);
        if (!number || *number < row.min || *number > row.max)
            throw refuse(range_of(row));
        return std::to_string(*number);
    }
    case SettingKind::boolean: {
        const auto boolean = to_boolean(value.text, value.source);
        if (!boolean)
            throw refuse("true or false");
        return *boolean ? "true" : "false";
    }
    case SettingKind::text:
        break;
    }
    if (value.text.empty() && (row.empty_is_default || !row.choices.empty()))
        return std::string(row.default_value);
    if (row.choices.empty())
        return value.text;
    if (std::ranges::find(row.choices, value.text) == row.choices.end())
        throw refuse(fmt::format("one of {}", fmt::join(row.choices, ", ")));
    return value.text;
}

void Settings::apply_replaced_names()
{
    for (const SettingRow& old : rows_) {
        if (old.replaced_by.empty())
            continue;
        const Value& old_value = values_.find(old.key)->second;
        Value& new_value = values_.find(old.replaced_by)->second;
        const std::string& built_in =
            checked(row(old.replaced_by), {std::string(row(old.replaced_by).default_value), {}, {}, false});
        // "Given" is judged by value: an old name at its default is as if absent (10.2).
        if (old_value.source == SettingSource::built_in || old_value.text == built_in ||
            old_value.text == new_value.text)
            continue;
        if (new_value.source != SettingSource::built_in && new_value.text != built_in)
            throw SettingsError(fmt::format(
                "{} and {} disagree: remove {}, it is an old name of {}", old_value.origin, new_value.origin,
                old.key, old.replaced_by));
        warnings_.push_back(fmt::format("{} is an old name: use {}", old_value.origin, old.replaced_by));
        new_value = old_value;
    }
}

std::string Settings::text(std::string_view key) const
{
    return values_.find(row(key).key)->second.text;
}

std::int64_t Settings::number(std::string_view key) const
{
    return to_number(text(key), false).value_or(0);
}

bool Settings::flag(std::string_view key) const
{
    return text(key) == "true";
}

bool Settings::is_set(std::string_view key) const
{
    return !text(key).empty();
}

SettingSource Settings::source(std::string_view key) const
{
    return values_.find(row(key).key)->second.source;
}

bool Settings::is_unquoted(std::string_view key) const
{
    return values_.find(row(key).key)->second.unquoted;
}

std::string Settings::origin(std::string_view key) const
{
    return values_.find(row(key).key)->second.origin;
}

std::string effective_settings(const Settings& settings, std::span<const SettingRow> rows)
{
    std::string text;
    for (const SettingRow& row : rows) {
        if (!row.replaced_by.empty())
            continue;
        const std::string value = settings.text(row.key);
        const std::string shown = row.secret && !value.empty() ? "\"********\"" : to_yaml(row, value);
        text += fmt::format("{}: {}  # {}\n", row.key, shown, settings.origin(row.key));
    }
    return text;
}

void hide_secrets(std::span<char*> arguments, std::span<const SettingRow> rows)
{
    const auto is_secret = [&](std::string_view name) {
        return std::ranges::any_of(rows, [&](const SettingRow& row) {
            return row.secret &&
                   (row.key == name || std::ranges::find(row.short_names, name) != row.short_names.end());
        });
    };
    const auto overwrite = [](char* text) { std::fill(text, text + std::strlen(text), '*'); };
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        const std::size_t dashes = argument.starts_with("--") ? 2 : argument.starts_with('-') ? 1 : 0;
        const std::size_t equals = argument.find('=');
        if (dashes == 0 || !is_secret(argument.substr(dashes, equals - dashes)))
            continue;
        if (equals != std::string_view::npos)
            overwrite(arguments[i] + equals + 1);
        else if (i + 1 < arguments.size())
            overwrite(arguments[++i]);
    }
}

std::optional<std::string> process_environment(const char* name)
{
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): at start, before any thread
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string settings_help(
    std::string_view program, std::string_view purpose, std::span<const SettingRow> rows)
{
    std::string text = fmt::format("Usage: {} [option ...]\n{}\n\nOptions:\n", program, purpose);
    for (const SettingRow& row : rows) {
        if (!row.replaced_by.empty())
            continue;
        std::string names = fmt::format("--{}", row.key);
        for (const std::string_view name : row.short_names)
            names += fmt::format(", -{}", name);
        text += fmt::format("  {}\n      {}", names, row.help);
        if (!row.default_value.empty())
            text += fmt::format(" (default {})", row.default_value);
        if (!row.environment.empty())
            text += fmt::format("\n      environment: {}", fmt::join(row.environment, ", "));
        text += '\n';
    }
    text += "  --check\n      print the effective settings and end\n  --help, --version\n";
    return text;
}

} // namespace gateway
