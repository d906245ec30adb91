#include "tools/terminal/table.hpp"

#include <algorithm>
#include <ostream>

namespace gateway::tools {
namespace {

using Cells = std::vector<std::string>;
using Widths = std::vector<std::size_t>;

void widen(Widths& widths, const Cells& cells)
{
    widths.resize(std::max(widths.size(), cells.size()));
    for (std::size_t i = 0; i < cells.size(); ++i)
        widths[i] = std::max(widths[i], columns(cells[i]));
}

std::string line(const Cells& cells, const Widths& widths)
{
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const bool last = i + 1 == cells.size();
        text += "  " + (last ? cells[i] : padded(cells[i], widths[i]));
    }
    return text;
}

} // namespace

void Table::print(std::ostream& out, const Style& style) const
{
    Widths widths;
    widen(widths, titles_);
    for (const Cells& row : rows_)
        widen(widths, row);

    if (!titles_.empty()) {
        out << style.bold(line(titles_, widths)) << '\n';
        std::string rule;
        for (const std::size_t width : widths) {
            rule += "  ";
            for (std::size_t i = 0; i < width; ++i)
                rule += style.unicode ? "─" : "-";
        }
        out << style.faint(rule) << '\n';
    }
    for (const Cells& row : rows_)
        out << line(row, widths) << '\n';
}

} // namespace gateway::tools
