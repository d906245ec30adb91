#include "tools/sinks/configure.hpp"

#include "tools/stand/signal_watch.hpp"
#include "tools/stand/wait.hpp"
#include "tools/terminal/table.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iostream>
#include <nlohmann/json.hpp>

namespace gateway::tools {
namespace {

using local::SinkFacts;
using nlohmann::json;

enum class Outcome : std::uint8_t { not_tried, written, refused };

struct Step {
    Change change;
    Outcome outcome = Outcome::not_tried;
};

struct Run {
    std::vector<Step> steps;
    std::string failure; ///< empty: none
    bool restarted = false;
};

/// Writes in order up to the first refusal.
void write(local::Sink& sink, Run& run)
{
    for (Step& step : run.steps) {
        if (stand::interruption().stop_requested())
            throw stand::Interrupted();
        try {
            step.change.write(sink);
            step.outcome = Outcome::written;
        } catch (const local::SinkRefused& refused) {
            step.outcome = Outcome::refused;
            run.failure = refused.what();
            return;
        }
    }
}

/// The stack is stopped meanwhile, and started whatever happens.
void write_with_stack_stopped(local::Sink& sink, Run& run)
{
    sink.set_stack(false);
    std::exception_ptr interrupted;
    try {
        write(sink, run);
    } catch (...) {
        interrupted = std::current_exception();
    }
    try {
        sink.set_stack(true);
        run.restarted = true;
    } catch (const std::exception& error) {
        run.failure += (run.failure.empty() ? "" : "; ") + std::string(error.what());
        if (interrupted) // the more important of the two: the sink is off the air
            throw std::runtime_error(run.failure);
    }
    if (interrupted)
        std::rethrow_exception(interrupted);
}

void print_plan(const Style& style, const Run& run, const SinkFacts& before)
{
    Table table({"setting", "now", "wanted", "stack"});
    for (const Step& step : run.steps)
        table.add(
            {step.change.setting, step.change.now(before), style.bold(step.change.wanted),
             step.change.needs_stop ? "must stop" : "may run"});
    table.print(std::cout, style);
}

std::string outcome_in_words(const Step& step, const SinkFacts& after)
{
    switch (step.outcome) {
    case Outcome::refused:
        return "refused";
    case Outcome::not_tried:
        return "not written";
    case Outcome::written:
        return step.change.holds(after) ? "written" : "not taken over";
    }
    return {};
}

bool succeeded(const Run& run, const SinkFacts& after)
{
    return run.failure.empty() && std::ranges::all_of(run.steps, [&](const Step& step) {
               return step.outcome == Outcome::written && step.change.holds(after);
           });
}

void print_result(const Style& style, const Run& run, const SinkFacts& before, const SinkFacts& after)
{
    Table table({"setting", "before", "after", ""});
    for (const Step& step : run.steps) {
        const bool good = step.outcome == Outcome::written && step.change.holds(after);
        table.add(
            {step.change.setting, step.change.now(before), step.change.now(after),
             style.mark(good) + ' ' + outcome_in_words(step, after)});
    }
    table.print(std::cout, style);
    std::cout << "  " << style.faint("The stack is " + local::stack_in_words(after) + ".") << std::endl;
}

json result_json(const Run& run, const SinkFacts& before, const SinkFacts& after)
{
    json changes = json::array();
    for (const Step& step : run.steps)
        changes.push_back(
            {{"setting", step.change.setting},
             {"before", step.change.now(before)},
             {"wanted", step.change.wanted},
             {"after", step.change.now(after)},
             {"result", outcome_in_words(step, after)}});
    return {
        {"sink", after.id},
        {"ok", succeeded(run, after)},
        {"error", run.failure.empty() ? json() : json(run.failure)},
        {"changes", std::move(changes)},
        {"stack_restarted", run.restarted},
        {"stack", local::stack_runs(after) ? "running" : "stopped"}};
}

/// What needs the stack stopped, when nobody has agreed to that.
void ask_for_consent(const Run& run, const std::string& sink)
{
    std::vector<std::string> settings;
    for (const Step& step : run.steps)
        if (step.change.needs_stop)
            settings.push_back(step.change.setting);
    throw std::runtime_error(fmt::format(
        "{} of {} can only be changed while its stack is stopped, which takes the sink off the air for "
        "some seconds; add --restart-stack to agree. Nothing was changed",
        fmt::join(settings, ", "), sink));
}

} // namespace

int configure(ConfigureOptions options)
{
    if (!options.key_file.empty())
        options.wishes.keys = read_keys(options.key_file);
    if (options.wishes.empty())
        throw std::runtime_error(
            "nothing to configure; wirepas-gateway sinks configure --help lists what can be");
    const stand::SignalWatch signals;
    local::Bus bus(options.local.bus_address);
    local::Sink sink(bus, bus.choose_sink(options.sink));
    const SinkFacts before = local::read_facts(sink);
    Run run;
    for (Change& change : plan_changes(before, options.wishes))
        run.steps.push_back({std::move(change)});

    const Style style = Style::of_standard_output();
    const bool must_stop = local::stack_runs(before) && std::ranges::any_of(run.steps, [](const Step& step) {
                               return step.change.needs_stop;
                           });
    if (options.dry_run) {
        if (options.local.json)
            std::cout << result_json(run, before, before).dump(2) << std::endl;
        else
            print_plan(style, run, before);
        return local::exit_fine;
    }
    if (must_stop && !options.restart_stack)
        ask_for_consent(run, sink.id());

    try {
        if (must_stop)
            write_with_stack_stopped(sink, run);
        else
            write(sink, run);
    } catch (const stand::Interrupted&) {
        std::cerr << "Interrupted; wirepas-gateway sinks show tells what was written\n";
        return local::exit_interrupted;
    }

    const SinkFacts after = local::read_facts(sink);
    if (options.local.json)
        std::cout << result_json(run, before, after).dump(2) << std::endl;
    else if (run.steps.empty())
        std::cout << sink.id() << " has these values already; nothing was written." << std::endl;
    else
        print_result(style, run, before, after);
    if (!run.failure.empty())
        std::cerr << "wirepas-gateway: " << run.failure << '\n';
    return succeeded(run, after) ? local::exit_fine : local::exit_refused;
}

} // namespace gateway::tools
