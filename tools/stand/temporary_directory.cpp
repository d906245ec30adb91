#include "tools/stand/temporary_directory.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace gateway::stand {

TemporaryDirectory::TemporaryDirectory()
{
    // Short, because a path of a UNIX socket inside has 107 octets at most.
    std::string pattern = std::filesystem::temp_directory_path() / "wirepas-gateway-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr)
        throw std::system_error(
            errno, std::generic_category(), "cannot create a temporary directory like " + pattern);
    path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory()
{
    std::error_code ignored; // nothing to be done about a directory that stays
    std::filesystem::remove_all(path_, ignored);
}

} // namespace gateway::stand
