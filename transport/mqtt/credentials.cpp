#include "transport/mqtt/credentials.hpp"

#include "transport/mqtt/tls_context.hpp"
#include "transport/secret_file.hpp"

#include <fstream>
#include <iterator>

namespace transport {
namespace {

/// Empty where it cannot be read: that shows when it is used.
std::string contents_of(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return path.empty() || !file ? std::string() : std::string(std::istreambuf_iterator<char>(file), {});
}

} // namespace

tl::expected<Credentials, std::string> read_credentials(const BrokerSettings& settings)
{
    Credentials made;
    made.password = settings.password;
    if (!settings.password_file.empty()) {
        auto password = read_password_file(settings.password_file);
        if (!password)
            return tl::unexpected("mqtt_password_file: " + password.error());
        if (settings.username)
            made.password = std::move(*password);
    }
    made.digest = siphash128({}, made.password.value_or(std::string()));
    if (settings.tls)
        for (const std::string& path :
             {settings.tls->ca_certificates, settings.tls->certificate, settings.tls->key})
            made.digest = siphash128(made.digest, contents_of(path));
    return made;
}

std::string credentials_fault(const BrokerSettings& settings)
{
    if (const auto read = read_credentials(settings); !read)
        return read.error();
    if (settings.tls)
        if (const auto context = make_tls_context(*settings.tls); !context)
            return context.error();
    return {};
}

} // namespace transport
