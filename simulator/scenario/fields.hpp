/// Reads the fields of a scenario, in the units that people use, and names file, line and field of every
/// mistake. What it does not know is a mistake too: a typing error must not pass for a default.
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/firmware_version.hpp"
#include "simulator/mesh/time.hpp"

#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace YAML {
class Node;
}

namespace simulator::scenario {

/// "office.yml:12: nodes: count: give a number from 1 to 1000000, not 'many'"
class ScenarioError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A value of a scenario, and where it is.
class Value {
public:
    Value(std::string file, std::string path, const YAML::Node& node);
    Value(const Value&);
    Value(Value&&) noexcept;
    Value& operator=(const Value&) = delete;
    ~Value();

    [[noreturn]] void complain(const std::string& what) const; ///< throws ScenarioError

    [[nodiscard]] bool is_map() const;
    [[nodiscard]] bool is_list() const;
    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool flag() const;
    [[nodiscard]] std::int64_t number(std::int64_t least, std::int64_t most) const; ///< 12 or 0x0C
    [[nodiscard]] double real(double least, double most) const;
    [[nodiscard]] double share() const;                           ///< "40 %" or 0.4
    [[nodiscard]] mesh::Time duration() const;                    ///< "200 ms", "10 min", "1 h", "2 d"
    [[nodiscard]] std::uint32_t size() const;                     ///< "500 kB", "1 MB", "96"
    [[nodiscard]] gateway::FirmwareVersion version() const;       ///< "5.1.0.80"
    [[nodiscard]] gateway::Bytes octets(std::size_t count) const; ///< hexadecimal
    [[nodiscard]] std::uint32_t address() const;                  ///< of a node
    [[nodiscard]] std::vector<Value> list() const;                ///< a single value counts as a list of one
    /// Names and values in the order of the file.
    [[nodiscard]] std::vector<std::pair<std::string, Value>> entries() const;
    [[nodiscard]] const std::string& file() const { return file_; }

private:
    friend class Fields;
    std::string file_;
    std::string path_;
    std::unique_ptr<YAML::Node> node_;
};

/// The fields of a map, each of which must be asked for before `finish`.
class Fields {
public:
    explicit Fields(Value map);

    /// Nothing when absent.
    std::optional<Value> find(const std::string& name);
    Value need(const std::string& name);

    template<typename T, typename Read>
    void read(const std::string& name, T& into, Read read)
    {
        if (const auto value = find(name))
            into = static_cast<T>(read(*value));
    }
    void flag(const std::string& name, bool& into);
    void share(const std::string& name, double& into);
    void duration(const std::string& name, mesh::Time& into);
    template<typename T>
    void number(const std::string& name, T& into, std::int64_t least, std::int64_t most)
    {
        if (const auto value = find(name))
            into = static_cast<T>(value->number(least, most));
    }

    /// Throws for a field that nobody asked for.
    void finish() const;
    [[nodiscard]] const Value& map() const { return map_; }

private:
    Value map_;
    std::set<std::string> known_;
};

/// The value of a word in a table of them.
template<typename T>
struct Word {
    std::string_view word;
    T value;
};
template<typename T>
Word(std::string_view, T) -> Word<T>; // clang 14 finds it not by itself
template<typename Table>
auto meaning(const Table& table, const Value& value)
{
    const std::string text = value.text();
    std::string words;
    for (const auto& entry : table) {
        if (entry.word == text)
            return entry.value;
        words += (words.empty() ? "" : ", ") + std::string(entry.word);
    }
    value.complain("give one of " + words + ", not '" + text + "'");
}

/// A whole file, or a text that is not longer than 16 MiB; `file` is its name in errors.
Value load_file(const std::string& file);
Value load_text(const std::string& text, const std::string& file);

} // namespace simulator::scenario
