/// wirepas-transport-service: carries a gateway's sinks to an MQTT broker.
#include "gateway/event_loop.hpp"
#include "gateway/log.hpp"
#include "transport/service.hpp"
#include "transport/settings.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <optional>
#include <spdlog/spdlog.h>

namespace {

constexpr std::string_view program = "wirepas-transport-service";

/// Nothing when the settings cannot be used: said in one line.
std::optional<transport::TransportSettings> settings_from(const std::vector<std::string>& arguments)
{
    try {
        return transport::read_settings({arguments, gateway::process_environment});
    } catch (const gateway::SettingsError& error) {
        spdlog::error("{}", error.what());
        return std::nullopt;
    }
}

int run(const transport::TransportSettings& settings)
{
    gateway::EventLoop loop;
    std::unique_ptr<transport::Service> service;
    // Signals first: the threads that the service starts must leave them to the loop.
    loop.on_terminate([&] { service->stop(0); });
    loop.on_signal(SIGHUP, [&] { service->reload(); });
    loop.on_signal(SIGUSR2, gateway::toggle_debug_logging);
    service = std::make_unique<transport::Service>(loop, settings);
    loop.enable_watchdog();
    service->start();
    return loop.run();
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    gateway::hide_secrets({argv + 1, argv + argc}, transport::setting_rows());
    const auto asks_for = [&](std::string_view option) {
        return std::ranges::find(arguments, option) != arguments.end();
    };
    if (asks_for("--help") || asks_for("-h")) {
        fmt::print(
            "{}",
            gateway::settings_help(program, "Carries sinks to an MQTT broker.", transport::setting_rows()));
        return 0;
    }
    if (asks_for("--version")) {
        fmt::print("{} {}\n", program, GATEWAY_BUILD_VERSION);
        return 0;
    }
    std::vector<std::string> options = arguments;
    const bool check = std::erase(options, "--check") > 0;
    try {
        // A file that may not grow is a full disk (docs/outbox.md), not the end.
        std::signal(SIGXFSZ, SIG_IGN);
        gateway::set_up_logging();
        const auto settings = settings_from(options);
        if (!settings)
            return gateway::exit_bad_settings;
        if (check) {
            const gateway::Settings given(transport::setting_rows(), {options, gateway::process_environment});
            for (const std::string& warning : settings->warnings)
                spdlog::warn("{}", warning);
            fmt::print("{}", gateway::effective_settings(given, transport::setting_rows()));
            if (!given.is_set("gateway_id"))
                fmt::print("# The gateway calls itself {}.\n", settings->gateway_id);
            return 0;
        }
        gateway::add_log_field("GATEWAY_ID", settings->gateway_id);
        for (const std::string& warning : settings->warnings)
            spdlog::warn("{}", warning);
        spdlog::info("{} {}, gateway {}", program, GATEWAY_BUILD_VERSION, settings->gateway_id);
        return run(*settings);
    } catch (const std::exception& error) {
        spdlog::critical("{} ends: {}", program, error.what());
        return 1;
    }
}
