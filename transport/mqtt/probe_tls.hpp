/// The TLS step of a probe: a handshake that goes on where verification fails, to name the reason.
#pragma once

#include "transport/mqtt/broker_probe.hpp"
#include "transport/mqtt/probe_socket.hpp"
#include "transport/mqtt/tls_context.hpp"

struct ssl_st; // OpenSSL's SSL

namespace transport {

class ProbeTls {
public:
    /// `where` is "host:port", for messages. Socket and context must outlive it.
    ProbeTls(ProbeSocket& socket, ssl_ctx_st& context, const BrokerSettings& settings, std::string where);
    ProbeTls(const ProbeTls&) = delete;
    ProbeTls& operator=(const ProbeTls&) = delete;
    ~ProbeTls();

    /// Handshake, verification, and the broker's opinion of the client certificate.
    BrokerFinding shake_hands(const ProbeLimit& limit);

    /// Both return false when the connection ends or the limit comes.
    bool write(std::string_view text, const ProbeLimit& limit);
    bool read_some(std::string& text, const ProbeLimit& limit);

private:
    struct Verification;

    [[nodiscard]] bool wait(int result, const ProbeLimit& limit) const;
    [[nodiscard]] BrokerFinding handshake_failure() const;
    [[nodiscard]] BrokerFinding verification_failure() const;
    [[nodiscard]] BrokerFinding refused_by_broker(int alert) const;
    /// With TLS 1.3 a refusal of the client certificate comes after the handshake.
    BrokerFinding opinion_of_certificate(const ProbeLimit& limit);

    ProbeSocket& socket_;
    ssl_ctx_st& context_;
    const TlsSettings& settings_;
    std::string host_;
    std::string where_;
    std::unique_ptr<Verification> verification_;
    ssl_st* ssl_;
};

} // namespace transport
