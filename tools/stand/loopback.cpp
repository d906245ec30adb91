#include "tools/stand/loopback.hpp"

#include "gateway/file_descriptor.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <random>
#include <stdexcept>
#include <sys/socket.h>

namespace gateway::stand {
namespace {

constexpr int attempts = 100;

bool is_free(std::uint16_t port)
{
    const FileDescriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
           listen(listener.get(), 1) == 0;
}

} // namespace

std::uint16_t free_loopback_port()
{
    std::random_device random;
    std::uniform_int_distribution<int> candidates(20'000, 32'000);
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const auto port = static_cast<std::uint16_t>(candidates(random));
        if (is_free(port))
            return port;
    }
    throw std::runtime_error("no free TCP port found on 127.0.0.1 between 20000 and 32000");
}

} // namespace gateway::stand
