#include "tools/stand/broker.hpp"

#include "tools/stand/loopback.hpp"
#include "tools/stand/programs.hpp"
#include "tools/stand/start.hpp"

#include <fmt/format.h>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

namespace gateway::stand {
namespace {

constexpr int port_attempts = 5;

/// An ACL file of mosquitto 2.0 does not refuse subscriptions, its plugin does.
std::string security_plugin()
{
    for (const char* folder :
         {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib/arm-linux-gnueabihf",
          "/usr/lib64", "/usr/lib"})
        if (const auto file = std::filesystem::path(folder) / "mosquitto_dynamic_security.so"; exists(file))
            return file.string();
    throw std::runtime_error("mosquitto_dynamic_security.so is missing: install mosquitto 2.0");
}

/// Its configuration: everybody may do everything else.
std::string refuse_subscription(const std::string& filter)
{
    return fmt::format(
        R"({{"defaultACLAccess": {{"publishClientSend": true, "publishClientReceive": true,
                          "subscribe": true, "unsubscribe": true}},
 "anonymousGroup": "all",
 "groups": [{{"groupname": "all", "roles": [{{"rolename": "all"}}]}}],
 "roles": [{{"rolename": "all",
            "acls": [{{"acltype": "subscribeLiteral", "topic": "{}", "allow": false}}]}}],
 "clients": []}}
)",
        filter);
}

} // namespace

Broker::Broker(std::filesystem::path directory, BrokerOptions options, When when)
    : directory_(std::move(directory)),
      options_(std::move(options)),
      port_(free_loopback_port()),
      entrance_port_(free_loopback_port())
{
    if (when == When::later)
        return;
    for (int attempt = 1; !try_start(); ++attempt) {
        if (attempt == port_attempts)
            throw std::runtime_error(failure_of(*process_, "found its port taken again and again"));
        port_ = free_loopback_port(); // somebody was faster
        entrance_port_ = free_loopback_port();
    }
}

void Broker::write_configuration() const
{
    std::ofstream out(directory_ / "mosquitto.conf");
    out << "per_listener_settings true\n"
        << "persistence " << (options_.persistent ? "true" : "false") << '\n'
        << "persistence_location " << directory_.string() << "/\n"
        << "retain_available " << (options_.retain ? "true" : "false") << '\n'
        << "log_dest stderr\n"
        << "log_type error\nlog_type warning\nlog_type notice\nlog_type information\n"
        << "connection_messages true\n"
        << "set_tcp_nodelay true\n"
        << "max_queued_messages 0\n"; // a slow test client must not lose messages
    // As root it would change its user and lose both the directory and the tie to this process.
    if (geteuid() == 0)
        out << "user root\n";
    out << "listener " << port_ << " 127.0.0.1\n"
        << "allow_anonymous true\n";
    if (options_.entrance)
        write_entrance(out);
}

void Broker::write_entrance(std::ostream& out) const
{
    const BrokerEntrance& entrance = *options_.entrance;
    out << "listener " << entrance_port_ << " 127.0.0.1\n"
        << "allow_anonymous " << (entrance.passwords.empty() ? "true" : "false") << '\n'
        << "max_qos " << entrance.max_qos << '\n';
    if (entrance.websocket)
        out << "protocol websockets\n";
    if (!entrance.certificate.empty())
        out << "certfile " << entrance.certificate.string() << "\nkeyfile " << entrance.key.string() << '\n';
    if (!entrance.client_authority.empty())
        out << "cafile " << entrance.client_authority.string() << "\nrequire_certificate true\n";
    if (!entrance.refused_subscription.empty()) {
        const std::filesystem::path rules = directory_ / "mosquitto.rules";
        std::ofstream(rules) << refuse_subscription(entrance.refused_subscription);
        out << "plugin " << security_plugin() << "\nplugin_opt_config_file " << rules.string() << '\n';
    }
    if (entrance.passwords.empty())
        return;
    const std::filesystem::path file = directory_ / "mosquitto.passwords";
    {
        std::ofstream passwords(file);
        for (const auto& [user, password] : entrance.passwords)
            passwords << user << ':' << password << '\n';
    }
    ChildProcess hashing({
        .name = "mosquitto_passwd",
        .program = find_program("mosquitto_passwd"),
        .arguments = {"-U", file.string()},
        .environment = {},
        .log = directory_ / "mosquitto_passwd.log",
    });
    if (hashing.wait(Deadline(start_limit)) != ExitStatus{0, std::nullopt})
        throw std::runtime_error(failure_of(hashing, "cannot write the broker's passwords"));
    out << "password_file " << file.string() << '\n';
}

void Broker::stop()
{
    if (process_ && options_.persistent)
        process_->terminate();
    else if (process_)
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
    write_configuration();
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
