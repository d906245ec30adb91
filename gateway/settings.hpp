/// Settings of a service from its command line, environment and YAML file, as the reference gateway
/// names them (spec/gateway-backend-api.md, 10; spec/sink-dbus-api.md, 6).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

enum class SettingKind : std::uint8_t { text, number, boolean };

/// One row of a service's table of settings.
struct SettingRow {
    std::string_view key;                        ///< `--key` and the YAML key
    std::vector<std::string_view> short_names{}; ///< without dash
    std::vector<std::string_view> environment{}; ///< the first that is set wins
    SettingKind kind = SettingKind::text;
    std::string_view default_value{}; ///< empty: not set
    std::string_view help;
    std::int64_t min = 0; ///< numbers: accepted range
    std::int64_t max = INT64_MAX;
    std::vector<std::string_view> choices{}; ///< texts: accepted values; empty: any
    bool secret = false;                     ///< never shown
    bool c_numbers = false;                  ///< numbers: 0x allowed
    bool empty_is_default = false;           ///< texts: empty counts as not given
    bool list = false;                       ///< texts: a YAML list counts as its items with commas
    bool short_names_in_file = true;         ///< as YAML keys
    std::string_view replaced_by{};          ///< an old name: the key that it stands for
};

enum class SettingSource : std::uint8_t { built_in, file, environment, command_line };

/// Which of file and environment wins below the command line: the transport service reads the file
/// first, the sink service the environment (as the reference's two halves do).
enum class SettingOrder : std::uint8_t { file_over_environment, environment_over_file };

/// What is wrong with a setting, where it was given, and what is accepted. Services exit with 2.
class SettingsError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct SettingsInput {
    std::vector<std::string> arguments;                                 ///< without the program's name
    std::function<std::optional<std::string>(const char*)> environment; ///< nothing: not set
    SettingOrder order = SettingOrder::file_over_environment;
    std::string_view file_key = "settings"; ///< row that names the YAML file
};

/// Effective settings; reading one that has no row is a programming error (std::logic_error).
class Settings {
public:
    /// Resolves every row. Throws SettingsError.
    Settings(std::span<const SettingRow> rows, const SettingsInput& input);

    [[nodiscard]] std::string text(std::string_view key) const; ///< empty when not set
    [[nodiscard]] std::int64_t number(std::string_view key) const;
    [[nodiscard]] bool flag(std::string_view key) const;
    [[nodiscard]] bool is_set(std::string_view key) const; ///< has a value, if only by default
    [[nodiscard]] SettingSource source(std::string_view key) const;
    /// "--mqtt_port", "WM_SERVICES_MQTT_PORT", "gateway.yml:7 mqtt_port", "default".
    [[nodiscard]] std::string origin(std::string_view key) const;
    /// True for text that stands in the file without quotes: other YAML readers may see a number in it.
    [[nodiscard]] bool is_unquoted(std::string_view key) const;
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

private:
    struct Value {
        std::string text;
        SettingSource source = SettingSource::built_in;
        std::string origin; ///< "--mqtt_port", "WM_SERVICES_MQTT_PORT", "gateway.yml:7 mqtt_port"
        bool unquoted = false;
        std::string written{}; ///< in the file, when unquoted
    };
    using Values = std::map<std::string, Value, std::less<>>;

    [[nodiscard]] const SettingRow& row(std::string_view key) const;
    [[nodiscard]] const SettingRow* find(std::string_view name) const;
    [[nodiscard]] std::string nearest(std::string_view name) const;
    [[nodiscard]] Values from_command_line(const SettingsInput& input) const;
    [[nodiscard]] Values from_environment(const SettingsInput& input) const;
    [[nodiscard]] Values from_file(const std::string& path);
    [[nodiscard]] static std::string checked(const SettingRow& row, const Value& value);
    void apply_replaced_names();
    void warn_of_typed_scalars();

    std::span<const SettingRow> rows_;
    Values values_;
    std::vector<std::string> warnings_;
};

/// Overwrites secrets among a process's own arguments, for those who list its processes.
void hide_secrets(std::span<char*> arguments, std::span<const SettingRow> rows);

/// The environment of this process, for SettingsInput.
std::optional<std::string> process_environment(const char* name);

/// Every row with its names, default and meaning, for `--help`.
std::string settings_help(
    std::string_view program, std::string_view purpose, std::span<const SettingRow> rows);

/// Every effective setting as a line of a settings file, with where it came from; secrets masked. Read
/// as a settings file it gives the same settings, but for the secrets.
std::string effective_settings(const Settings& settings, std::span<const SettingRow> rows);

/// A service's exit status for what cannot be used (spec/gateway-backend-api.md, 10.4).
inline constexpr int exit_bad_settings = 2;

} // namespace gateway
