/// wirepas-sink-service: one Wirepas sink on D-Bus.
#include "gateway/event_loop.hpp"
#include "gateway/log.hpp"
#include "sink-service/service/sink_service.hpp"

#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <string_view>

namespace {

int run(const sink_service::ServiceSettings& settings)
{
    gateway::EventLoop loop;
    loop.on_terminate([&loop] { loop.quit(0); });
    sink_service::SinkService service(loop, settings);
    loop.on_signal(SIGUSR1, [&service] { service.dump_flight_recorder(); });
    service.start();
    const int status = loop.run();
    gateway::notify_service_manager("STOPPING=1");
    return status;
}

} // namespace

int main(int argc, char** argv)
{
    gateway::SettingsInput input;
    input.arguments.assign(argv + 1, argv + argc);
    input.environment = gateway::process_environment;
    input.order = gateway::SettingOrder::environment_over_file;
    for (const std::string& argument : input.arguments) {
        if (argument == "--help") {
            fmt::print(
                "{}",
                gateway::settings_help(
                    "wirepas-sink-service", "Shows one Wirepas sink on D-Bus (com.wirepas.sink.sink<N>).",
                    sink_service::setting_rows()));
            return 0;
        }
        if (argument == "--version") {
            fmt::print("wirepas-sink-service {}\n", GATEWAY_BUILD_VERSION);
            return 0;
        }
    }
    gateway::set_up_logging();
    try {
        return run(sink_service::resolve_settings(input));
    } catch (const gateway::SettingsError& error) {
        fmt::print(stderr, "wirepas-sink-service: {}\n", error.what());
        return gateway::exit_bad_settings;
    } catch (const std::exception& error) {
        spdlog::error("wirepas-sink-service ends: {}", error.what());
        return 1;
    }
}
