/// Values that are checked while the command line is read, so that a wrong one is wrong usage.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>

namespace gateway::local {

/// A check for an option out of a function that gives a Parsed value.
template<typename Parse>
CLI::Validator accepted_by(Parse parse)
{
    return {
        [parse = std::move(parse)](std::string& text) {
            const auto parsed = parse(text);
            return parsed ? std::string() : parsed.error();
        },
        ""};
}

} // namespace gateway::local
