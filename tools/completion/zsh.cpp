#include "tools/completion/scripts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gateway::tools {
namespace {

/// Between single quotes.
std::string quoted(std::string_view text)
{
    std::string made = "'";
    for (const char letter : text)
        made += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    return made + "'";
}

/// "name:description", as _describe takes it.
std::string item(std::string_view name, std::string_view description)
{
    std::string made;
    for (const char letter : name)
        made += letter == ':' ? std::string("\\:") : std::string(1, letter);
    return quoted(made + ':' + std::string(description));
}

std::string patterns(const CompletedCommand& command, const CompletedOption& option)
{
    std::vector<std::string> all;
    for (const std::string& name : option.names)
        all.push_back(fmt::format("\"{}|{}\"", command.path, name));
    return fmt::format("{}", fmt::join(all, "|"));
}

std::string steps(const std::vector<CompletedCommand>& commands)
{
    std::string text;
    for (const CompletedCommand& command : commands) {
        for (const std::size_t child : command.children)
            text += fmt::format(
                "        (\"{}|{}\") at=\"{}\" ;;\n", command.path, commands[child].name,
                commands[child].path);
        for (const CompletedOption& option : command.options)
            if (option.value != ValueKind::none)
                text += fmt::format("        ({}) ((i++)) ;;\n", patterns(command, option));
    }
    return text;
}

std::string values(const std::vector<CompletedCommand>& commands)
{
    std::string text;
    for (const CompletedCommand& command : commands) {
        for (const CompletedOption& option : command.options) {
            std::string action = "_message value; ";
            if (option.value == ValueKind::none)
                continue;
            if (option.value == ValueKind::file)
                action = "_files; ";
            if (option.value == ValueKind::choice)
                action = fmt::format("compadd -- {}; ", fmt::join(option.choices, " "));
            text += fmt::format("    ({}) {}return ;;\n", patterns(command, option), action);
        }
    }
    return text;
}

std::string items(const std::vector<CompletedCommand>& commands)
{
    std::string text;
    for (const CompletedCommand& command : commands) {
        std::vector<std::string> plain;
        for (const std::size_t child : command.children)
            plain.push_back(item(commands[child].name, commands[child].description));
        for (const std::string& choice : command.positional_choices)
            plain.push_back(item(choice, ""));
        std::vector<std::string> options;
        for (const CompletedOption& option : command.options)
            for (const std::string& name : option.names)
                options.push_back(item(name, option.description));
        text += fmt::format(
            "    (\"{}\") plain=({}); options=({}); files={} ;;\n", command.path, fmt::join(plain, " "),
            fmt::join(options, " "), command.positional_file ? 1 : 0);
    }
    return text;
}

} // namespace

std::string zsh_completion(const std::vector<CompletedCommand>& commands, const std::string& program)
{
    return fmt::format(
        R"(#compdef {0}
# zsh completion for {0}, made by `{0} completion zsh`
_wirepas_gateway()
{{
    local at="" i files=0
    local -a plain options
    for ((i = 2; i < CURRENT; i++)); do
        case "$at|${{words[i]}}" in
{1}        esac
    done
    case "$at|${{words[CURRENT-1]}}" in
{2}    esac
    case "$at" in
{3}    esac
    if [[ ${{words[CURRENT]}} == -* || (${{#plain}} == 0 && $files == 0) ]]; then
        _describe -o option options
    elif [[ $files == 1 ]]; then
        _files
    else
        _describe command plain
    fi
}}

if [[ $funcstack[1] == _{0} ]]; then
    _wirepas_gateway "$@"
else
    compdef _wirepas_gateway {0}
fi
)",
        program, steps(commands), values(commands), items(commands));
}

} // namespace gateway::tools
