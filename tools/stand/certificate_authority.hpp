/// Certificates for a stand, made by the command `openssl`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace gateway::stand {

struct CertificateFiles {
    std::filesystem::path certificate;
    std::filesystem::path key; ///< readable by this user alone
};

enum class Validity : std::uint8_t { now, past, future };

/// A certificate authority that lives as long as its directory. Throws std::runtime_error when openssl
/// fails.
class CertificateAuthority {
public:
    /// `name` is that of its files and its common name.
    CertificateAuthority(std::filesystem::path directory, std::string name);

    /// PEM file for those who trust it.
    [[nodiscard]] std::filesystem::path certificate() const { return file(name_, ".pem"); }

    /// For a server: `subject_alternative_name` such as "DNS:localhost,IP:127.0.0.1".
    CertificateFiles issue(
        const std::string& name, const std::string& subject_alternative_name = "DNS:localhost,IP:127.0.0.1",
        Validity validity = Validity::now);

private:
    [[nodiscard]] std::filesystem::path file(const std::string& name, const char* extension) const
    {
        return directory_ / (name + extension);
    }
    void openssl(std::vector<std::string> arguments) const;
    void make_key(const std::string& name) const;

    std::filesystem::path directory_;
    std::string name_;
};

} // namespace gateway::stand
