#include "tools/doctor/service_settings.hpp"

#include "tools/stand/child_process.hpp"
#include "tools/stand/programs.hpp"
#include "tools/stand/temporary_directory.hpp"

#include <cstdlib>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

namespace gateway::tools {
namespace {

constexpr std::chrono::seconds check_limit(20);

/// A child of a stand does not inherit these; this one must.
std::vector<std::pair<std::string, std::string>> gateway_variables()
{
    std::vector<std::pair<std::string, std::string>> variables;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        const auto equals = text.find('=');
        if (text.starts_with("WM_") && equals != std::string_view::npos)
            variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

bool is_key(std::string_view text)
{
    return !text.empty() &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

std::string last_line(const std::string& text)
{
    const auto end = text.find_last_not_of('\n');
    if (end == std::string::npos)
        return "it said nothing";
    const auto begin = text.rfind('\n', end);
    return text.substr(begin == std::string::npos ? 0 : begin + 1, end - begin);
}

} // namespace

EffectiveSettings EffectiveSettings::parse(std::string_view output)
{
    EffectiveSettings made;
    while (!output.empty()) {
        const std::string_view line = output.substr(0, output.find('\n'));
        output.remove_prefix(std::min(output.size(), line.size() + 1));
        const auto colon = line.find(": ");
        const auto hash = line.rfind("  # ");
        if (colon == std::string_view::npos || hash == std::string_view::npos || hash < colon ||
            !is_key(line.substr(0, colon)))
            continue;
        const std::size_t value = colon + 2;
        made.values_[std::string(line.substr(0, colon))] = {
            hash > value ? std::string(line.substr(value, hash - value)) : std::string(),
            std::string(line.substr(hash + 4))};
    }
    return made;
}

std::string EffectiveSettings::text(const std::string& key) const
{
    const auto found = values_.find(key);
    return found == values_.end() ? std::string() : found->second.text;
}

std::optional<std::string> EffectiveSettings::secret(const std::string& key) const
{
    const auto found = values_.find(key);
    if (found == values_.end() || found->second.text.empty())
        return std::nullopt;
    const std::string& origin = found->second.origin;
    // "file:line key", and files may have any name.
    const auto blank = origin.rfind(' ');
    const auto colon = blank == std::string::npos ? blank : origin.rfind(':', blank);
    if (colon == std::string::npos) {
        const char* value = std::getenv(origin.c_str()); // NOLINT(concurrency-mt-unsafe)
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    }
    try {
        return YAML::LoadFile(origin.substr(0, colon))[origin.substr(blank + 1)].as<std::string>();
    } catch (const YAML::Exception&) {
        return std::nullopt;
    }
}

CheckedSettings check_settings(const std::string& program, const std::string& file)
{
    try {
        const stand::TemporaryDirectory directory;
        std::vector<std::string> arguments = {"--check"};
        if (!file.empty())
            arguments.insert(arguments.end(), {"--settings", file});
        stand::ChildProcess service({
            .name = program,
            .program = stand::find_program(program),
            .arguments = arguments,
            .environment = gateway_variables(),
            .log = directory.path() / "check.log",
        });
        const auto ended = service.wait(stand::Deadline(check_limit));
        if (!ended)
            return {std::nullopt, program + " --check did not end"};
        if (ended->code != 0)
            return {std::nullopt, last_line(service.output())};
        return {EffectiveSettings::parse(service.output()), {}};
    } catch (const stand::Interrupted&) {
        throw;
    } catch (const std::exception& error) {
        return {std::nullopt, error.what()};
    }
}

} // namespace gateway::tools
