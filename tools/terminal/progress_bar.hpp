/// How far something is that takes a while.
#pragma once

#include "tools/terminal/style.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>

namespace gateway::tools {

/// One line that is drawn anew on a terminal; elsewhere only the last state is written.
class ProgressBar {
public:
    /// `unit` follows the numbers, such as "octets".
    ProgressBar(std::ostream& out, const Style& style, std::string title, std::string unit);
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;
    /// Ends the line.
    ~ProgressBar();

    void show(std::uint64_t done, std::uint64_t total);

private:
    [[nodiscard]] std::string line(std::uint64_t done, std::uint64_t total) const;

    std::ostream& out_;
    Style style_;
    std::string title_;
    std::string unit_;
    std::string last_;
};

} // namespace gateway::tools
