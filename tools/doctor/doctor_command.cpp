#include "tools/doctor/doctor_command.hpp"

#include "tools/doctor/doctor.hpp"

#include <CLI/CLI.hpp>
#include <memory>

namespace gateway::tools {

void register_doctor(CLI::App& program, Action& chosen)
{
    const auto options = std::make_shared<DoctorOptions>();
    CLI::App* command = program.add_subcommand(
        "doctor",
        "checks everything that a gateway needs, and says what to do; exit status 1 if a check fails");
    command
        ->add_option(
            "--settings", options->settings,
            "the transport service's settings file; not given: WM_* of the environment")
        ->check(CLI::ExistingFile);
    command->add_option("--sink-settings", options->sink_settings, "settings files of sink services")
        ->check(CLI::ExistingFile);
    command->add_option("--port", options->ports, "serial ports to check; not given: those of the settings")
        ->type_name("PATH");
    add_local_options(*command, options->local);
    command->footer(
        "Example:\n  sudo -u wirepas wirepas-gateway doctor --settings /etc/wirepas-gateway/transport.yml\n");
    command->callback([options, &chosen] { chosen = [options] { return doctor(*options); }; });
}

} // namespace gateway::tools
