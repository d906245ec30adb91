#include "tools/stand/start.hpp"

#include <stdexcept>

namespace gateway::stand {
namespace {

constexpr std::size_t shown_lines = 12;

} // namespace

std::string failure_of(const ChildProcess& part, const std::string& what)
{
    std::string message = part.command().name + ' ' + what;
    const std::string lines = last_lines(part.command().log, shown_lines);
    message += lines.empty() ? "; it wrote nothing" : "; its last lines:\n" + lines;
    return message;
}

void expect_output(ChildProcess& part, const std::string& text, Deadline deadline)
{
    if (part.wait_for_output(text, deadline))
        return;
    const auto ended = part.status();
    throw std::runtime_error(failure_of(
        part, ended ? "ended with " + ended->describe() + " before it was ready"
                    : "did not get ready: \"" + text + "\" is not in its output"));
}

} // namespace gateway::stand
