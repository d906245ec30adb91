#include "tools/completion/scripts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gateway::tools {
namespace {

std::vector<std::string> children_of(
    const std::vector<CompletedCommand>& commands, const CompletedCommand& command)
{
    std::vector<std::string> names;
    for (const std::size_t child : command.children)
        names.push_back(commands[child].name);
    return names;
}

/// `"sinks list|--json"`, for all names of an option, joined for a case.
std::string patterns(const CompletedCommand& command, const CompletedOption& option)
{
    std::vector<std::string> all;
    for (const std::string& name : option.names)
        all.push_back(fmt::format("\"{}|{}\"", command.path, name));
    return fmt::format("{}", fmt::join(all, " | "));
}

std::string steps(const std::vector<CompletedCommand>& commands)
{
    std::string text;
    for (const CompletedCommand& command : commands) {
        for (const std::size_t child : command.children)
            text += fmt::format(
                "        \"{}|{}\") path=\"{}\" ;;\n", command.path, commands[child].name,
                commands[child].path);
        for (const CompletedOption& option : command.options)
            if (option.value != ValueKind::none)
                text += fmt::format("        {}) ((i++)) ;;\n", patterns(command, option));
    }
    return text;
}

std::string values(const std::vector<CompletedCommand>& commands)
{
    std::string text;
    for (const CompletedCommand& command : commands) {
        for (const CompletedOption& option : command.options) {
            std::string action;
            switch (option.value) {
            case ValueKind::none:
                continue;
            case ValueKind::anything:
                break;
            case ValueKind::file:
                action = "_wirepas_gateway_files \"$current\"; ";
                break;
            case ValueKind::choice:
                action = fmt::format(
                    "COMPREPLY=($(compgen -W \"{}\" -- \"$current\")); ", fmt::join(option.choices, " "));
                break;
            }
            text += fmt::format("    {}) {}return ;;\n", patterns(command, option), action);
        }
    }
    return text;
}

std::string words(const std::vector<CompletedCommand>& commands)
{
    std::string text;
    for (const CompletedCommand& command : commands) {
        std::vector<std::string> plain = children_of(commands, command);
        plain.insert(plain.end(), command.positional_choices.begin(), command.positional_choices.end());
        std::vector<std::string> options;
        for (const CompletedOption& option : command.options)
            options.insert(options.end(), option.names.begin(), option.names.end());
        text += fmt::format(
            "    \"{}\") plain=\"{}\"; options=\"{}\"; files={} ;;\n", command.path, fmt::join(plain, " "),
            fmt::join(options, " "), command.positional_file ? 1 : 0);
    }
    return text;
}

} // namespace

std::string bash_completion(const std::vector<CompletedCommand>& commands, const std::string& program)
{
    return fmt::format(
        R"(# bash completion for {0}, made by `{0} completion bash`
_wirepas_gateway_files()
{{
    compopt -o filenames 2>/dev/null
    local IFS=$'\n'
    COMPREPLY=($(compgen -f -- "$1"))
}}

_wirepas_gateway()
{{
    local current=${{COMP_WORDS[COMP_CWORD]}} path="" plain="" options="" files=0 i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$path|${{COMP_WORDS[i]}}" in
{1}        esac
    done
    case "$path|${{COMP_WORDS[COMP_CWORD-1]}}" in
{2}    esac
    case "$path" in
{3}    esac
    if [[ $current == -* || -z $plain && $files == 0 ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$current"))
    elif [[ $files == 1 ]]; then
        _wirepas_gateway_files "$current"
    else
        COMPREPLY=($(compgen -W "$plain" -- "$current"))
    fi
}}

complete -F _wirepas_gateway {0}
)",
        program, steps(commands), values(commands), words(commands));
}

} // namespace gateway::tools
