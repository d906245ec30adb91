/// A TLS handshake with a server, to see what is wrong with it.
#pragma once

#include "tools/doctor/finding.hpp"

#include <chrono>
#include <string>

namespace gateway::tools {

struct TlsExpectations {
    std::string host;        ///< that the certificate must name, and for SNI
    std::string ca_file;     ///< PEM; empty: the system's authorities
    std::string certificate; ///< of the client, PEM; empty: none
    std::string key;         ///< empty: in the certificate's file
    std::string ciphers;     ///< OpenSSL's list for TLS 1.2; empty: its default
    bool verify_chain = true;
    bool verify_name = true;
};

/// `connection` is a connected socket; it is used up. Every read and write waits `limit` at most.
Finding probe_tls(int connection, const TlsExpectations& expected, std::chrono::seconds limit);

} // namespace gateway::tools
