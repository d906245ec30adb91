#include "simulator/scenario/fields.hpp"

#include "simulator/integer.hpp"

#include "gateway/address.hpp"

#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <yaml-cpp/yaml.h>

namespace simulator::scenario {
namespace {

/// "12.5 kB" as a number and its unit.
struct Quantity {
    double number;
    std::string unit;
};

std::optional<Quantity> split(const std::string& text)
{
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || !std::isfinite(number))
        return std::nullopt;
    std::string unit(stopped, end);
    unit.erase(0, unit.find_first_not_of(' '));
    return Quantity{number, unit};
}

std::optional<double> factor_of(std::span<const Word<double>> units, const std::string& unit)
{
    for (const auto& known : units)
        if (known.word == unit)
            return known.value;
    return std::nullopt;
}

} // namespace

Value::Value(std::string file, std::string path, const YAML::Node& node)
    : file_(std::move(file)), path_(std::move(path)), node_(std::make_unique<YAML::Node>(node))
{
}
Value::Value(const Value& other) : Value(other.file_, other.path_, *other.node_) {}
Value::Value(Value&&) noexcept = default;
Value::~Value() = default;

void Value::complain(const std::string& what) const
{
    const int line = node_->Mark().line + 1;
    const std::string where = line > 0 ? fmt::format("{}:{}", file_, line) : file_;
    throw ScenarioError(fmt::format("{}: {}{}{}", where, path_, path_.empty() ? "" : ": ", what));
}

bool Value::is_map() const
{
    return node_->IsMap();
}

bool Value::is_list() const
{
    return node_->IsSequence();
}

std::string Value::text() const
{
    if (!node_->IsScalar())
        complain("give a single value");
    return node_->Scalar();
}

bool Value::flag() const
{
    static constexpr std::array words = {
        Word<bool>{"yes", true}, Word<bool>{"no", false}, Word<bool>{"true", true},
        Word<bool>{"false", false}};
    return meaning(words, *this);
}

std::int64_t Value::number(std::int64_t least, std::int64_t most) const
{
    const std::string given = text();
    const auto number = to_integer(given);
    if (!number || *number < least || *number > most)
        complain(fmt::format("give a number from {} to {}, not '{}'", least, most, given));
    return *number;
}

double Value::real(double least, double most) const
{
    const std::string given = text();
    const auto quantity = split(given);
    if (!quantity || !quantity->unit.empty() || quantity->number < least || quantity->number > most)
        complain(fmt::format("give a number from {} to {}, not '{}'", least, most, given));
    return quantity->number;
}

double Value::share() const
{
    const std::string given = text();
    auto quantity = split(given);
    constexpr double percent = 100;
    if (quantity && quantity->unit == "%")
        quantity = Quantity{quantity->number / percent, ""};
    if (!quantity || !quantity->unit.empty() || quantity->number < 0 || quantity->number > 1)
        complain(fmt::format("give a share such as 40 % or 0.4, not '{}'", given));
    return quantity->number;
}

mesh::Time Value::duration() const
{
    static constexpr std::array<Word<double>, 5> units = {
        {{"ms", 1e3}, {"s", 1e6}, {"min", 60e6}, {"h", 3600e6}, {"d", 86400e6}}};
    constexpr double longest = 3650 * 86400e6;
    const std::string given = text();
    const auto quantity = split(given);
    const auto factor = quantity ? factor_of(units, quantity->unit) : std::nullopt;
    const bool zero = quantity && quantity->number == 0 && quantity->unit.empty();
    if (zero)
        return mesh::Time{0};
    if (!factor || quantity->number < 0 || quantity->number * *factor > longest)
        complain(fmt::format("give a time such as 200 ms, 30 s, 10 min, 1 h or 2 d, not '{}'", given));
    return mesh::Time{static_cast<std::int64_t>(quantity->number * *factor)};
}

std::uint32_t Value::size() const
{
    static constexpr std::array<Word<double>, 5> units = {
        {{"", 1}, {"B", 1}, {"kB", 1e3}, {"KiB", 1024}, {"MB", 1e6}}};
    const std::string given = text();
    const auto quantity = split(given);
    const auto factor = quantity ? factor_of(units, quantity->unit) : std::nullopt;
    if (!factor || quantity->number < 0 || quantity->number * *factor > UINT32_MAX)
        complain(fmt::format("give a size such as 8176, 500 kB or 1 MB, not '{}'", given));
    return static_cast<std::uint32_t>(quantity->number * *factor);
}

gateway::FirmwareVersion Value::version() const
{
    const std::string given = text();
    const auto version = gateway::firmware_version_from(given);
    if (!version)
        complain(fmt::format("give a version such as 5.1.0.80, not '{}'", given));
    return *version;
}

gateway::Bytes Value::octets(std::size_t count) const
{
    auto octets = gateway::from_hex(text());
    if (!octets || octets->size() != count)
        complain(fmt::format("give {} octets in hexadecimal", count)); // it may be a key: not shown
    return *octets;
}

std::uint32_t Value::address() const
{
    const auto address = static_cast<std::uint32_t>(number(1, UINT32_MAX));
    if (!gateway::is_unicast(address))
        complain(fmt::format("{} is no address that a node may have", address));
    return address;
}

std::vector<Value> Value::list() const
{
    if (!node_->IsSequence())
        return {*this};
    std::vector<Value> values;
    values.reserve(node_->size());
    for (const YAML::Node& node : *node_)
        values.emplace_back(file_, path_, node);
    return values;
}

std::vector<std::pair<std::string, Value>> Value::entries() const
{
    if (!node_->IsMap())
        complain("give names with values");
    std::vector<std::pair<std::string, Value>> entries;
    std::set<std::string> names;
    for (const auto& entry : *node_) {
        if (!entry.first.IsScalar())
            complain("a name is not a single word");
        std::string name = entry.first.Scalar();
        Value value(file_, path_.empty() ? name : path_ + ": " + name, entry.second);
        if (!names.insert(name).second)
            Value(file_, path_, entry.first).complain(fmt::format("'{}' is there twice", name));
        entries.emplace_back(std::move(name), std::move(value));
    }
    return entries;
}

Fields::Fields(Value map) : map_(std::move(map))
{
    static_cast<void>(map_.entries()); // a map, without repetitions
}

std::optional<Value> Fields::find(const std::string& name)
{
    known_.insert(name);
    for (auto& [key, value] : map_.entries())
        if (key == name)
            return std::move(value);
    return std::nullopt;
}

Value Fields::need(const std::string& name)
{
    auto value = find(name);
    if (!value)
        map_.complain(fmt::format("'{}' is missing", name));
    return std::move(*value);
}

void Fields::flag(const std::string& name, bool& into)
{
    read(name, into, [](const Value& value) { return value.flag(); });
}

void Fields::share(const std::string& name, double& into)
{
    read(name, into, [](const Value& value) { return value.share(); });
}

void Fields::duration(const std::string& name, mesh::Time& into)
{
    read(name, into, [](const Value& value) { return value.duration(); });
}

void Fields::finish() const
{
    for (const auto& [name, value] : map_.entries()) {
        if (known_.contains(name))
            continue;
        std::string words;
        for (const std::string& known : known_)
            words += (words.empty() ? "" : ", ") + known;
        Value(map_.file_, map_.path_, *value.node_)
            .complain(fmt::format("there is no '{}' here; there are {}", name, words));
    }
}

Value load_text(const std::string& text, const std::string& file)
{
    constexpr std::size_t longest = 16U << 20;
    if (text.size() > longest)
        throw ScenarioError(fmt::format("{}: longer than 16 MiB", file));
    try {
        return {file, "", YAML::Load(text)};
    } catch (const YAML::Exception& error) {
        throw ScenarioError(fmt::format("{}:{}: not YAML: {}", file, error.mark.line + 1, error.msg));
    }
}

Value load_file(const std::string& file)
{
    std::ifstream input(file, std::ios::binary);
    if (!input)
        throw ScenarioError(fmt::format("cannot read the scenario {}", file));
    return load_text(std::string(std::istreambuf_iterator<char>(input), {}), file);
}

} // namespace simulator::scenario
