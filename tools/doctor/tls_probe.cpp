#include "tools/doctor/tls_probe.hpp"

#include <array>
#include <ctime>
#include <fmt/format.h>
#include <memory>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>

namespace gateway::tools {
namespace {

constexpr int soon_s = 30 * 24 * 3600;

template<auto release>
struct Release {
    template<typename T>
    void operator()(T* owned) const
    {
        release(owned);
    }
};
using Context = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Release<SSL_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Memory = std::unique_ptr<BIO, Release<BIO_free_all>>;

std::string last_error()
{
    std::array<char, 256> text{};
    const unsigned long error = ERR_peek_last_error();
    if (error == 0)
        return "the other side closed the connection";
    ERR_error_string_n(error, text.data(), text.size());
    const char* reason = ERR_reason_error_string(error);
    return reason == nullptr ? text.data() : reason;
}

std::string contents(const Memory& memory)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string subject_of(X509* certificate)
{
    const Memory memory(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(memory.get(), X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE);
    return contents(memory);
}

std::string date_of(const ASN1_TIME* at)
{
    std::tm parts{};
    ASN1_TIME_to_tm(at, &parts);
    return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

Finding finding(Verdict verdict, std::string detail, std::string advice = {})
{
    return {"broker", "TLS", verdict, std::move(detail), std::move(advice)};
}

/// What is wrong with files of ours; nothing when all can be used.
std::string prepare(SSL_CTX* context, const TlsExpectations& expected)
{
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    // Judged after the handshake, so that the certificate can be shown.
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    const int authorities = expected.ca_file.empty()
                                ? SSL_CTX_set_default_verify_paths(context)
                                : SSL_CTX_load_verify_locations(context, expected.ca_file.c_str(), nullptr);
    if (authorities != 1)
        return fmt::format("mqtt_ca_certs {}: {}", expected.ca_file, last_error());
    if (!expected.ciphers.empty() && SSL_CTX_set_cipher_list(context, expected.ciphers.c_str()) != 1)
        return fmt::format("mqtt_ciphers: {}", last_error());
    if (expected.certificate.empty())
        return {};
    if (SSL_CTX_use_certificate_chain_file(context, expected.certificate.c_str()) != 1)
        return fmt::format("mqtt_certfile {}: {}", expected.certificate, last_error());
    const std::string& key = expected.key.empty() ? expected.certificate : expected.key;
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
        return fmt::format("mqtt_keyfile {}: {}", key, last_error());
    if (SSL_CTX_check_private_key(context) != 1)
        return fmt::format("mqtt_keyfile {}: is not the key of the certificate", key);
    return {};
}

/// What to do about a certificate that cannot be trusted, by OpenSSL's number.
std::string advice_for(long fault, const TlsExpectations& expected)
{
    switch (fault) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "renew the broker's certificate; or set this machine's clock if that is wrong";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "set this machine's clock: it is behind";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "give mqtt_hostname as the certificate names it, or a certificate that names it";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return expected.ca_file.empty() ? "set mqtt_ca_certs to the file of the authority that signed it"
                                        : "put the authority that signed it into " + expected.ca_file;
    default:
        return "check the broker's certificate and mqtt_ca_certs";
    }
}

std::string fault_in_words(long fault, const TlsExpectations& expected)
{
    switch (fault) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "the broker's certificate has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "the broker's certificate is not valid yet";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return fmt::format("the broker's certificate does not name {}", expected.host);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return fmt::format("unknown authority ({})", X509_verify_cert_error_string(fault));
    default:
        return X509_verify_cert_error_string(fault);
    }
}

Finding handshake_failed(int result, SSL* session)
{
    const int kind = SSL_get_error(session, result);
    if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE)
        return finding(
            Verdict::failure, "the broker does not answer the TLS handshake",
            "does this port speak TLS? 8883 usually does, 1883 does not (then: mqtt_force_unsecure)");
    const unsigned long error = ERR_peek_last_error();
    if (ERR_GET_REASON(error) == SSL_R_WRONG_VERSION_NUMBER || error == 0)
        return finding(
            Verdict::failure, "this port does not speak TLS: " + last_error(),
            "check mqtt_port (8883 usually), or set mqtt_force_unsecure for a broker without TLS");
    return finding(
        Verdict::failure, "handshake: " + last_error(),
        "check TLS versions, mqtt_ciphers, and whether the broker wants a client certificate "
        "(mqtt_certfile)");
}

Finding judge(SSL* session, const TlsExpectations& expected)
{
    const Certificate certificate(SSL_get1_peer_certificate(session));
    if (!certificate)
        return finding(Verdict::failure, "the broker has no certificate", "check the broker");
    const std::string subject = subject_of(certificate.get());
    const ASN1_TIME* end = X509_get0_notAfter(certificate.get());
    const std::string shown = fmt::format("{}, valid until {}", subject, date_of(end));
    const long fault = SSL_get_verify_result(session);
    if (!expected.verify_chain)
        return finding(
            Verdict::warning, shown + fault_in_words(fault, expected).insert(0, "; not verified: "),
            "anybody can pretend to be the broker: set mqtt_cert_reqs to CERT_REQUIRED");
    if (fault != X509_V_OK)
        return finding(
            Verdict::failure, fmt::format("{}: {}", fault_in_words(fault, expected), shown),
            advice_for(fault, expected));
    std::time_t soon = std::time(nullptr) + soon_s;
    if (X509_cmp_time(end, &soon) < 0)
        return finding(Verdict::warning, shown, "renew the broker's certificate soon");
    return finding(Verdict::fine, fmt::format("{}, {}", SSL_get_version(session), shown));
}

} // namespace

Finding probe_tls(int connection, const TlsExpectations& expected, std::chrono::seconds limit)
{
    ERR_clear_error();
    const Context context(SSL_CTX_new(TLS_client_method()));
    if (const std::string fault = prepare(context.get(), expected); !fault.empty())
        return finding(Verdict::failure, fault, "check the file's path, permissions and contents");

    timeval wait{.tv_sec = limit.count(), .tv_usec = 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    const Session session(SSL_new(context.get()));
    SSL_set_fd(session.get(), connection);
    X509_VERIFY_PARAM* verification = SSL_get0_param(session.get());
    const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(verification, expected.host.c_str()) == 1;
    if (!expected.verify_name)
        X509_VERIFY_PARAM_set1_ip(verification, nullptr, 0);
    else if (!is_address)
        X509_VERIFY_PARAM_set1_host(verification, expected.host.c_str(), 0);
    if (!is_address) // what the macro SSL_set_tlsext_host_name does, without its cast
        SSL_ctrl(
            session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
            const_cast<char*>(expected.host.c_str()));
    ERR_clear_error();
    const int result = SSL_connect(session.get());
    if (result != 1)
        return handshake_failed(result, session.get());
    Finding made = judge(session.get(), expected);
    SSL_shutdown(session.get());
    return made;
}

} // namespace gateway::tools
