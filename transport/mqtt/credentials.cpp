#include "transport/mqtt/credentials.hpp"

#include "transport/mqtt/tls_context.hpp"
#include "transport/secret_file.hpp"

#include <fstream>
#include <iterator>
#include <memory>
#include <openssl/evp.h>

namespace transport {
namespace {

class Digest {
public:
    Digest() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free)
    {
        EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
    }
    /// With its length, so that text cannot move from one part to the next unseen.
    void add(const std::string& text)
    {
        const std::size_t size = text.size();
        EVP_DigestUpdate(context_.get(), &size, sizeof size);
        EVP_DigestUpdate(context_.get(), text.data(), size);
    }
    void add_file(const std::string& path)
    {
        std::ifstream file(path, std::ios::binary);
        add(path.empty() || !file ? std::string() : std::string(std::istreambuf_iterator<char>(file), {}));
    }
    std::array<unsigned char, 32> finish()
    {
        std::array<unsigned char, 32> octets{};
        EVP_DigestFinal_ex(context_.get(), octets.data(), nullptr);
        return octets;
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

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
    Digest digest;
    digest.add(made.password.value_or(std::string()));
    if (settings.tls)
        for (const std::string& path :
             {settings.tls->ca_certificates, settings.tls->certificate, settings.tls->key})
            digest.add_file(path);
    made.digest = digest.finish();
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
