#include "tools/stand/simulated_sink.hpp"

#include "tools/stand/programs.hpp"
#include "tools/stand/start.hpp"

#include <array>
#include <cerrno>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>

namespace gateway::stand {
namespace {

std::string decimal(double number)
{
    std::ostringstream text; // without the six places of std::to_string
    text << number;
    return text.str();
}

Command simulator_command(
    const std::filesystem::path& directory, const SimulatedSinkOptions& options,
    const std::filesystem::path& port, const std::filesystem::path& control)
{
    Command command{
        .name = "wirepas-sink-simulator",
        .program = find_program("wirepas-sink-simulator"),
        .arguments = {"--link", port.string(), "--control", control.string()},
        .environment = {},
        .log = directory / (options.name + "-simulator.log"),
    };
    if (options.uplink_rate > 0)
        command.arguments.insert(command.arguments.end(), {"--uplink-rate", decimal(options.uplink_rate)});
    command.arguments.insert(command.arguments.end(), options.arguments.begin(), options.arguments.end());
    return command;
}

FileDescriptor connect_to(const std::filesystem::path& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path)
        throw std::runtime_error("the path of the control socket is too long: " + path.string());
    path.native().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    FileDescriptor connection(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot connect to " + path.string());
    return connection;
}

} // namespace

SimulatedSink::SimulatedSink(std::filesystem::path directory, SimulatedSinkOptions options)
    : port_(directory / (options.name + "-port")),
      control_(directory / (options.name + "-control")),
      process_(simulator_command(directory, options, port_, control_))
{
    expect_output(process_, port_.string());
}

std::string SimulatedSink::control(const std::string& line, std::chrono::milliseconds limit) const
{
    const Deadline deadline(limit);
    const FileDescriptor connection = connect_to(control_);
    const std::string request = line + '\n';
    if (send(connection.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size()))
        throw std::system_error(errno, std::generic_category(), "cannot write to " + control_.string());
    std::string answer;
    while (answer.find('\n') == std::string::npos) {
        std::array<char, 4096> piece{};
        if (!wait_readable(std::array{connection.get()}, deadline))
            throw std::runtime_error("the simulator did not answer to " + line);
        const ssize_t size = recv(connection.get(), piece.data(), piece.size(), 0);
        if (size <= 0)
            throw std::runtime_error("the simulator closed its control socket after " + line);
        answer.append(piece.data(), static_cast<std::size_t>(size));
    }
    return answer.substr(0, answer.find('\n'));
}

} // namespace gateway::stand
