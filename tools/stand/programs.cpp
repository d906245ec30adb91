#include "tools/stand/programs.hpp"

#include <cstdlib>
#include <map>
#include <sstream>
#include <stdexcept>
#include <unistd.h>
#include <vector>

namespace gateway::stand {
namespace {

using Folders = std::vector<std::filesystem::path>;

bool is_program(const std::filesystem::path& path)
{
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

Folders search_path()
{
    Folders folders;
    const char* path = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): nobody sets it
    std::istringstream entries(path == nullptr ? "" : path);
    for (std::string folder; std::getline(entries, folder, ':');)
        folders.emplace_back(folder);
    folders.insert(folders.end(), {"/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/bin"});
    return folders;
}

std::string advice(const std::string& name)
{
    static const std::map<std::string, std::string> packages = {
        {"dbus-daemon", "dbus-daemon"},
        {"mosquitto", "mosquitto"},
        {"mosquitto_passwd", "mosquitto"},
        {"openssl", "openssl"}};
    const auto package = packages.find(name);
    if (package == packages.end())
        return "build it: cmake --build <build folder> --target " + name;
    return "install the Debian package " + package->second;
}

} // namespace

std::filesystem::path find_program(const std::string& name, const std::filesystem::path& preferred)
{
    const auto beside = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    Folders folders = search_path();
    folders.insert(folders.begin(), beside);
    if (!preferred.empty())
        folders.insert(folders.begin(), preferred);
    for (const auto& folder : folders) {
        if (is_program(folder / name))
            return folder / name;
    }
    throw std::runtime_error(
        "the program " + name + " is neither in " + (preferred.empty() ? beside : preferred).string() +
        " nor in PATH; " + advice(name));
}

} // namespace gateway::stand
