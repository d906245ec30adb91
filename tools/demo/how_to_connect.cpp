#include "tools/demo/how_to_connect.hpp"

#include "tools/terminal/table.hpp"

#include <ostream>

namespace gateway::tools {

void print_how_to_connect(std::ostream& out, const Style& style, stand::Stand& stand)
{
    const std::string port = std::to_string(stand.broker().port());
    const std::string gateway = stand.options().gateway_id;
    const auto command = [&](const std::string& what, const std::string& line) {
        out << "  " << style.faint("# " + what) << "\n  " << line << '\n';
    };

    out << '\n' << style.bold("Everything keeps running until Ctrl-C. To look into it:") << '\n';
    command(
        "the sink on D-Bus",
        "busctl --address=" + stand.bus().address() + " introspect com.wirepas.sink.sink0 /com/wirepas/sink");
    command(
        "what happens on D-Bus",
        "busctl --address=" + stand.bus().address() + " monitor com.wirepas.sink.sink0");
    command(
        "the retained status",
        "mosquitto_sub -h 127.0.0.1 -p " + port + " -v -t gw-event/status/" + gateway + " -C 1 | od -c");
    command(
        "the uplink packets", "mosquitto_sub -h 127.0.0.1 -p " + port + " -t 'gw-event/received_data/" +
                                  gateway + "/#' -F '%t %l octets'");
    command(
        "the end of the transport, and the last will that follows",
        "kill -9 " + std::to_string(stand.transport_service()->pid()));

    out << '\n' << style.bold("Logs") << '\n';
    Table table;
    for (const stand::ChildProcess* process : stand.processes())
        table.add(
            {process->command().name, "process " + std::to_string(process->pid()),
             process->command().log.string()});
    table.print(out, style);
    out << std::flush;
}

} // namespace gateway::tools
