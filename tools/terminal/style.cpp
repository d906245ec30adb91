#include "tools/terminal/style.hpp"

#include <cstdlib>
#include <cstring>
#include <sys/ioctl.h>
#include <unistd.h>

namespace gateway::tools {
namespace {

constexpr std::size_t min_width = 40;
constexpr char escape = '\033';

std::string_view environment(const char* name)
{
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets it
    return value == nullptr ? "" : value;
}

bool locale_is_utf8()
{
    // The first of these that is set decides (locale(7)).
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string_view value = environment(name);
        if (!value.empty())
            return value.find("UTF-8") != std::string_view::npos ||
                   value.find("utf8") != std::string_view::npos;
    }
    return false;
}

std::string coloured(bool colours, const char* code, std::string_view text)
{
    if (!colours)
        return std::string(text);
    return std::string(1, escape) + '[' + code + 'm' + std::string(text) + escape + "[0m";
}

} // namespace

Style Style::of_standard_output()
{
    Style style;
    style.terminal = isatty(STDOUT_FILENO) == 1 && environment("TERM") != "dumb";
    style.colours = style.terminal && environment("NO_COLOR").empty();
    style.unicode = locale_is_utf8();
    winsize size{};
    if (style.terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= min_width)
        style.width = size.ws_col;
    return style;
}

std::string Style::bold(std::string_view text) const
{
    return coloured(colours, "1", text);
}

std::string Style::faint(std::string_view text) const
{
    return coloured(colours, "2", text);
}

std::string Style::good(std::string_view text) const
{
    return coloured(colours, "32", text);
}

std::string Style::bad(std::string_view text) const
{
    return coloured(colours, "1;31", text);
}

std::string Style::mark(bool passed) const
{
    if (unicode)
        return passed ? good("✓") : bad("✗");
    return passed ? good("ok") : bad("NO");
}

std::size_t columns(std::string_view text)
{
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == escape) { // up to the letter that ends the sequence
            while (i < text.size() && text[i] != 'm')
                ++i;
        } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) { // not inside a character
            ++count;
        }
    }
    return count;
}

std::string padded(std::string_view text, std::size_t width)
{
    const std::size_t used = columns(text);
    return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

} // namespace gateway::tools
