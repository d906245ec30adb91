// A key file of which nothing is known (docs/spec/scratchpad-format.md, 16.5). What is wrong with it is
// said without its octets: they may be keys.
#include "fuzz/support/expect.hpp"
#include "fuzz/support/target.hpp"
#include "gateway/scratchpad/keys.hpp"

#include <set>

using fuzz::expect;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto keys = gateway::scratchpad::parse_key_file(text);
    if (!keys) {
        expect(!keys.error().message.empty(), "a refusal says why");
        return 0;
    }
    expect(!keys->pairs.empty(), "a key file has a pair");
    expect(keys->pairs.size() <= gateway::scratchpad::max_key_pairs, "no more than bootloaders take");
    std::set<std::string> names;
    for (const auto& pair : keys->pairs) {
        expect(names.insert(pair.name).second, "names are unique");
        expect(keys->find(pair.name) == &pair, "a pair is found by its name");
    }
    return 0;
}
