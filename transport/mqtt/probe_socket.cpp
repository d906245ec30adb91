#include "transport/mqtt/probe_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace transport {
namespace {

/// How soon a request to stop is seen.
constexpr std::chrono::milliseconds slice{100};

std::string words(int error)
{
    return std::generic_category().message(error);
}

} // namespace

ProbeSocket::~ProbeSocket()
{
    close();
}

void ProbeSocket::close()
{
    if (fd_ >= 0)
        ::close(fd_);
    fd_ = -1;
}

bool ProbeSocket::wait(bool for_writing, const ProbeLimit& limit) const
{
    pollfd entry{fd_, static_cast<short>(for_writing ? POLLOUT : POLLIN), 0};
    while (!limit.over()) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(limit.deadline - std::chrono::steady_clock::now());
        if (poll(&entry, 1, static_cast<int>(std::min(left, slice).count())) > 0)
            return true;
    }
    return false;
}

ConnectOutcome ProbeSocket::connect(const std::string& host, std::uint16_t port, const ProbeLimit& limit)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    std::string name = host;
    if (name.starts_with('[') && name.ends_with(']'))
        name = name.substr(1, name.size() - 2);
    if (const int error = getaddrinfo(name.c_str(), std::to_string(port).c_str(), &hints, &found);
        error != 0) {
        reason_ = error == EAI_SYSTEM ? words(errno) : gai_strerror(error);
        return error == EAI_AGAIN ? ConnectOutcome::no_name_server : ConnectOutcome::name_not_found;
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
    ConnectOutcome outcome = ConnectOutcome::timeout;
    for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
        outcome = connect_address(*address, limit);
        if (outcome == ConnectOutcome::connected || limit.over())
            break;
    }
    return outcome;
}

ConnectOutcome ProbeSocket::connect_address(const addrinfo& address, const ProbeLimit& limit)
{
    const auto failed = [this](int error) {
        reason_ = words(error);
        if (error == ECONNREFUSED)
            return ConnectOutcome::refused;
        return error == ETIMEDOUT ? ConnectOutcome::timeout : ConnectOutcome::unreachable;
    };
    close();
    fd_ = socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, address.ai_protocol);
    if (fd_ < 0)
        return failed(errno);
    if (::connect(fd_, address.ai_addr, address.ai_addrlen) == 0)
        return ConnectOutcome::connected;
    if (errno != EINPROGRESS)
        return failed(errno);
    if (!wait(true, limit)) {
        reason_ = words(ETIMEDOUT);
        return ConnectOutcome::timeout;
    }
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    return error == 0 ? ConnectOutcome::connected : failed(error);
}

} // namespace transport
