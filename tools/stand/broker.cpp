#include "tools/stand/broker.hpp"

#include "tools/stand/loopback.hpp"
#include "tools/stand/programs.hpp"
#include "tools/stand/start.hpp"

#include <fstream>
#include <stdexcept>
#include <unistd.h>

namespace gateway::stand {
namespace {

constexpr int port_attempts = 5;

void write_configuration(const std::filesystem::path& file, std::uint16_t port)
{
    std::ofstream out(file);
    out << "listener " << port << " 127.0.0.1\n"
        << "allow_anonymous true\n"
        << "persistence false\n"
        << "log_dest stderr\n"
        << "log_type error\nlog_type warning\nlog_type notice\nlog_type information\n"
        << "connection_messages true\n"
        << "set_tcp_nodelay true\n"
        << "max_queued_messages 0\n"; // a slow test client must not lose messages
    // As root it would change its user and lose both the directory and the tie to this process.
    if (geteuid() == 0)
        out << "user root\n";
}

} // namespace

Broker::Broker(std::filesystem::path directory, When when)
    : directory_(std::move(directory)), port_(free_loopback_port())
{
    if (when == When::later)
        return;
    for (int attempt = 1; !try_start(); ++attempt) {
        if (attempt == port_attempts)
            throw std::runtime_error(failure_of(*process_, "found its port taken again and again"));
        port_ = free_loopback_port(); // somebody was faster
    }
}

void Broker::stop()
{
    if (process_)
        process_->kill();
    process_.reset();
}

void Broker::start()
{
    if (!try_start())
        throw std::runtime_error(failure_of(*process_, "cannot listen on its port"));
}

bool Broker::try_start()
{
    write_configuration(directory_ / "mosquitto.conf", port_);
    process_.emplace(Command{
        .name = "mosquitto",
        .program = find_program("mosquitto"),
        .arguments = {"-c", (directory_ / "mosquitto.conf").string()},
        .environment = {},
        .log = directory_ / "mosquitto.log",
    });
    try {
        expect_output(*process_, " running");
        return true;
    } catch (const Interrupted&) {
        throw;
    } catch (const std::runtime_error&) {
        if (process_->output().find("Address already in use") == std::string::npos)
            throw;
        return false;
    }
}

} // namespace gateway::stand
