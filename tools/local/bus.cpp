#include "tools/local/bus.hpp"

#include "gateway/dbus/sink_contract.hpp"
#include "tools/local/values.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sdbus-c++/sdbus-c++.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace gateway::local {
namespace {

constexpr const char* daemon_name = "org.freedesktop.DBus";
constexpr const char* daemon_object = "/org/freedesktop/DBus";
constexpr const char* system_address = "unix:path=/run/dbus/system_bus_socket";
constexpr std::string_view path_key = "unix:path=";
constexpr std::chrono::seconds daemon_limit(5);

template<typename Answer, typename... Arguments>
Answer ask_daemon(sdbus::IConnection& connection, const std::string& method, const Arguments&... arguments)
{
    const auto daemon = sdbus::createProxy(connection, daemon_name, daemon_object);
    Answer answer{};
    auto invoker = daemon->callMethod(method);
    invoker.onInterface(daemon_name).withTimeout(daemon_limit);
    (invoker.withArguments(arguments), ...);
    invoker.storeResultsTo(answer);
    return answer;
}

bool is_nobody(const sdbus::Error& error)
{
    return error.getName() == "org.freedesktop.DBus.Error.NameHasNoOwner";
}

std::string advice_for(int error)
{
    switch (error) {
    case ENOENT:
    case ECONNREFUSED:
        return "start the bus (systemctl start dbus), or give its address with --bus-address";
    case EACCES:
    case EPERM:
        return "this user may not open the socket; try as root";
    default:
        return "check the address";
    }
}

} // namespace

std::string effective_bus_address(const std::string& given)
{
    if (!given.empty())
        return given;
    const char* variable = std::getenv("DBUS_SYSTEM_BUS_ADDRESS"); // NOLINT(concurrency-mt-unsafe)
    return variable == nullptr || *variable == '\0' ? system_address : variable;
}

std::optional<std::string> socket_fault(const std::string& address)
{
    if (!address.starts_with(path_key) || address.find(';') != std::string::npos)
        return std::nullopt;
    const std::string path = address.substr(path_key.size(), address.find(',') - path_key.size());
    sockaddr_un socket_address{};
    socket_address.sun_family = AF_UNIX;
    if (path.size() >= sizeof socket_address.sun_path)
        return fmt::format("the path {} is too long for a socket", path);
    path.copy(static_cast<char*>(socket_address.sun_path), sizeof socket_address.sun_path - 1);
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int result =
        connect(descriptor, reinterpret_cast<const sockaddr*>(&socket_address), sizeof socket_address);
    const int error = errno;
    close(descriptor);
    if (result == 0)
        return std::nullopt;
    return fmt::format("{}: {}; {}", path, std::generic_category().message(error), advice_for(error));
}

BusError bus_error(const std::string& call, const sdbus::Error& error)
{
    const std::string& name = error.getName();
    const auto says = [&](std::string_view text) { return BusError(fmt::format("{}: {}", call, text)); };
    if (name.ends_with(".NoReply") || name.ends_with(".Timeout") || name.ends_with("ETIMEDOUT"))
        return says("no answer in time; look at the log of its service, or restart it");
    if (name.ends_with(".ServiceUnknown") || name.ends_with(".NameHasNoOwner"))
        return says("its service is not on the bus any more; look at its log");
    if (name.ends_with(".AccessDenied"))
        return says("the bus policy forbids it; run as root or as a member of group wirepas");
    if (name.ends_with(".Disconnected") || name.ends_with("ECONNRESET") || name.ends_with("ENOTCONN"))
        return says("the bus has closed the connection");
    return says(fmt::format("{}: {}", name, error.getMessage()));
}

Bus::Bus(const std::string& address) : address_(effective_bus_address(address))
{
    // Asked first, because sdbus-c++ 1.2 leaks a connection that cannot be opened, and says less.
    if (const auto fault = socket_fault(address_))
        throw BusError("cannot connect to the bus at " + *fault);
    try {
        connection_ = sdbus::createSessionBusConnectionWithAddress(address_);
    } catch (const sdbus::Error& error) {
        throw BusError(fmt::format(
            "cannot connect to the bus at {}: {}; check the address, and that this user may use it", address_,
            error.getMessage()));
    }
}

Bus::~Bus() = default;

std::vector<std::string> Bus::names()
{
    try {
        return ask_daemon<std::vector<std::string>>(*connection_, "ListNames");
    } catch (const sdbus::Error& error) {
        throw bus_error("names on the bus", error);
    }
}

std::vector<std::string> Bus::sinks()
{
    const std::string_view prefix = sink_contract::name_prefix;
    std::vector<std::string> ids;
    for (const std::string& name : names())
        if (name.starts_with(prefix) && name.size() > prefix.size())
            ids.push_back(name.substr(prefix.size()));
    std::ranges::sort(ids);
    return ids;
}

std::string Bus::owner(const std::string& name)
{
    try {
        return ask_daemon<std::string>(*connection_, "GetNameOwner", name);
    } catch (const sdbus::Error& error) {
        if (is_nobody(error))
            return {};
        throw bus_error("owner of " + name, error);
    }
}

std::optional<std::uint32_t> Bus::process(const std::string& name)
{
    try {
        return ask_daemon<std::uint32_t>(*connection_, "GetConnectionUnixProcessID", name);
    } catch (const sdbus::Error& error) {
        if (is_nobody(error))
            return std::nullopt;
        throw bus_error("process of " + name, error);
    }
}

std::string Bus::choose_sink(const std::string& wanted)
{
    const std::vector<std::string> there = sinks();
    if (there.empty())
        throw BusError(
            "no sink is on the bus at " + address_ +
            "; start wirepas-sink-service, or let `wirepas-gateway doctor` look for the reason");
    const std::string id = sink_id(wanted);
    if (id.empty() && there.size() == 1)
        return there.front();
    if (std::ranges::find(there, id) != there.end())
        return id;
    throw BusError(fmt::format(
        "{}; on the bus {} {}", id.empty() ? "which sink? Name one" : "there is no " + id,
        there.size() == 1 ? "is" : "are", fmt::join(there, ", ")));
}

} // namespace gateway::local
