#include "simulator/scenario/scenario.hpp"

#include "simulator/scenario/actions.hpp"
#include "simulator/scenario/reading.hpp"

#include <fmt/format.h>

namespace simulator::scenario {
namespace {

Scenario read(const Value& root, const std::filesystem::path& folder, std::optional<double> time_factor)
{
    constexpr double fastest = 100'000;
    Fields fields(root);
    Scenario scenario;
    Names names;
    names.folder = folder;
    if (const auto name = fields.find("name"))
        scenario.name = name->text();
    if (const auto factor = fields.find("time_factor"))
        scenario.time_factor = factor->text() == "max" ? 0 : factor->real(0.001, fastest);
    scenario.time_factor = time_factor.value_or(scenario.time_factor);
    read_parameters(fields, scenario.setup.parameters);
    read_keys(fields, names);
    read_models(fields, names, scenario.setup.models);
    read_sinks(fields, names, scenario);
    read_nodes(fields, names, scenario);
    read_script(fields, names, scenario);
    fields.finish();
    return scenario;
}

} // namespace

Scenario read_scenario(const std::filesystem::path& file, std::optional<double> time_factor)
{
    return read(load_file(file.string()), file.parent_path(), time_factor);
}

Scenario read_scenario_text(
    const std::string& text, const std::filesystem::path& file, std::optional<double> time_factor)
{
    return read(load_text(text, file.string()), file.parent_path(), time_factor);
}

} // namespace simulator::scenario
