/// A directory for sockets, configurations and logs of one stand.
#pragma once

#include <filesystem>

namespace gateway::stand {

/// Created under $TMPDIR (else /tmp), for this user alone; removed with everything in it.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace gateway::stand
