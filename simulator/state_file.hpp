/// What a simulated sink keeps in flash, as a file: settings and scratchpad survive the program.
#pragma once

#include "simulator/sink/state.hpp"

#include <filesystem>

namespace simulator {

/// Nothing when there is no such file. Throws std::runtime_error that names the file when it cannot
/// be read or does not make sense.
std::optional<Persistent> load_state(const std::filesystem::path& file);

/// Replaces the file in one step; readable by its owner alone, for it may hold keys. Throws
/// std::runtime_error.
void save_state(const std::filesystem::path& file, const Persistent& persistent);

} // namespace simulator
