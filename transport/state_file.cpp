#include "transport/state_file.hpp"

#include "gateway/file_descriptor.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace transport {
namespace {

bool write_all(int fd, std::string_view octets)
{
    while (!octets.empty()) {
        const ssize_t written = write(fd, octets.data(), octets.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        octets.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

gateway::Result<> failure(const std::filesystem::path& file)
{
    const int reason = errno;
    return gateway::fail(
        gateway::ApplicationCode::internal_error,
        fmt::format(
            "cannot write {}: {}: check state_directory, its permissions and the room on its disk",
            file.string(), std::strerror(reason))); // NOLINT(concurrency-mt-unsafe): the loop's thread
}

} // namespace

gateway::Result<> write_state_file(
    const std::filesystem::path& file, std::string_view contents, Durable durable)
{
    std::error_code ignored; // an unusable directory shows when the file is opened
    std::filesystem::create_directories(file.parent_path(), ignored);
    std::filesystem::path fresh = file;
    fresh += ".new";
    {
        const gateway::FileDescriptor out(
            open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
        if (!out || !write_all(out.get(), contents) || (durable == Durable::now && fsync(out.get()) != 0))
            return failure(fresh);
    }
    if (rename(fresh.c_str(), file.c_str()) != 0)
        return failure(file);
    if (durable == Durable::eventually)
        return {};
    const gateway::FileDescriptor directory(
        open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || fsync(directory.get()) != 0)
        return failure(file.parent_path());
    return {};
}

std::optional<std::string> read_state_file(const std::filesystem::path& file, std::size_t limit)
{
    std::error_code none;
    const auto size = std::filesystem::file_size(file, none);
    if (none || size > limit)
        return std::nullopt;
    std::ifstream in(file, std::ios::binary);
    std::string contents{std::istreambuf_iterator<char>(in), {}};
    if (!in)
        return std::nullopt;
    return contents;
}

} // namespace transport
