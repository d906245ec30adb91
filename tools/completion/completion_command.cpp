#include "tools/completion/completion_command.hpp"

#include "tools/completion/scripts.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>

namespace gateway::tools {

void register_completion(CLI::App& program, Action& chosen)
{
    const auto shell = std::make_shared<std::string>();
    CLI::App* command =
        program.add_subcommand("completion", "a script that makes a shell complete this command");
    command->add_option("shell", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->footer(
        "Examples:\n"
        "  source <(wirepas-gateway completion bash)\n"
        "  wirepas-gateway completion zsh > /usr/local/share/zsh/site-functions/_wirepas-gateway\n"
        "  wirepas-gateway completion fish > ~/.config/fish/completions/wirepas-gateway.fish\n");
    command->callback([&program, &chosen, shell] {
        chosen = [&program, shell] {
            const auto commands = command_tree(program);
            const std::string name = program.get_name();
            std::cout << (*shell == "bash"  ? bash_completion(commands, name)
                          : *shell == "zsh" ? zsh_completion(commands, name)
                                            : fish_completion(commands, name))
                      << std::flush;
            return EXIT_SUCCESS;
        };
    });
}

} // namespace gateway::tools
