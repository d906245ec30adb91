#include "tools/stand/certificate_authority.hpp"

#include "tools/stand/child_process.hpp"
#include "tools/stand/programs.hpp"
#include "tools/stand/start.hpp"

#include <fstream>
#include <stdexcept>

namespace gateway::stand {
namespace {

/// `openssl ca` wants a configuration; it alone can date certificates freely.
constexpr const char* configuration = R"(
[ca]
default_ca = authority
[authority]
new_certs_dir = DIRECTORY
database = DIRECTORY/NAME.index
serial = DIRECTORY/NAME.serial
default_md = sha256
policy = any
unique_subject = no
email_in_dn = no
[any]
commonName = supplied
)";

std::string replaced(std::string text, const std::string& word, const std::string& by)
{
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + by.size()))
        text.replace(at, word.size(), by);
    return text;
}

} // namespace

CertificateAuthority::CertificateAuthority(std::filesystem::path directory, std::string name)
    : directory_(std::move(directory)), name_(std::move(name))
{
    std::ofstream(file(name_, ".cnf"))
        << replaced(replaced(configuration, "DIRECTORY", directory_.string()), "NAME", name_);
    std::ofstream(file(name_, ".index")).flush();
    std::ofstream(file(name_, ".serial")) << "01\n";
    make_key(name_);
    openssl(
        {"req", "-x509", "-new", "-sha256", "-days", "3650", "-subj", "/CN=" + name_, "-addext",
         "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-key",
         file(name_, ".key").string(), "-out", certificate().string()});
}

CertificateFiles CertificateAuthority::issue(
    const std::string& name, const std::string& subject_alternative_name, Validity validity)
{
    const char* from = "20200101000000Z";
    const char* until = "20491231235959Z";
    if (validity == Validity::past)
        until = "20210101000000Z";
    if (validity == Validity::future)
        from = "20480101000000Z";
    make_key(name);
    openssl(
        {"req", "-new", "-sha256", "-subj", "/CN=" + name, "-key", file(name, ".key").string(), "-out",
         file(name, ".csr").string()});
    std::ofstream(file(name, ".ext")) << "basicConstraints = CA:FALSE\n"
                                      << "subjectAltName = " << subject_alternative_name << '\n';
    openssl(
        {"ca", "-batch", "-notext", "-config", file(name_, ".cnf").string(), "-cert", certificate().string(),
         "-keyfile", file(name_, ".key").string(), "-extfile", file(name, ".ext").string(), "-startdate",
         from, "-enddate", until, "-in", file(name, ".csr").string(), "-out", file(name, ".pem").string()});
    return {file(name, ".pem"), file(name, ".key")};
}

void CertificateAuthority::make_key(const std::string& name) const
{
    openssl(
        {"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
         file(name, ".key").string()});
    std::filesystem::permissions(
        file(name, ".key"), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

void CertificateAuthority::openssl(std::vector<std::string> arguments) const
{
    ChildProcess process({
        .name = "openssl " + arguments.front(),
        .program = find_program("openssl"),
        .arguments = std::move(arguments),
        .environment = {},
        .log = file(name_, ".log"),
    });
    if (process.wait(Deadline(start_limit)) != ExitStatus{0, std::nullopt})
        throw std::runtime_error(failure_of(process, "failed"));
}

} // namespace gateway::stand
