#include "gateway/firmware_version.hpp"

#include <charconv>
#include <fmt/format.h>

namespace gateway {

std::string to_text(const FirmwareVersion& version)
{
    return fmt::format("{}.{}.{}.{}", version[0], version[1], version[2], version[3]);
}

std::optional<FirmwareVersion> firmware_version_from(std::string_view text)
{
    FirmwareVersion version{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t i = 0; i < version.size(); ++i) {
        if (i != 0) {
            if (at == end || *at != '.')
                return std::nullopt;
            ++at;
        }
        const auto read = std::from_chars(at, end, version.at(i));
        if (read.ec != std::errc{})
            return std::nullopt;
        at = read.ptr;
    }
    if (at != end)
        return std::nullopt;
    return version;
}

} // namespace gateway
