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
    loop.on_signal(SIGUSR2, gateway::toggle_debug_logging);
    service.start();
    const int status = loop.run();
    gateway::notify_service_manager("STOPPING=1");
    return status;
}

/// `--help` and `--version`; true when there was one.
bool answer_questions(const std::vector<std::string>& arguments)
{
    for (const std::string& argument : arguments) {
        if (argument == "--help")
            fmt::print(
                "{}",
                gateway::settings_help(
                    "wirepas-sink-service", "Shows one Wirepas sink on D-Bus (com.wirepas.sink.sink<N>).",
                    sink_service::setting_rows()));
        else if (argument == "--version")
            fmt::print("wirepas-sink-service {}\n", GATEWAY_BUILD_VERSION);
        else
            continue;
        return true;
    }
    return false;
}

} // namespace

int main(int argc, char** argv)
{
    gateway::SettingsInput input;
    input.arguments.assign(argv + 1, argv + argc);
    input.environment = gateway::process_environment;
    input.order = gateway::SettingOrder::environment_over_file;
    if (answer_questions(input.arguments))
        return 0;
    const bool check = std::erase(input.arguments, "--check") > 0;
    gateway::set_up_logging();
    try {
        const gateway::Settings given(sink_service::setting_rows(), input);
        const sink_service::ServiceSettings settings = sink_service::to_settings(given);
        if (check) {
            fmt::print("{}", gateway::effective_settings(given, sink_service::setting_rows()));
            return 0;
        }
        gateway::add_log_field("SINK_ID", fmt::format("sink{}", settings.sink_id));
        return run(settings);
    } catch (const gateway::SettingsError& error) {
        fmt::print(stderr, "wirepas-sink-service: {}\n", error.what());
        return gateway::exit_bad_settings;
    } catch (const std::exception& error) {
        spdlog::error("wirepas-sink-service ends: {}", error.what());
        return 1;
    }
}
