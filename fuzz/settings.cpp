// Settings from a command line and a YAML file: first lines up to an empty one are arguments, the rest
// is the file (spec/sink-dbus-api.md, 6; spec/gateway-backend-api.md, 10).
#include "gateway/settings.hpp"

#include "fuzz/support/expect.hpp"
#include "fuzz/support/input.hpp"
#include "fuzz/support/target.hpp"
#include "sink-service/service/settings.hpp"

#include <sys/mman.h>
#include <unistd.h>

using namespace gateway;
using fuzz::expect;

namespace {

/// One row of each kind of setting.
const std::array rows = {
    SettingRow{.key = "settings", .help = "a file"},
    SettingRow{.key = "text", .short_names = {"t"}, .default_value = "default", .help = "a text"},
    SettingRow{
        .key = "number",
        .short_names = {"n"},
        .kind = SettingKind::number,
        .default_value = "7",
        .help = "a number",
        .min = -5,
        .max = 100},
    SettingRow{.key = "c_number", .kind = SettingKind::number, .help = "a number", .c_numbers = true},
    SettingRow{.key = "flag", .kind = SettingKind::boolean, .default_value = "false", .help = "yes or no"},
    SettingRow{.key = "choice", .default_value = "one", .help = "one of two", .choices = {"one", "two"}},
    SettingRow{.key = "password", .help = "a secret", .choices = {"xyzzy"}, .secret = true},
    SettingRow{
        .key = "old_number", .kind = SettingKind::number, .help = "an old name", .replaced_by = "number"},
};

/// A file in memory, new for each input.
class MemoryFile {
public:
    explicit MemoryFile(ByteView contents) : descriptor_(memfd_create("settings", MFD_CLOEXEC))
    {
        expect(
            ::write(descriptor_, contents.data(), contents.size()) == static_cast<ssize_t>(contents.size()),
            "the file can be written");
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { ::close(descriptor_); }

    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

private:
    int descriptor_;
};

std::optional<std::string> no_environment(const char* /*name*/)
{
    return std::nullopt;
}

void check_values(const SettingsInput& input)
{
    const Settings settings(rows, input);
    expect(settings.number("number") >= -5 && settings.number("number") <= 100, "numbers are in range");
    expect(settings.text("choice") == "one" || settings.text("choice") == "two", "choices are chosen");
    expect(settings.flag("flag") == (settings.text("flag") == "true"), "a flag is true or false");
}

void check_sink_service(const SettingsInput& input)
{
    const auto settings = sink_service::to_settings(Settings(sink_service::setting_rows(), input));
    expect(settings.sink_id <= 9 && !settings.sink.link.port.empty(), "the service can start with them");
}

/// Gives what was wrong; anything else that is thrown is a finding.
template<typename Check>
std::string refusal(const Check& check, const SettingsInput& input)
{
    try {
        check(input);
    } catch (const SettingsError& error) {
        expect(error.what()[0] != '\0', "a refusal has words");
        return error.what();
    }
    return {};
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string text = fuzz::to_text({data, size});
    SettingsInput input{.arguments = {}, .environment = no_environment};
    for (;;) {
        const std::string line = text.substr(0, text.find('\n'));
        text.erase(0, line.size() + 1);
        if (line.empty())
            break;
        if (line.find("settings") == std::string::npos) // no files but ours
            input.arguments.push_back(line);
    }
    const MemoryFile file({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    input.arguments.insert(input.arguments.begin(), {"--settings", file.path()});

    refusal(check_values, input);
    refusal(check_sink_service, input);
    return 0;
}
