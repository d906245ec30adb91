#include "tools/doctor/bus_checks.hpp"

#include "gateway/dbus/sink_contract.hpp"
#include "tools/local/sink_facts.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <pwd.h>
#include <sdbus-c++/sdbus-c++.h>
#include <unistd.h>

namespace gateway::tools {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view service_user = "wirepas"; // spec/sink-dbus-api.md, 7
constexpr std::uint32_t do_not_queue = 4;
constexpr std::uint32_t became_owner = 1;

Finding bus_finding(std::string check, Verdict verdict, std::string detail, std::string advice = {})
{
    return {"bus", std::move(check), verdict, std::move(detail), std::move(advice)};
}

std::string this_user()
{
    const passwd* entry = getpwuid(geteuid()); // NOLINT(concurrency-mt-unsafe): one thread
    return entry == nullptr ? std::to_string(geteuid()) : entry->pw_name;
}

/// A file of the system bus's policy that speaks of sinks.
std::string policy_file()
{
    for (const char* folder :
         {"/etc/dbus-1/system.d", "/usr/share/dbus-1/system.d", "/etc/dbus-1/system-local.conf"}) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder, error)) {
            std::ifstream file(entry.path());
            const std::string text{std::istreambuf_iterator<char>(file), {}};
            if (text.find("com.wirepas.sink") != std::string::npos)
                return entry.path();
        }
    }
    return {};
}

Finding check_policy_file()
{
    const std::string file = policy_file();
    if (!file.empty())
        return bus_finding("policy file", Verdict::fine, file);
    return bus_finding(
        "policy file", Verdict::failure, "no policy of the system bus names com.wirepas.sink",
        "install the policy of the sink service to /usr/share/dbus-1/system.d and systemctl reload dbus");
}

Finding check_ownership(local::Bus& bus, const std::string& sink)
{
    const std::string name = sink_contract::name_prefix + sink;
    const auto daemon = sdbus::createProxy(bus.connection(), "org.freedesktop.DBus", "/org/freedesktop/DBus");
    try {
        std::uint32_t answer = 0;
        daemon->callMethod("RequestName")
            .onInterface("org.freedesktop.DBus")
            .withArguments(name, do_not_queue)
            .storeResultsTo(answer);
        if (answer == became_owner)
            daemon->callMethod("ReleaseName")
                .onInterface("org.freedesktop.DBus")
                .withArguments(name)
                .storeResultsTo(answer);
        return bus_finding("owning " + name, Verdict::fine, this_user() + " may");
    } catch (const sdbus::Error& error) {
        const bool service = this_user() == service_user;
        return bus_finding(
            "owning " + name, service ? Verdict::failure : Verdict::warning,
            this_user() + " may not: " + error.getMessage(),
            service ? "check the policy file, then systemctl reload dbus"
                    : fmt::format(
                          "right unless a sink service runs as {0}; to check its user: sudo -u {1} "
                          "wirepas-gateway doctor",
                          this_user(), service_user));
    }
}

Finding sink_finding(std::string check, Verdict verdict, std::string detail, std::string advice = {})
{
    return {"sinks", std::move(check), verdict, std::move(detail), std::move(advice)};
}

void check_sink(local::Bus& bus, const std::string& id, BusFindings& found)
{
    local::Sink sink(bus, id);
    try {
        const auto status = sink.octet("StackStatus");
        const auto link = sink.health();
        if (link) {
            found.ports.push_back({link->port, id});
            const bool online = link->state == "online";
            found.findings.push_back(sink_finding(
                id + " link", online ? Verdict::fine : Verdict::failure,
                fmt::format("{} on {}", link->state, link->port),
                online ? "" : "look at the sink service's log; is the sink plugged in and flashed?"));
        } else {
            found.findings.push_back(sink_finding(
                id + " link", Verdict::skipped, "this sink service does not tell (another maker's?)"));
        }
        if (!status) {
            found.findings.push_back(sink_finding(
                id + " stack", Verdict::failure, status.error().message, "look at the sink service's log"));
            return;
        }
        local::SinkFacts facts;
        facts.stack_status = status;
        const bool runs = local::stack_runs(facts);
        found.findings.push_back(sink_finding(
            id + " stack", runs ? Verdict::fine : Verdict::warning, local::stack_in_words(facts),
            runs ? ""
                 : fmt::format(
                       "wirepas-gateway sinks {} {}", (*status & 0x1EU) == 0 ? "start" : "configure", id)));
    } catch (const local::BusError& error) {
        found.findings.push_back(sink_finding(
            id, Verdict::failure, error.what(),
            "restart its service if it hangs; run the doctor as root if the policy forbids the call"));
    }
}

void check_modem_manager(const std::vector<std::string>& names, Findings& findings)
{
    if (std::ranges::find(names, "org.freedesktop.ModemManager1") == names.end())
        return;
    findings.push_back(bus_finding(
        "ModemManager", Verdict::warning, "runs, and opens serial ports that it does not know",
        "exclude the sink by a udev rule with ENV{ID_MM_DEVICE_IGNORE}=\"1\", or remove ModemManager"));
}

} // namespace

BusFindings check_bus(const std::string& address)
{
    BusFindings found;
    try {
        local::Bus bus(address);
        found.findings.push_back(bus_finding("connection", Verdict::fine, bus.address()));
        const auto sinks = bus.sinks();
        const bool is_system_bus = bus.address().find("system_bus_socket") != std::string::npos;
        if (is_system_bus)
            found.findings.push_back(check_policy_file());
        found.findings.push_back(check_ownership(bus, sinks.empty() ? "sink9" : sinks.front()));
        check_modem_manager(bus.names(), found.findings);
        found.processes = local::gateway_processes(bus);
        if (sinks.empty())
            found.findings.push_back(sink_finding(
                "on the bus", Verdict::failure, "none",
                "start wirepas-sink-service and look at its log: its name appears when the sink answers"));
        for (const std::string& id : sinks)
            check_sink(bus, id, found);
    } catch (const local::BusError& error) {
        found.findings.push_back(bus_finding(
            "connection", Verdict::failure, error.what(),
            "without the bus neither service works: systemctl status dbus"));
    }
    return found;
}

} // namespace gateway::tools
