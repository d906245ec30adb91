/// Network keys, from where nobody else sees them: a file, a pipe or a prompt without echo; never the
/// command line, which every user of the machine can read.
#pragma once

#include "tools/local/sink.hpp"

#include <iosfwd>
#include <optional>

namespace gateway::tools {

struct NetworkKeys {
    std::optional<local::Key> cipher;
    std::optional<local::Key> authentication;
};

/// Lines `cipher: <32 hexadecimal digits>` and `authentication: …`; `=` for `:`, blanks between octets
/// and comments after # or ; are fine. One of the two may be absent. Throws std::runtime_error with the
/// line's number, never with its contents.
NetworkKeys parse_keys(std::istream& text, const std::string& name);

/// From a file; "-": standard input, with prompts when that is a terminal. Throws std::runtime_error.
NetworkKeys read_keys(const std::string& file);

} // namespace gateway::tools
