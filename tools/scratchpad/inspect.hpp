/// `wirepas-gateway scratchpad info` and `verify`.
#pragma once

#include <string>

namespace gateway::tools {

struct ScratchpadInspectOptions {
    std::string file;
    std::string key_file;        ///< empty: without keys
    std::string key_name;        ///< empty: any of the key file
    std::string public_key_file; ///< PEM; empty: none
    bool json = false;
};

/// Both give the exit status: 1 when a check failed.
int show_scratchpad(const ScratchpadInspectOptions& options);
int verify_scratchpad(const ScratchpadInspectOptions& options);

} // namespace gateway::tools
