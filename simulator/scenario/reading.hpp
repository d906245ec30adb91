/// The parts of a scenario, each read in a file of its own.
#pragma once

#include "simulator/scenario/scenario.hpp"

#include <functional>
#include <map>

namespace simulator::scenario {

/// Names that a scenario gave, for what comes later in it.
struct Names {
    std::filesystem::path folder;
    std::map<std::string, std::uint16_t> models;
    std::map<std::string, mesh::SinkIndex> sinks;
    std::map<std::uint32_t, mesh::NodeIndex> nodes; ///< by address; sinks too
    std::vector<gateway::scratchpad::KeyPair> keys;
    std::map<std::string, mesh::Image> images; ///< files that were read

    /// A file of the scenario, once; complains where it cannot be read or is no scratchpad.
    mesh::Image image(const Value& file);
};

// read_parameters.cpp
void read_parameters(Fields& scenario, mesh::Parameters& into);
mesh::RadioChange read_radio(const Value& value);

// read_models.cpp
void read_keys(Fields& scenario, Names& names);
void read_models(Fields& scenario, Names& names, std::vector<mesh::Model>& into);

// read_nodes.cpp
void read_sinks(Fields& scenario, Names& names, Scenario& into);
void read_nodes(Fields& scenario, Names& names, Scenario& into);
/// {file: app-8k.otap, sequence: 41, status: 0}
mesh::Stored read_stored(const Value& value, Names& names);

// read_script.cpp
void read_script(Fields& scenario, Names& names, Scenario& into);

} // namespace simulator::scenario
