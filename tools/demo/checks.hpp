/// What the sink tells about a scratchpad, against the file it should be.
#pragma once

#include "gateway/scratchpad_file.hpp"
#include "tools/backend/api.hpp"
#include "tools/terminal/style.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace gateway::tools {

/// One line of the closing table.
struct Check {
    std::string what;
    std::string file;      ///< what it should be
    std::string stored;    ///< what the sink stores; empty: not part of this line
    std::string processed; ///< what its firmware was made of; empty likewise
    bool passed = false;
};

/// What was uploaded and ordered.
struct Expected {
    std::size_t length = 0;  ///< octets of the file
    ScratchpadHeader header; ///< of the file
    std::uint32_t sequence = 0;
};

/// Compares the answer to otap_status; `sink` is the configuration read after it.
std::vector<Check> compare(
    const Expected& expected, const backend::api::GetScratchpadStatusResp& status,
    const backend::api::SinkReadConfig& sink);

/// Prints the table; true when every line passed.
bool print_checks(std::ostream& out, const Style& style, const std::vector<Check>& checks);

} // namespace gateway::tools
