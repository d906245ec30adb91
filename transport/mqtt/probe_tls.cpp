#include "transport/mqtt/probe_tls.hpp"

#include "transport/mqtt/connect_options.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace transport {
namespace {

/// A broker that refuses a client certificate says so within a round trip; one that accepts it says
/// nothing before CONNECT.
constexpr std::chrono::milliseconds opinion_limit{1500};
constexpr std::size_t names_shown = 3;

bool is_address(const std::string& host)
{
    std::array<unsigned char, 16> octets{};
    return inet_pton(AF_INET, host.c_str(), octets.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), octets.data()) == 1;
}

std::string subject(const X509* certificate)
{
    std::array<char, 256> text{};
    X509_NAME_oneline(X509_get_subject_name(certificate), text.data(), static_cast<int>(text.size()));
    return text.data();
}

std::string issuer(const X509* certificate)
{
    std::array<char, 256> text{};
    X509_NAME_oneline(X509_get_issuer_name(certificate), text.data(), static_cast<int>(text.size()));
    return text.data();
}

std::string date(const ASN1_TIME* time)
{
    tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return "an unreadable date";
    return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

/// The names that a certificate is for.
std::string names_of(X509* certificate)
{
    std::vector<std::string> names;
    auto* const alternatives =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives, i);
        if (name->type == GEN_DNS) {
            names.emplace_back(
                reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
        } else if (name->type == GEN_IPADD) {
            const int family = ASN1_STRING_length(name->d.iPAddress) == 4 ? AF_INET : AF_INET6;
            std::array<char, INET6_ADDRSTRLEN> text{};
            if (inet_ntop(family, ASN1_STRING_get0_data(name->d.iPAddress), text.data(), text.size()) !=
                nullptr)
                names.emplace_back(text.data());
        }
    }
    GENERAL_NAMES_free(alternatives);
    if (names.empty())
        return subject(certificate);
    const bool more = names.size() > names_shown;
    names.resize(std::min(names.size(), names_shown));
    return fmt::format("{}{}", fmt::join(names, ", "), more ? ", ..." : "");
}

/// Alert descriptions of RFC 8446, 6.2.
enum Alert : std::uint8_t {
    no_agreement = 40,
    bad_certificate = 42,
    unsupported_certificate = 43,
    certificate_revoked = 44,
    certificate_expired = 45,
    certificate_unknown = 46,
    unknown_ca = 48,
    access_denied = 49,
    protocol_version = 70,
    insufficient_security = 71,
    unrecognized_name = 112,
    certificate_required = 116,
    no_application_protocol = 120,
};

/// The alert behind OpenSSL's last error; -1 when it is none.
int alert_of(unsigned long error)
{
    const int reason = ERR_GET_REASON(error);
    if (ERR_GET_LIB(error) != ERR_LIB_SSL || reason < SSL_AD_REASON_OFFSET ||
        reason > SSL_AD_REASON_OFFSET + 255)
        return -1;
    return reason - SSL_AD_REASON_OFFSET;
}

} // namespace

/// What the callbacks see. The first error counts.
struct ProbeTls::Verification {
    int error = X509_V_OK;
    int depth = 0;
    X509* certificate = nullptr; ///< owned; the one that the error is about
    bool asked_for_certificate = false;

    Verification() = default;
    Verification(const Verification&) = delete;
    Verification& operator=(const Verification&) = delete;
    ~Verification() { X509_free(certificate); }

    static Verification& of(const SSL* ssl) { return *static_cast<Verification*>(SSL_get_app_data(ssl)); }

    /// Verification goes on after an error: the handshake shows what the broker says.
    static int verified(int good, X509_STORE_CTX* store)
    {
        const auto* ssl =
            static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
        Verification& self = of(ssl);
        if (good != 1 && self.error == X509_V_OK) {
            self.error = X509_STORE_CTX_get_error(store);
            self.depth = X509_STORE_CTX_get_error_depth(store);
            self.certificate = X509_STORE_CTX_get_current_cert(store);
            if (self.certificate != nullptr)
                X509_up_ref(self.certificate);
        }
        return 1;
    }
    static int certificate_wanted(SSL* ssl, void* /*argument*/)
    {
        // Called at the server's request, and once at the beginning for a client that has one.
        of(ssl).asked_for_certificate = true;
        return 1;
    }
};

ProbeTls::ProbeTls(
    ProbeSocket& socket, ssl_ctx_st& context, const BrokerSettings& settings, std::string where)
    : socket_(socket),
      context_(context),
      settings_(*settings.tls),
      host_(settings.hostname),
      where_(std::move(where)),
      verification_(std::make_unique<Verification>()),
      ssl_(SSL_new(&context))
{
    if (host_.starts_with('[') && host_.ends_with(']'))
        host_ = host_.substr(1, host_.size() - 2);
    SSL_set_app_data(ssl_, verification_.get());
    SSL_set_verify(ssl_, SSL_VERIFY_PEER, &Verification::verified);
    SSL_set_cert_cb(ssl_, &Verification::certificate_wanted, nullptr);
    if (is_address(host_)) {
        if (settings_.verify_name)
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), host_.c_str());
    } else {
        // The macro for it has an old-style cast.
        SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host_.data());
        if (settings_.verify_name)
            SSL_set1_host(ssl_, host_.c_str());
    }
    std::string protocols;
    for (const std::string& name : alpn_protocols(settings)) {
        protocols += static_cast<char>(name.size());
        protocols += name;
    }
    if (!protocols.empty())
        SSL_set_alpn_protos(
            ssl_, reinterpret_cast<const unsigned char*>(protocols.data()),
            static_cast<unsigned>(protocols.size()));
    SSL_set_fd(ssl_, socket.descriptor());
}

ProbeTls::~ProbeTls()
{
    SSL_free(ssl_);
}

bool ProbeTls::wait(int result, const ProbeLimit& limit) const
{
    switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
        return socket_.wait(false, limit);
    case SSL_ERROR_WANT_WRITE:
        return socket_.wait(true, limit);
    default:
        return false;
    }
}

BrokerFinding ProbeTls::shake_hands(const ProbeLimit& limit)
{
    ERR_clear_error();
    for (int result = SSL_connect(ssl_); result != 1; result = SSL_connect(ssl_)) {
        if (wait(result, limit))
            continue;
        if (limit.over())
            return {
                Obstacle::unreachable,
                fmt::format(
                    "{} takes the connection but does not answer when TLS begins: check mqtt_port and "
                    "that the broker is well",
                    where_)};
        return verification_->error != X509_V_OK && settings_.verify_chain ? verification_failure()
                                                                           : handshake_failure();
    }
    if (settings_.verify_chain && verification_->error != X509_V_OK)
        return verification_failure();
    return opinion_of_certificate(limit);
}

BrokerFinding ProbeTls::opinion_of_certificate(const ProbeLimit& limit)
{
    if (!verification_->asked_for_certificate)
        return {};
    const ProbeLimit opinion{
        std::min(limit.deadline, std::chrono::steady_clock::now() + opinion_limit), limit.stop};
    char octet = 0;
    ERR_clear_error();
    int result = SSL_peek(ssl_, &octet, 1);
    while (result <= 0 && wait(result, opinion)) {
        ERR_clear_error();
        result = SSL_peek(ssl_, &octet, 1);
    }
    if (result > 0 || opinion.over())
        return {};
    if (const int alert = alert_of(ERR_peek_last_error()); alert >= 0)
        return refused_by_broker(alert);
    return {};
}

BrokerFinding ProbeTls::handshake_failure() const
{
    const unsigned long error = ERR_peek_last_error();
    if (const int alert = alert_of(error); alert >= 0)
        return refused_by_broker(alert);
    const int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
    switch (reason) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
        return {
            Obstacle::no_common_tls, fmt::format("{} has no TLS 1.2 or newer: update the broker", where_)};
    case SSL_R_NO_CIPHERS_AVAILABLE:
    case SSL_R_WRONG_CIPHER_RETURNED:
        return {
            Obstacle::no_common_tls, fmt::format("no cipher in common with {}: check mqtt_ciphers", where_)};
    case SSL_R_DH_KEY_TOO_SMALL:
        return {
            Obstacle::no_common_tls,
            fmt::format(
                "{} uses keys that are too short ({}): update the broker", where_, take_openssl_error())};
    default:
        break;
    }
    // Anything else is no TLS: an end of the connection, or octets that make no sense.
    return {
        Obstacle::no_tls, fmt::format(
                              "{} does not speak TLS at this port: give the broker's port for TLS as "
                              "mqtt_port (usually 8883), or "
                              "set mqtt_force_unsecure where it has none",
                              where_)};
}

BrokerFinding ProbeTls::verification_failure() const
{
    X509* const certificate = verification_->certificate;
    const std::string whose = verification_->depth == 0
                                  ? fmt::format("the certificate of {}", where_)
                                  : fmt::format(
                                        "the authority {} behind the certificate of {}",
                                        certificate == nullptr ? "" : subject(certificate), where_);
    switch (verification_->error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return {
            Obstacle::expired,
            fmt::format(
                "{} has expired on {}: renew it on the broker, or check this machine's clock", whose,
                date(X509_get0_notAfter(certificate)))};
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return {
            Obstacle::expired, fmt::format(
                                   "{} is valid only from {} on: check this machine's clock", whose,
                                   date(X509_get0_notBefore(certificate)))};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return {
            Obstacle::wrong_name,
            fmt::format(
                "the certificate of {} is for another name ({}): give that name as mqtt_hostname, or set "
                "mqtt_allow_untrusted to connect all the same",
                where_, names_of(certificate))};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
        return {
            Obstacle::unknown_authority,
            fmt::format(
                "the certificate of {} is signed by an unknown authority ({}): give the PEM file of the "
                "authority as mqtt_ca_certs{}",
                where_, certificate == nullptr ? "?" : issuer(certificate),
                settings_.ca_certificates.empty() ? "" : ", which is now " + settings_.ca_certificates)};
    default:
        return {
            Obstacle::bad_certificate,
            fmt::format(
                "{} is not accepted: {}", whose, X509_verify_cert_error_string(verification_->error))};
    }
}

BrokerFinding ProbeTls::refused_by_broker(int alert) const
{
    const bool asked = verification_->asked_for_certificate;
    const bool have = !settings_.certificate.empty();
    const auto refuses = [&](std::string_view reason) {
        return BrokerFinding{
            Obstacle::certificate_refused,
            fmt::format("{} refuses the client certificate {}: {}", where_, settings_.certificate, reason)};
    };
    if (have && client_certificate_expired(&context_))
        return refuses("it has expired: renew it, or check this machine's clock");
    if (asked && !have)
        return {
            Obstacle::certificate_missing,
            fmt::format("{} wants a client certificate: give mqtt_certfile and mqtt_keyfile", where_)};
    switch (alert) {
    case unknown_ca:
        return refuses("the broker does not know the authority that signed it");
    case certificate_expired:
        return refuses("it has expired: renew it, or check the clocks");
    case certificate_revoked:
        return refuses("it is revoked: get a new one");
    case certificate_required:
    case bad_certificate:
    case unsupported_certificate:
    case certificate_unknown:
    case access_denied:
        return refuses("check that the broker knows it and allows it for this gateway");
    case unrecognized_name:
        return {
            Obstacle::wrong_name,
            fmt::format("{} does not know the name {}: check mqtt_hostname", where_, host_)};
    case protocol_version:
        return {
            Obstacle::no_common_tls, fmt::format("{} has no TLS 1.2 or newer: update the broker", where_)};
    case no_application_protocol:
        return {
            Obstacle::no_common_tls,
            fmt::format(
                "{} does not take MQTT at this port (ALPN): check mqtt_port and mqtt_profile", where_)};
    case no_agreement:
    case insufficient_security:
        return {
            Obstacle::no_common_tls,
            fmt::format("no TLS version and cipher in common with {}: check mqtt_ciphers", where_)};
    default:
        return {
            Obstacle::no_common_tls, fmt::format(
                                         "{} ends the TLS handshake with alert {} ({})", where_, alert,
                                         SSL_alert_desc_string_long(alert))};
    }
}

bool ProbeTls::write(std::string_view text, const ProbeLimit& limit)
{
    ERR_clear_error();
    int result = SSL_write(ssl_, text.data(), static_cast<int>(text.size()));
    while (result <= 0 && wait(result, limit))
        result = SSL_write(ssl_, text.data(), static_cast<int>(text.size()));
    return result > 0;
}

bool ProbeTls::read_some(std::string& text, const ProbeLimit& limit)
{
    std::array<char, 512> buffer{};
    ERR_clear_error();
    int result = SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
    while (result <= 0 && wait(result, limit))
        result = SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()));
    if (result > 0)
        text.append(buffer.data(), static_cast<std::size_t>(result));
    return result > 0;
}

} // namespace transport
