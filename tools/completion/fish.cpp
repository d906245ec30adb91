#include "tools/completion/scripts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gateway::tools {
namespace {

/// Between single quotes.
std::string quoted(std::string_view text)
{
    std::string made = "'";
    for (const char letter : text) {
        if (letter == '\'' || letter == '\\')
            made += '\\';
        made += letter;
    }
    return made + "'";
}

std::string steps(const std::vector<CompletedCommand>& commands)
{
    std::string text;
    for (const CompletedCommand& command : commands) {
        for (const std::size_t child : command.children)
            text += fmt::format(
                "            case {}\n                set at {}\n",
                quoted(command.path + '|' + commands[child].name), quoted(commands[child].path));
        for (const CompletedOption& option : command.options) {
            if (option.value == ValueKind::none)
                continue;
            for (const std::string& name : option.names)
                text += fmt::format(
                    "            case {}\n                set skip 1\n", quoted(command.path + '|' + name));
        }
    }
    return text;
}

std::string option_line(
    const CompletedCommand& command, const CompletedOption& option, const std::string& program)
{
    std::string line = fmt::format("complete -c {} -n \"__wirepas_gateway_at '{}'\"", program, command.path);
    for (const std::string& name : option.names)
        line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    line += " -d " + quoted(option.description);
    if (option.value == ValueKind::anything)
        line += " -x";
    if (option.value == ValueKind::file)
        line += " -r -F";
    if (option.value == ValueKind::choice)
        line += " -x -a " + quoted(fmt::format("{}", fmt::join(option.choices, " ")));
    return line + '\n';
}

} // namespace

std::string fish_completion(const std::vector<CompletedCommand>& commands, const std::string& program)
{
    std::string text = fmt::format(
        R"(# fish completion for {0}, made by `{0} completion fish`
function __wirepas_gateway_at
    set -l at ''
    set -l skip 0
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch "$at|$word"
{1}        end
    end
    test "$at" = "$argv[1]"
end

complete -c {0} -f
)",
        program, steps(commands));
    for (const CompletedCommand& command : commands) {
        for (const std::size_t child : command.children)
            text += fmt::format(
                "complete -c {} -n \"__wirepas_gateway_at '{}'\" -a {} -d {}\n", program, command.path,
                commands[child].name, quoted(commands[child].description));
        if (!command.positional_choices.empty())
            text += fmt::format(
                "complete -c {} -n \"__wirepas_gateway_at '{}'\" -a {}\n", program, command.path,
                quoted(fmt::format("{}", fmt::join(command.positional_choices, " "))));
        if (command.positional_file)
            text +=
                fmt::format("complete -c {} -n \"__wirepas_gateway_at '{}'\" -F\n", program, command.path);
        for (const CompletedOption& option : command.options)
            text += option_line(command, option, program);
    }
    return text;
}

} // namespace gateway::tools
