#include "tools/simulator/control_socket.hpp"

#include "gateway/file_descriptor.hpp"
#include "tools/stand/wait.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>

namespace gateway::tools {
namespace {

FileDescriptor connect_to(const std::filesystem::path& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path)
        throw std::runtime_error("the path of the control socket is too long: " + path.string());
    path.native().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    FileDescriptor connection(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connection.get() < 0 ||
        connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error(
            "no simulator at " + path.string() + " (" + std::strerror(errno) +
            "): give the path that it was started with, wirepas-sink-simulator --control PATH");
    return connection;
}

} // namespace

nlohmann::json ask_simulator(
    const std::filesystem::path& socket, const nlohmann::json& command, int limit_seconds)
{
    constexpr std::size_t longest_answer = 1U << 30;
    const stand::Deadline deadline(std::chrono::seconds{limit_seconds});
    const FileDescriptor connection = connect_to(socket);
    const std::string request = command.dump() + '\n';
    if (send(connection.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size()))
        throw std::runtime_error("cannot write to " + socket.string() + ": " + std::strerror(errno));
    std::string answer;
    while (answer.empty() || answer.back() != '\n') {
        std::array<char, 65536> piece{};
        if (answer.size() > longest_answer || !stand::wait_readable(std::array{connection.get()}, deadline))
            throw std::runtime_error("the simulator at " + socket.string() + " does not answer");
        const ssize_t size = recv(connection.get(), piece.data(), piece.size(), 0);
        if (size <= 0)
            throw std::runtime_error("the simulator at " + socket.string() + " closed the connection");
        answer.append(piece.data(), static_cast<std::size_t>(size));
    }
    const auto decoded = nlohmann::json::parse(answer, nullptr, false);
    if (!decoded.is_object() || !decoded.contains("ok"))
        throw std::runtime_error(socket.string() + " is not the control socket of a simulator");
    if (!decoded["ok"].get<bool>())
        throw std::runtime_error("the simulator refuses: " + decoded.value("error", "no reason given"));
    return decoded;
}

} // namespace gateway::tools
