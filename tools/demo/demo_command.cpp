#include "tools/demo/demo_command.hpp"

#include "tools/demo/demo.hpp"

#include <CLI/CLI.hpp>
#include <memory>

namespace gateway::tools {

void register_demo(CLI::App& program, Action& chosen)
{
    const auto options = std::make_shared<DemoOptions>();
    CLI::App* demo = program.add_subcommand(
        "demo", "run a whole gateway with a simulated sink on this machine and update its firmware");
    demo->add_option("--scratchpad", options->scratchpad, "file to upload")
        ->capture_default_str()
        ->check(CLI::ExistingFile);
    demo->add_option("--sequence", options->sequence, "sequence to store it under")
        ->capture_default_str()
        ->check(CLI::Range(1, 254));
    demo->add_flag("--keep", options->keep, "leave everything running until Ctrl-C, and say how to connect");
    demo->callback([options, &chosen] { chosen = [options] { return run_demo(*options); }; });
}

} // namespace gateway::tools
