#pragma once

#include <cstddef>
#include <string>

namespace gateway::tools {

struct ShowMeshOptions {
    std::string control; ///< socket of the simulator
    std::size_t nodes = 50;
    bool json = false;
};

/// `wirepas-gateway simulator show`: gives 0. Throws std::runtime_error.
int show_mesh(const ShowMeshOptions& options);

struct DoOptions {
    std::string control;
    std::string action; ///< JSON, as in a script
    double advance = 0; ///< seconds instead
};

/// `wirepas-gateway simulator do` and `advance`. Throws std::runtime_error.
int change_mesh(const DoOptions& options);

} // namespace gateway::tools
