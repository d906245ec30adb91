#include "tools/simulator/show.hpp"

#include "tools/simulator/control_socket.hpp"
#include "tools/simulator/mesh_view.hpp"

#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace gateway::tools {

int show_mesh(const ShowMeshOptions& options)
{
    auto mesh =
        ask_simulator(options.control, {{"command", "mesh"}, {"nodes", options.json || options.nodes != 0}});
    if (options.json) {
        mesh.erase("ok");
        std::cout << mesh.dump(2) << '\n';
        return 0;
    }
    print_mesh(std::cout, Style::of_standard_output(), mesh, options.nodes);
    return 0;
}

int change_mesh(const DoOptions& options)
{
    if (options.advance > 0) {
        constexpr int patience = 600; // as fast as the machine is
        const auto answer = ask_simulator(
            options.control,
            {{"command", "mesh-advance"}, {"seconds", static_cast<std::int64_t>(options.advance)}}, patience);
        std::cout << "The mesh is " << time_text(answer.at("time").get<double>()) << " old.\n";
        return 0;
    }
    const auto action = nlohmann::json::parse(options.action, nullptr, false);
    if (action.is_discarded())
        throw std::runtime_error("the action is not JSON: give one such as '{\"restart\": 101}'");
    ask_simulator(options.control, {{"command", "mesh-do"}, {"action", action}});
    return 0;
}

} // namespace gateway::tools
