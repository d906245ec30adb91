// A scenario file of which nothing is known (docs/mesh.md): it makes a mesh, or is refused with its place.
#include "simulator/scenario/scenario.hpp"

#include "fuzz/support/expect.hpp"
#include "fuzz/support/target.hpp"

#include <string_view>

using fuzz::expect;
using namespace simulator;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char*>(data), size);
    try {
        const scenario::Scenario read = scenario::read_scenario_text(text, "mesh.yml");
        expect(!read.setup.sinks.empty(), "a mesh has a sink");
        expect(read.sinks.size() == read.setup.sinks.size(), "each with a device");
        expect(read.time_factor >= 0, "time goes forward");
        const mesh::Mesh mesh(read.setup);
        expect(
            mesh.state().nodes.size() == read.setup.nodes.size() + read.setup.sinks.size(),
            "every node is in the mesh");
    } catch (const scenario::ScenarioError& error) {
        expect(std::string_view(error.what()).starts_with("mesh.yml"), "a refusal names the file");
    }
    return 0;
}
