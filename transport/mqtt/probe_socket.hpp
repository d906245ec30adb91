/// A TCP connection whose every wait has a deadline and can be interrupted.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

struct addrinfo;

namespace transport {

/// When a probe gives up.
struct ProbeLimit {
    std::chrono::steady_clock::time_point deadline;
    std::stop_token stop;

    [[nodiscard]] bool over() const
    {
        return stop.stop_requested() || std::chrono::steady_clock::now() >= deadline;
    }
};

enum class ConnectOutcome : std::uint8_t {
    connected,
    name_not_found,
    no_name_server,
    refused,
    unreachable,
    timeout
};

class ProbeSocket {
public:
    ProbeSocket() = default;
    ProbeSocket(const ProbeSocket&) = delete;
    ProbeSocket& operator=(const ProbeSocket&) = delete;
    ~ProbeSocket();

    /// Tries every address of `host` until one takes the connection.
    ConnectOutcome connect(const std::string& host, std::uint16_t port, const ProbeLimit& limit);

    /// What the system said about the last failure.
    [[nodiscard]] const std::string& reason() const { return reason_; }
    [[nodiscard]] int descriptor() const { return fd_; }

    /// False when the limit came first. `for_writing`: else until it is readable.
    [[nodiscard]] bool wait(bool for_writing, const ProbeLimit& limit) const;

private:
    ConnectOutcome connect_address(const addrinfo& address, const ProbeLimit& limit);
    void close();

    int fd_ = -1;
    std::string reason_;
};

} // namespace transport
