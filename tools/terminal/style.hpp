/// Colours and signs for people who read on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gateway::tools {

/// How to write on one stream. Colours only on a terminal that wants them (https://no-color.org);
/// signs beyond ASCII only where the locale is UTF-8.
struct Style {
    bool colours = false;
    bool unicode = false;
    bool terminal = false;  ///< lines can be overwritten
    std::size_t width = 80; ///< columns

    /// As suits standard output of this process.
    static Style of_standard_output();

    [[nodiscard]] std::string bold(std::string_view text) const;
    [[nodiscard]] std::string faint(std::string_view text) const;
    [[nodiscard]] std::string good(std::string_view text) const;
    [[nodiscard]] std::string bad(std::string_view text) const;

    /// "✓" or "✗" in its colour; "ok" or "NO" without Unicode.
    [[nodiscard]] std::string mark(bool passed) const;
};

/// Columns that UTF-8 text takes, colour sequences not counted. Every character counts one: wide
/// scripts are not used here.
std::size_t columns(std::string_view text);

/// `text` with blanks behind it until it takes `width` columns.
std::string padded(std::string_view text, std::size_t width);

} // namespace gateway::tools
