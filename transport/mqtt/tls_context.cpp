#include "transport/mqtt/tls_context.hpp"

#include "transport/secret_file.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace transport {
namespace {

using Failure = tl::unexpected<std::string>;

/// What is wrong with a file that OpenSSL refused.
std::string refused(std::string_view setting, const std::string& path, std::string_view meant)
{
    // OpenSSL's own words for a missing file name its source code.
    const auto readable = read_small_file(path);
    const std::string reason = take_openssl_error();
    if (!readable && readable.error().find("longer") == std::string::npos)
        return fmt::format("{}: {}", setting, readable.error());
    return fmt::format("{}: {} holds no usable {} in PEM format ({})", setting, path, meant, reason);
}

/// Nothing when the key needs no passphrase: a service has nobody to ask.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*for_writing*/, void* /*user*/)
{
    return 0;
}

/// Empty when there is nothing to complain about.
std::string client_certificate_fault(SSL_CTX* context, const TlsSettings& settings)
{
    const std::string& key = settings.key.empty() ? settings.certificate : settings.key;
    const char* const key_setting = settings.key.empty() ? "mqtt_certfile" : "mqtt_keyfile";
    if (SSL_CTX_use_certificate_chain_file(context, settings.certificate.c_str()) != 1)
        return refused("mqtt_certfile", settings.certificate, "certificate");
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
        const unsigned long error = ERR_peek_last_error();
        if (ERR_GET_LIB(error) == ERR_LIB_X509 && ERR_GET_REASON(error) == X509_R_KEY_VALUES_MISMATCH) {
            ERR_clear_error();
            return fmt::format(
                "{}: the key in {} does not belong to the certificate in {}: give the pair that was made "
                "together",
                key_setting, key, settings.certificate);
        }
        return refused(key_setting, key, "private key without passphrase");
    }
    if (SSL_CTX_check_private_key(context) != 1) {
        ERR_clear_error();
        return fmt::format(
            "{}: the key in {} does not belong to the certificate in {}: give the pair that was made "
            "together",
            key_setting, key, settings.certificate);
    }
    return {};
}

} // namespace

void FreeTlsContext::operator()(ssl_ctx_st* context) const
{
    SSL_CTX_free(context);
}

std::string take_openssl_error()
{
    const unsigned long error = ERR_peek_last_error();
    ERR_clear_error();
    const char* reason = ERR_reason_error_string(error);
    return reason == nullptr ? "no reason given" : reason;
}

tl::expected<TlsContext, std::string> make_tls_context(const TlsSettings& settings)
{
    ERR_clear_error();
    TlsContext context(SSL_CTX_new(TLS_client_method()));
    if (context == nullptr)
        return Failure("OpenSSL cannot be used: " + take_openssl_error());
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_default_passwd_cb(context.get(), &no_passphrase);
    if (!settings.ca_certificates.empty()) {
        if (SSL_CTX_load_verify_locations(context.get(), settings.ca_certificates.c_str(), nullptr) != 1)
            return Failure(refused("mqtt_ca_certs", settings.ca_certificates, "certificate"));
    } else {
        SSL_CTX_set_default_verify_paths(context.get());
    }
    if (!settings.ciphers.empty() && SSL_CTX_set_cipher_list(context.get(), settings.ciphers.c_str()) != 1) {
        ERR_clear_error();
        return Failure(fmt::format(
            "mqtt_ciphers: OpenSSL knows no cipher of '{}': `openssl ciphers -v` lists all",
            settings.ciphers));
    }
    if (!settings.certificate.empty()) {
        if (std::string fault = client_certificate_fault(context.get(), settings); !fault.empty())
            return Failure(std::move(fault));
    }
    ERR_clear_error();
    return context;
}

bool client_certificate_expired(const ssl_ctx_st* context)
{
    const X509* own = SSL_CTX_get0_certificate(context);
    return own != nullptr && X509_cmp_current_time(X509_get0_notAfter(own)) < 0;
}

} // namespace transport
