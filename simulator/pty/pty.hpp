/// A pseudo terminal whose other end a host opens like a serial port.
#pragma once

#include "gateway/bytes.hpp"

#include <filesystem>
#include <optional>

namespace simulator {

/// Owns the master side and a symbolic link to the slave. Throws std::system_error when the system
/// refuses one.
class Pty {
public:
    /// `link` empty: none. An existing symbolic link is replaced, any other file is an error.
    explicit Pty(std::filesystem::path link);
    Pty(const Pty&) = delete;
    Pty& operator=(const Pty&) = delete;
    ~Pty(); ///< removes the link where it still points here

    [[nodiscard]] int descriptor() const { return master_; }
    [[nodiscard]] const std::filesystem::path& slave() const { return slave_; }
    [[nodiscard]] const std::filesystem::path& link() const { return link_; }

    /// What the host wrote; empty when there is nothing now, nothing at all when no host has the
    /// port open.
    std::optional<gateway::Bytes> read() const;

    /// Writes what fits and gives the number of octets; without a host they go nowhere.
    std::size_t write(gateway::ByteView octets) const;

    /// The rate that the host configured, bits per second.
    [[nodiscard]] std::uint32_t baud() const;

    /// True while a host has the port open, or none has had it yet.
    [[nodiscard]] bool is_open() const;

private:
    int master_;
    std::filesystem::path slave_;
    std::filesystem::path link_;
};

} // namespace simulator
