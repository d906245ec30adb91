#include "tools/sinks/key_file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

namespace gateway::tools {
namespace {

using local::Key;

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<Key> key_from(std::string_view text)
{
    const auto octets = from_hex(text);
    Key key{};
    if (!octets || octets->size() != key.size())
        return std::nullopt;
    std::ranges::copy(*octets, key.begin());
    return key;
}

/// A terminal that does not show what is typed, until destroyed.
class WithoutEcho {
public:
    WithoutEcho()
    {
        tcgetattr(STDIN_FILENO, &before_);
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    WithoutEcho(const WithoutEcho&) = delete;
    WithoutEcho& operator=(const WithoutEcho&) = delete;
    ~WithoutEcho() { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }

private:
    termios before_{};
};

std::optional<Key> ask(const char* which)
{
    for (;;) {
        std::cerr << which << " key, 32 hexadecimal digits (empty: leave it as it is): " << std::flush;
        std::string line;
        std::getline(std::cin, line);
        std::cerr << '\n';
        if (trimmed(line).empty())
            return std::nullopt;
        if (const auto key = key_from(trimmed(line)))
            return key;
        std::cerr << "That was no key of 16 octets.\n";
    }
}

/// A key that everybody can read is none.
void warn_if_readable(const std::string& file)
{
    struct stat about {};
    if (stat(file.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
        (about.st_mode & (S_IRGRP | S_IROTH)) != 0)
        std::cerr << "warning: others can read " << file << "; chmod 600 " << file << '\n';
}

} // namespace

NetworkKeys parse_keys(std::istream& text, const std::string& name)
{
    NetworkKeys keys;
    int number = 0;
    for (std::string whole; std::getline(text, whole);) {
        ++number;
        const std::string_view line = trimmed(std::string_view(whole).substr(0, whole.find_first_of("#;")));
        if (line.empty())
            continue;
        const auto refuse = [&](std::string_view why) {
            return std::runtime_error(fmt::format(
                "{}, line {}: {}; write `cipher: <32 hexadecimal digits>` and `authentication: …`", name,
                number, why));
        };
        const auto middle = line.find_first_of(":=");
        if (middle == std::string_view::npos)
            throw refuse("has no name in front of the key");
        const std::string_view which = trimmed(line.substr(0, middle));
        std::optional<Key>* place = which == "cipher"           ? &keys.cipher
                                    : which == "authentication" ? &keys.authentication
                                                                : nullptr;
        if (place == nullptr)
            throw refuse("is neither cipher nor authentication");
        if (place->has_value())
            throw refuse("gives a key a second time");
        *place = key_from(trimmed(line.substr(middle + 1)));
        if (!place->has_value())
            throw refuse("is no key of 16 octets");
    }
    if (!keys.cipher && !keys.authentication)
        throw std::runtime_error(
            name + " holds no key; write `cipher: <32 hexadecimal digits>` and `authentication: …`");
    return keys;
}

NetworkKeys read_keys(const std::string& file)
{
    if (file == "-") {
        if (isatty(STDIN_FILENO) == 0)
            return parse_keys(std::cin, "standard input");
        const WithoutEcho silent;
        NetworkKeys keys;
        keys.cipher = ask("Cipher");
        keys.authentication = ask("Authentication");
        return keys;
    }
    std::ifstream in(file);
    if (!in)
        throw std::runtime_error("cannot read the key file " + file + "; check its path and permissions");
    warn_if_readable(file);
    return parse_keys(in, file);
}

} // namespace gateway::tools
