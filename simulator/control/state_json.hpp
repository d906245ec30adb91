/// The state of a simulated device as JSON, without keys.
#pragma once

#include "simulator/device.hpp"

#include <nlohmann/json_fwd.hpp>

namespace simulator {

/// Everything but what went to the mesh.
nlohmann::json state_json(Device& device, Now now);

/// What went to the mesh: {"downlink": [...], "distributed": [...]}.
nlohmann::json mesh_json(const std::vector<ToMesh>& what);

} // namespace simulator
