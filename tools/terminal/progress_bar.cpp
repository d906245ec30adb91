#include "tools/terminal/progress_bar.hpp"

#include <algorithm>
#include <ostream>

namespace gateway::tools {
namespace {

constexpr std::size_t widest_bar = 40;
constexpr std::size_t narrowest_bar = 10;

std::string repeated(std::string_view text, std::size_t count)
{
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

} // namespace

ProgressBar::ProgressBar(std::ostream& out, const Style& style, std::string title, std::string unit)
    : out_(out), style_(style), title_(std::move(title)), unit_(std::move(unit))
{
}

ProgressBar::~ProgressBar()
{
    if (last_.empty())
        return;
    if (!style_.terminal)
        out_ << last_;
    out_ << std::endl;
}

void ProgressBar::show(std::uint64_t done, std::uint64_t total)
{
    last_ = line(done, total);
    if (style_.terminal)
        out_ << '\r' << last_ << "\033[K" << std::flush;
}

std::string ProgressBar::line(std::uint64_t done, std::uint64_t total) const
{
    const std::string numbers = std::to_string(done) + " of " + std::to_string(total) + ' ' + unit_;
    const std::size_t around = columns(title_) + columns(numbers) + 8; // blanks and the bar's ends
    const std::size_t room = style_.width > around ? style_.width - around : 0;
    const std::size_t width = std::clamp(room, narrowest_bar, widest_bar);
    const std::size_t filled = total == 0 ? width : static_cast<std::size_t>(done * width / total);
    const std::string bar = style_.good(repeated(style_.unicode ? "█" : "#", filled)) +
                            style_.faint(repeated(style_.unicode ? "░" : ".", width - filled));
    return "  " + title_ + "  " + bar + "  " + numbers;
}

} // namespace gateway::tools
