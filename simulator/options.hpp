/// The command line of wirepas-sink-simulator.
#pragma once

#include "simulator/device.hpp"

#include <filesystem>
#include <span>

namespace simulator {

struct Options {
    Profile profile;
    Persistent settings; ///< of a device that has no state file yet
    LineSettings line;
    UplinkPlan uplink;
    std::uint32_t accept_baud = 0;
    bool exact_line = false;
    std::uint64_t seed = 1;
    std::filesystem::path link;
    std::filesystem::path state_file;
    std::filesystem::path control_socket;
    std::filesystem::path scenario;    ///< empty: one sink without a mesh
    std::optional<double> time_factor; ///< instead of the scenario's; 0: as fast as possible
};

/// The options, or the status to exit with: 0 after --help, 2 after one line on what is wrong.
std::variant<Options, int> read_options(int argc, const char* const* argv);

} // namespace simulator
