#include "scratchpad_files.hpp"

#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace gateway::scratchpad {

std::string read_text(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

Bytes read_fixture(const std::string& name)
{
    const std::string text = read_text(FIXTURES "/scratchpads/" + name);
    return {text.begin(), text.end()};
}

nlohmann::json read_manifest()
{
    return nlohmann::json::parse(read_text(FIXTURES "/scratchpads/manifest.json"));
}

KeyFile fixture_keys()
{
    return read_key_file(FIXTURES "/scratchpads/keys-throwaway.ini").value();
}

std::string lower_hex(ByteView octets)
{
    std::string text;
    for (const std::uint8_t octet : octets)
        text += fmt::format("{:02x}", octet);
    return text;
}

} // namespace gateway::scratchpad
