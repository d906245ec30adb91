#include "tools/scratchpad/inspect.hpp"

#include "tools/local/options.hpp"
#include "tools/scratchpad/file.hpp"
#include "tools/scratchpad/key_choice.hpp"
#include "tools/scratchpad/report.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

namespace gateway::tools {
namespace {

constexpr std::size_t max_public_key_size = 16 * 1024;

scratchpad::Inspection inspect(const ScratchpadInspectOptions& options)
{
    const Bytes file = read_file(options.file, scratchpad_max_size);
    scratchpad::KeyFile keys;
    if (!options.key_file.empty())
        keys = read_keys(options.key_file, options.key_name);
    std::optional<scratchpad::PublicKey> public_key;
    if (!options.public_key_file.empty()) {
        const Bytes pem = read_file(options.public_key_file, max_public_key_size);
        auto read = scratchpad::PublicKey::from_pem(std::string(pem.begin(), pem.end()));
        if (!read)
            throw std::runtime_error(options.public_key_file + ": " + read.error().message);
        public_key = std::move(*read);
    }
    return scratchpad::inspect(file, {keys.pairs, keys.counter, public_key ? &*public_key : nullptr});
}

/// Not a word about the missing keys, which would look like a fault, until somebody asks for a verdict.
void print_faults(const scratchpad::Inspection& found)
{
    for (const scratchpad::Check& check : found.checks)
        if (check.verdict == scratchpad::Verdict::failed)
            std::cout << "\nNot usable: " << check.what << "; " << check.advice << '\n';
}

} // namespace

int show_scratchpad(const ScratchpadInspectOptions& options)
{
    const scratchpad::Inspection found = inspect(options);
    if (options.json) {
        std::cout << to_json(options.file, found).dump(2) << std::endl;
    } else {
        print_contents(std::cout, Style::of_standard_output(), found);
        print_faults(found);
        std::cout << std::flush;
    }
    return found.passed() ? local::exit_fine : local::exit_refused;
}

int verify_scratchpad(const ScratchpadInspectOptions& options)
{
    const scratchpad::Inspection found = inspect(options);
    if (options.json)
        std::cout << to_json(options.file, found).dump(2) << std::endl;
    else
        print_checks(std::cout, Style::of_standard_output(), found);
    return found.passed() ? local::exit_fine : local::exit_refused;
}

} // namespace gateway::tools
