#include "simulator/control/server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace simulator {
namespace {

constexpr std::size_t most_clients = 16;
constexpr std::size_t longest_line = 1 << 20;
constexpr std::size_t most_output = 8 << 20; // a client that does not read is let go

int listen_on(const std::filesystem::path& socket_path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& path = socket_path.native();
    if (path.size() >= sizeof address.sun_path)
        throw std::system_error(ENAMETOOLONG, std::generic_category(), "listen on " + path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);

    std::error_code ignored;
    if (std::filesystem::is_socket(socket_path, ignored))
        std::filesystem::remove(socket_path, ignored); // of an earlier run
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0 || ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener, most_clients) != 0) {
        const int reason = errno;
        if (listener >= 0)
            ::close(listener);
        throw std::system_error(reason, std::generic_category(), "listen on " + path);
    }
    return listener;
}

} // namespace

ControlServer::ControlServer(std::filesystem::path socket, Execute execute)
    : socket_(std::move(socket)), execute_(std::move(execute)), listener_(listen_on(socket_))
{
}

ControlServer::~ControlServer()
{
    for (const Client& client : clients_)
        ::close(client.descriptor);
    ::close(listener_);
    std::error_code ignored;
    std::filesystem::remove(socket_, ignored);
}

void ControlServer::watch(std::vector<pollfd>& descriptors) const
{
    descriptors.push_back({listener_, POLLIN, 0});
    for (const Client& client : clients_)
        descriptors.push_back(
            {client.descriptor, static_cast<short>(client.output.empty() ? POLLIN : POLLIN | POLLOUT), 0});
}

void ControlServer::serve()
{
    accept_clients();
    for (Client& client : clients_) {
        read_from(client);
        write_to(client);
        if (client.gone)
            ::close(client.descriptor);
    }
    std::erase_if(clients_, [](const Client& client) { return client.gone; });
}

void ControlServer::accept_clients()
{
    for (;;) {
        const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0)
            return;
        if (clients_.size() == most_clients)
            ::close(descriptor);
        else
            clients_.push_back({descriptor, {}, {}});
    }
}

void ControlServer::read_from(Client& client)
{
    std::array<char, 4096> octets{};
    ssize_t size = 0;
    while ((size = ::read(client.descriptor, octets.data(), octets.size())) > 0)
        client.input.append(octets.data(), static_cast<std::size_t>(size));
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
        client.gone = true;

    std::size_t end = 0;
    while ((end = client.input.find('\n')) != std::string::npos) {
        client.output += execute_(std::string_view(client.input).substr(0, end)) + "\n";
        client.input.erase(0, end + 1);
    }
    if (client.input.size() > longest_line || client.output.size() > most_output)
        client.gone = true;
}

void ControlServer::write_to(Client& client)
{
    while (!client.output.empty()) {
        const ssize_t size = ::send(
            client.descriptor, client.output.data(), client.output.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size < 0) {
            client.gone |= errno != EAGAIN && errno != EINTR;
            return;
        }
        client.output.erase(0, static_cast<std::size_t>(size));
    }
}

} // namespace simulator
