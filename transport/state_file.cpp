#include "transport/state_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace transport {
namespace {

class Descriptor {
public:
    Descriptor(const std::filesystem::path& path, int flags)
        : fd_(open(path.c_str(), flags | O_CLOEXEC, 0640))
    {
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (fd_ >= 0)
            close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

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
        const Descriptor out(fresh, O_WRONLY | O_CREAT | O_TRUNC);
        if (out.get() < 0 || !write_all(out.get(), contents) ||
            (durable == Durable::now && fsync(out.get()) != 0))
            return failure(fresh);
    }
    if (rename(fresh.c_str(), file.c_str()) != 0)
        return failure(file);
    if (durable == Durable::eventually)
        return {};
    const Descriptor directory(file.parent_path(), O_RDONLY | O_DIRECTORY);
    if (directory.get() < 0 || fsync(directory.get()) != 0)
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
