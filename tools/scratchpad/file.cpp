#include "tools/scratchpad/file.hpp"

#include <fstream>
#include <stdexcept>

namespace gateway::tools {

Bytes read_file(const std::filesystem::path& path, std::size_t limit)
{
    std::ifstream file(path, std::ios::binary);
    Bytes octets;
    std::array<char, 64 * 1024> piece{};
    while (file && octets.size() <= limit) {
        file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        octets.insert(octets.end(), piece.begin(), piece.begin() + file.gcount());
    }
    if (!file.is_open() || file.bad() || std::filesystem::is_directory(path))
        throw std::runtime_error("cannot read " + path.string() + "; does it exist, and may you read it?");
    octets.resize(std::min(octets.size(), limit + 1));
    return octets;
}

void write_file(const std::filesystem::path& path, ByteView octets, bool replace)
{
    if (!replace && std::filesystem::exists(path))
        throw std::runtime_error(path.string() + " exists; give --force to replace it, or another name");
    std::filesystem::path partial = path;
    partial += ".partial";
    {
        std::ofstream file(partial, std::ios::binary | std::ios::trunc);
        for (const std::uint8_t octet : octets)
            file.put(static_cast<char>(octet));
        file.flush();
        if (!file) {
            std::error_code ignored;
            std::filesystem::remove(partial, ignored);
            throw std::runtime_error(
                "cannot write " + partial.string() + "; is there room, and may you write there?");
        }
    }
    std::filesystem::rename(partial, path);
}

} // namespace gateway::tools
