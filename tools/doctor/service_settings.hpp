/// The settings that a service would run with, asked of the service itself (`--check`).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::tools {

/// Effective settings by key; secrets are masked by the service.
class EffectiveSettings {
public:
    struct Value {
        std::string text;
        std::string origin; ///< "gateway.yml:7 mqtt_password", "WM_SERVICES_MQTT_PASSWORD", "default"
    };

    /// From what `--check` prints; lines of another form are left out.
    static EffectiveSettings parse(std::string_view output);

    [[nodiscard]] std::string text(const std::string& key) const; ///< empty when not set
    [[nodiscard]] bool flag(const std::string& key) const { return text(key) == "true"; }
    [[nodiscard]] bool is_set(const std::string& key) const { return !text(key).empty(); }
    [[nodiscard]] std::size_t size() const { return values_.size(); }

    /// A secret from where its origin says: a YAML file or the environment. Nothing when it is not set
    /// or cannot be read.
    [[nodiscard]] std::optional<std::string> secret(const std::string& key) const;

private:
    std::map<std::string, Value, std::less<>> values_;
};

struct CheckedSettings {
    std::optional<EffectiveSettings> settings;
    std::string fault; ///< why there are none: the service's own words
};

/// Runs `program` (found as a stand finds it) with `--check` and, where `file` is not empty,
/// `--settings file`, in this process's environment.
CheckedSettings check_settings(const std::string& program, const std::string& file);

} // namespace gateway::tools
