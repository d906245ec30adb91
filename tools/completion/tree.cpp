#include "tools/completion/tree.hpp"

#include <CLI/CLI.hpp>

namespace gateway::tools {
namespace {

/// Values between braces, which is how the parser shows what a set accepts: "TEXT:{a,b}".
std::vector<std::string> choices_in(const std::string& type)
{
    const auto open = type.find('{');
    const auto close = type.find('}', open);
    std::vector<std::string> choices;
    if (open == std::string::npos || close == std::string::npos)
        return choices;
    std::size_t begin = open + 1;
    while (begin < close) {
        const std::size_t end = std::min(type.find(',', begin), close);
        choices.push_back(type.substr(begin, end - begin));
        begin = end + 1;
    }
    return choices;
}

bool is_file(const std::string& type)
{
    return type.find("FILE") != std::string::npos || type.find("PATH") != std::string::npos;
}

CompletedOption completed(const CLI::Option& option)
{
    CompletedOption made;
    for (const std::string& name : option.get_lnames())
        made.names.push_back("--" + name);
    for (const std::string& name : option.get_snames())
        made.names.push_back("-" + name);
    made.description = option.get_description();
    if (option.get_expected_max() == 0 || option.get_type_size_max() == 0)
        return made;
    made.choices = choices_in(option.get_type_name());
    made.value = !made.choices.empty()             ? ValueKind::choice
                 : is_file(option.get_type_name()) ? ValueKind::file
                                                   : ValueKind::anything;
    return made;
}

std::size_t add(std::vector<CompletedCommand>& commands, const CLI::App& app, const std::string& path)
{
    const std::size_t index = commands.size();
    CompletedCommand& command = commands.emplace_back();
    command.path = path;
    command.name = app.get_name();
    command.description = app.get_description();
    for (const CLI::Option* option : app.get_options({})) {
        if (!option->get_positional()) {
            command.options.push_back(completed(*option));
            continue;
        }
        const auto choices = choices_in(option->get_type_name());
        command.positional_choices.insert(command.positional_choices.end(), choices.begin(), choices.end());
        command.positional_file = command.positional_file || is_file(option->get_type_name());
    }
    for (const CLI::App* child : app.get_subcommands(std::function<bool(const CLI::App*)>())) {
        const std::string name = child->get_name();
        // Not by reference: the vector grows.
        const std::size_t added = add(commands, *child, path.empty() ? name : path + ' ' + name);
        commands[index].children.push_back(added);
    }
    return index;
}

} // namespace

std::vector<CompletedCommand> command_tree(const CLI::App& program)
{
    std::vector<CompletedCommand> commands;
    add(commands, program, {});
    return commands;
}

} // namespace gateway::tools
