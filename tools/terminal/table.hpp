/// Text in columns.
#pragma once

#include "tools/terminal/style.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace gateway::tools {

/// Columns as wide as their widest cell, two blanks apart. Cells are UTF-8 and may have colours.
class Table {
public:
    /// Titles of the columns; none: a table without a head.
    explicit Table(std::vector<std::string> titles = {}) : titles_(std::move(titles)) {}

    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    void print(std::ostream& out, const Style& style) const;

private:
    std::vector<std::string> titles_;
    std::vector<std::vector<std::string>> rows_;
};

} // namespace gateway::tools
