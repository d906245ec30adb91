/// The Unix socket on which a simulator takes commands, one JSON object a line.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <poll.h>
#include <string>
#include <string_view>
#include <vector>

namespace simulator {

/// Serves up to 16 clients from the caller's loop. Throws std::system_error when it cannot listen.
class ControlServer {
public:
    /// Gives the answer to a line, without its end.
    using Execute = std::function<std::string(std::string_view)>;

    ControlServer(std::filesystem::path socket, Execute execute);
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;
    ~ControlServer(); ///< removes the socket

    /// Appends what to wait for.
    void watch(std::vector<pollfd>& descriptors) const;

    /// Reads, executes and answers whatever is ready, without waiting.
    void serve();

private:
    struct Client {
        int descriptor;
        std::string input;
        std::string output;
        bool gone = false;
    };

    void accept_clients();
    void read_from(Client& client);
    static void write_to(Client& client);

    std::filesystem::path socket_;
    Execute execute_;
    int listener_;
    std::deque<Client> clients_;
};

} // namespace simulator
