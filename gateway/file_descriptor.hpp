/// Owns a file descriptor.
#pragma once

#include <unistd.h>
#include <utility>

namespace gateway {

class FileDescriptor {
public:
    FileDescriptor() = default;
    /// Takes over what a system call gave; -1 is none.
    explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
    FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept
    {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor() { reset(); }

    void reset()
    {
        if (descriptor_ >= 0)
            close(std::exchange(descriptor_, -1));
    }
    [[nodiscard]] int get() const { return descriptor_; }
    explicit operator bool() const { return descriptor_ >= 0; }

private:
    int descriptor_ = -1;
};

} // namespace gateway
