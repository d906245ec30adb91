#include "tools/stand/private_bus.hpp"

#include "tools/stand/programs.hpp"
#include "tools/stand/start.hpp"

#include <fstream>
#include <memory>
#include <sdbus-c++/sdbus-c++.h>
#include <stdexcept>

namespace gateway::stand {
namespace {

constexpr std::chrono::seconds call_timeout(5);

void write_configuration(const std::filesystem::path& file, const std::string& address)
{
    std::ofstream(file) << R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>)" << address << R"(</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
  </policy>
</busconfig>
)";
}

/// One call with one text for an argument and another for an answer, on a connection of its own.
template<typename Answer, typename... Arguments>
Answer call(
    const std::string& address, const std::string& destination, const std::string& object,
    const std::string& interface, const std::string& method, const Arguments&... arguments)
{
    try {
        const auto connection = sdbus::createSessionBusConnectionWithAddress(address);
        const auto proxy = sdbus::createProxy(*connection, destination, object);
        Answer answer{};
        auto invoker = proxy->callMethod(method);
        invoker.onInterface(interface).withTimeout(call_timeout);
        (invoker.withArguments(arguments), ...);
        invoker.storeResultsTo(answer);
        return answer;
    } catch (const sdbus::Error& error) {
        throw std::runtime_error(
            method + " of " + destination + " on " + address + " failed: " + error.what());
    }
}

} // namespace

PrivateBus::PrivateBus(std::filesystem::path directory)
    : directory_(std::move(directory)), address_("unix:path=" + (directory_ / "bus").string())
{
    write_configuration(directory_ / "bus.conf", address_);
    start();
}

void PrivateBus::stop()
{
    process_.reset();
    std::filesystem::remove(directory_ / "bus");
}

void PrivateBus::start()
{
    process_.emplace(Command{
        .name = "dbus-daemon",
        .program = find_program("dbus-daemon"),
        .arguments =
            {"--config-file=" + (directory_ / "bus.conf").string(), "--nofork", "--nopidfile",
             "--print-address"},
        .environment = {},
        .log = directory_ / "bus.log",
    });
    expect_output(*process_, "unix:path=");
}

void PrivateBus::expect_running() const
{
    // sdbus-c++ 1.2 leaks a connection that cannot be opened.
    if (!process_)
        throw std::runtime_error("the bus at " + address_ + " is stopped");
}

bool PrivateBus::has_owner(const std::string& name) const
{
    expect_running();
    return call<bool>(
        address_, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
        name);
}

std::string PrivateBus::introspect(const std::string& name, const std::string& object) const
{
    expect_running();
    return call<std::string>(address_, name, object, "org.freedesktop.DBus.Introspectable", "Introspect");
}

} // namespace gateway::stand
