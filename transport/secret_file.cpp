#include "transport/secret_file.hpp"

#include "gateway/file_descriptor.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace transport {
namespace {

constexpr std::size_t max_octets = 64UL * 1024;

std::string words(int error)
{
    return std::generic_category().message(error);
}

} // namespace

std::string locate_file(const std::string& name, const std::optional<std::string>& credentials_directory)
{
    if (name.empty() || name.find('/') != std::string::npos || !credentials_directory ||
        credentials_directory->empty())
        return name;
    const std::string credential = *credentials_directory + "/" + name;
    return access(credential.c_str(), F_OK) == 0 ? credential : name;
}

tl::expected<std::string, std::string> read_small_file(const std::string& path)
{
    const gateway::FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        return tl::unexpected(
            fmt::format("cannot read {} ({}): check its path and permissions", path, words(errno)));
    std::string text(max_octets + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return tl::unexpected(fmt::format("cannot read {} ({})", path, words(errno)));
        if (got == 0)
            break;
        size += static_cast<std::size_t>(got);
    }
    if (size > max_octets)
        return tl::unexpected(
            fmt::format("{} is longer than {} octets: is it the right file?", path, max_octets));
    text.resize(size);
    return text;
}

tl::expected<std::string, std::string> read_password_file(const std::string& path)
{
    auto text = read_small_file(path);
    if (!text)
        return text;
    if (text->ends_with('\n'))
        text->pop_back();
    if (text->ends_with('\r'))
        text->pop_back();
    if (text->empty())
        return tl::unexpected(fmt::format("{} is empty: write the password into it", path));
    if (text->size() > 65535)
        return tl::unexpected(fmt::format("{} holds more than the 65535 octets that MQTT allows", path));
    return text;
}

bool readable_by_everybody(const std::string& path)
{
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

} // namespace transport
