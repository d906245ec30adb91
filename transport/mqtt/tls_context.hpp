/// The TLS settings as OpenSSL takes them (docs/spec/gateway-backend-api.md, 9.7). Paho builds its
/// own context from the same files and says little about what is wrong with them: this one is for
/// finding that out beforehand, and for asking a broker why a connection fails.
#pragma once

#include "transport/settings.hpp"

#include <memory>
#include <string>
#include <tl/expected.hpp>

struct ssl_ctx_st; // OpenSSL's SSL_CTX

namespace transport {

struct FreeTlsContext {
    void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, FreeTlsContext>;

/// Reads and checks every file that is set: readable, PEM, key and certificate belong together. The
/// error names setting, file and reason; never a key.
tl::expected<TlsContext, std::string> make_tls_context(const TlsSettings& settings);

/// True when a client certificate is set and this machine's clock is past its last day.
bool client_certificate_expired(const ssl_ctx_st* context);

/// What OpenSSL says last, in words; empties its queue of errors.
std::string take_openssl_error();

} // namespace transport
