#include "tools/scratchpad/key_choice.hpp"

#include <stdexcept>

namespace gateway::tools {

scratchpad::KeyFile read_keys(const std::string& file, const std::string& name)
{
    auto read = scratchpad::read_key_file(file);
    if (!read)
        throw std::runtime_error(read.error().message);
    if (name.empty())
        return std::move(*read);
    const scratchpad::KeyPair* const pair = read->find(name);
    if (pair == nullptr) {
        std::string names;
        for (const scratchpad::KeyPair& known : read->pairs)
            names += (names.empty() ? "" : ", ") + known.name;
        throw std::runtime_error(file + " has no key pair " + name + "; it has: " + names);
    }
    return {{*pair}, read->counter};
}

} // namespace gateway::tools
