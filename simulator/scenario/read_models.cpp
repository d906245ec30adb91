// keys and models.
#include "simulator/scenario/reading.hpp"

#include <fmt/format.h>

namespace simulator::scenario {
namespace {

using namespace simulator::mesh;

constexpr std::uint32_t usual_area_size = 1'000'000;

const gateway::scratchpad::KeyPair& find_key(const Value& name, const Names& names)
{
    const auto found = std::ranges::find(names.keys, name.text(), &gateway::scratchpad::KeyPair::name);
    if (found == names.keys.end())
        name.complain(fmt::format("there is no key pair '{}' in the scenario's key file", name.text()));
    return *found;
}

std::vector<BootloaderArea> read_areas(const Value& value)
{
    std::vector<BootloaderArea> areas;
    for (const Value& each : value.list()) {
        Fields fields(each);
        BootloaderArea area;
        area.id = static_cast<std::uint32_t>(fields.need("id").number(0, UINT32_MAX));
        area.size = usual_area_size;
        fields.read("size", area.size, [](const Value& size) { return size.size(); });
        fields.number("fails_with", area.write_status, 1, 254);
        fields.finish();
        areas.push_back(area);
    }
    return areas;
}

Report read_report(const Value& value)
{
    Fields fields(value);
    Report report;
    report.every = fields.need("every").duration();
    if (report.every < std::chrono::milliseconds{100})
        value.complain("give at least 100 ms for 'every'");
    fields.number("from", report.source_endpoint, 0, 239);
    fields.number("to", report.destination_endpoint, 0, 239);
    fields.number("qos", report.qos, 0, gateway::max_qos);
    fields.number("octets", report.octets, 4, gateway::max_packet_size);
    fields.finish();
    return report;
}

void read_reports(Fields& fields, Model& model)
{
    if (const auto reports = fields.find("reports"))
        for (const Value& each : reports->list())
            model.reports.push_back(read_report(each));
    const auto regular = [&](const char* name, Report::Content content) {
        const auto every = fields.find(name);
        if (!every)
            return;
        Report report;
        report.content = content;
        report.every = every->duration();
        if (report.every < std::chrono::seconds{1})
            every->complain("give at least 1 s");
        model.reports.push_back(report);
    };
    regular("diagnostics", Report::Content::diagnostics);
    if (model.kind == NodeKind::control)
        regular("control_reports", Report::Content::control_node);
}

std::optional<std::size_t> read_status_size(Fields& fields)
{
    static constexpr std::array sizes = {
        Word{"24", std::size_t{24}}, Word{"39", std::size_t{39}}, Word{"47", std::size_t{47}}};
    const auto value = fields.find("status_size");
    return value ? std::optional(meaning(sizes, *value)) : std::nullopt;
}

std::optional<Sleep> read_sleep(Fields& fields)
{
    const auto value = fields.find("sleep");
    if (!value)
        return std::nullopt;
    Fields sleep(*value);
    Sleep read{sleep.need("every").duration(), sleep.need("awake").duration()};
    sleep.finish();
    if (read.awake < std::chrono::seconds{1} || read.every <= read.awake)
        value->complain("'awake' must be 1 s at least, and shorter than 'every'");
    return read;
}

void read_bootloader(Fields& fields, const Names& names, Model& model)
{
    using gateway::scratchpad::CounterOrder;
    static constexpr std::array orders = {
        Word{"little_endian", CounterOrder::little_endian}, Word{"big_endian", CounterOrder::big_endian}};
    model.bootloader.areas = {{model.stack_area, usual_area_size}, {model.application_area, usual_area_size}};
    if (const auto areas = fields.find("areas"))
        model.bootloader.areas = read_areas(*areas);
    if (const auto keys = fields.find("keys"))
        for (const Value& each : keys->list())
            model.bootloader.keys.push_back(find_key(each, names));
    else if (!names.keys.empty())
        model.bootloader.keys = {names.keys.front()};
    if (const auto order = fields.find("counter"))
        model.bootloader.counter = meaning(orders, *order);
}

Model read_model(const std::string& name, const Value& value, const Names& names)
{
    static constexpr std::array kinds = {
        Word{"router", NodeKind::router}, Word{"non_router", NodeKind::non_router},
        Word{"control", NodeKind::control}, Word{"sink", NodeKind::sink}};
    const auto version = [](const Value& each) { return each.version(); };
    const auto area = [](const Value& each) { return each.number(0, UINT32_MAX); };
    Fields fields(value);
    Model model;
    model.name = name;
    if (const auto kind = fields.find("kind"))
        model.kind = meaning(kinds, *kind);
    fields.flag("low_latency", model.low_latency);
    fields.read("stack", model.stack, version);
    fields.read("stack_area", model.stack_area, area);
    fields.read("application", model.application, version);
    fields.read("application_area", model.application_area, area);
    read_bootloader(fields, names, model);
    fields.read("capacity", model.capacity, [](const Value& each) { return each.size(); });
    model.status_size = read_status_size(fields);
    read_reports(fields, model);
    model.sleep = read_sleep(fields);
    fields.number("millivolts", model.millivolts, 0, UINT16_MAX);
    if (const auto runs = fields.find("silent_after"))
        model.silent_after = static_cast<std::uint16_t>(runs->number(1, UINT16_MAX));
    fields.duration("access_cycle", model.access_cycle);
    fields.finish();
    return model;
}

} // namespace

void read_keys(Fields& scenario, Names& names)
{
    const auto value = scenario.find("key_file");
    if (!value)
        return;
    const auto file = gateway::scratchpad::read_key_file(names.folder / value->text());
    if (!file)
        value->complain(file.error().message);
    names.keys = file->pairs;
}

void read_models(Fields& scenario, Names& names, std::vector<Model>& into)
{
    for (const auto& [name, value] : scenario.need("models").entries()) {
        names.models[name] = static_cast<std::uint16_t>(into.size());
        into.push_back(read_model(name, value, names));
    }
    if (into.empty())
        scenario.map().complain("'models' is empty: nodes need one");
}

} // namespace simulator::scenario
