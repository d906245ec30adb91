/// Reads the fields of a command, and refuses what it does not know: a typing error must not pass for
/// a command that had no effect.
#pragma once

#include "gateway/bytes.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>

namespace simulator {

/// What is wrong with a command, for its answer.
class CommandError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Fields {
public:
    /// `object` must outlive the fields.
    explicit Fields(const nlohmann::json& object);

    /// A number in a range; text such as "0x84" counts as one. Nothing when absent.
    std::optional<std::int64_t> number(const std::string& name, std::int64_t least, std::int64_t most);

    template<typename T>
    T number_or(const std::string& name, T otherwise, std::int64_t least, std::int64_t most)
    {
        const auto found = number(name, least, most);
        return found ? static_cast<T>(*found) : otherwise;
    }

    std::optional<double> fraction(const std::string& name); ///< 0 to 1
    std::optional<bool> flag(const std::string& name);
    std::optional<std::string> text(const std::string& name);
    std::optional<gateway::Bytes> octets(const std::string& name); ///< hexadecimal
    const nlohmann::json* any(const std::string& name);

    /// Throws when a field was not asked for.
    void finish() const;

private:
    const nlohmann::json* find(const std::string& name);

    const nlohmann::json& object_;
    std::set<std::string> known_;
};

} // namespace simulator
