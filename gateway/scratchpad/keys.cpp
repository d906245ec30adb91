#include "gateway/scratchpad/keys.hpp"

#include <cctype>
#include <fmt/format.h>
#include <fstream>
#include <openssl/crypto.h>

namespace gateway::scratchpad {
namespace {

constexpr std::size_t max_key_file_size = 64 * 1024;
constexpr std::string_view key_section = "key:";

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

tl::unexpected<Error> bad_line(std::size_t line, std::string_view what)
{
    return fail(ApplicationCode::invalid_value, fmt::format("line {}: {}", line, what));
}

/// A pair whose section is being read.
struct Section {
    std::string name;
    std::size_t line = 0;
    std::optional<Key> authentication;
    std::optional<Key> encryption;
};

/// Reads an INI file line by line; holds what its sections said so far.
class KeyFileParser {
public:
    Result<> line(std::string_view text);
    Result<KeyFile> finish();

private:
    Result<> begin_section(std::string_view name);
    Result<> end_section();
    Result<> key_option(std::string_view option, std::string_view value);
    Result<> platform_option(std::string_view option, std::string_view value);

    KeyFile file_;
    std::size_t line_ = 0;
    std::optional<Section> section_; ///< of a pair
    bool in_platform_ = false;
};

Result<> KeyFileParser::line(std::string_view text)
{
    ++line_;
    text = trimmed(text.substr(0, text.find_first_of(";#")));
    if (text.empty())
        return {};
    if (text.front() == '[') {
        if (text.back() != ']')
            return bad_line(line_, "a section without a closing bracket");
        return begin_section(trimmed(text.substr(1, text.size() - 2)));
    }
    if (!section_ && !in_platform_)
        return {};
    const auto equals = text.find('=');
    if (equals == std::string_view::npos)
        return bad_line(line_, "neither a section nor OPTION = VALUE");
    const std::string_view option = trimmed(text.substr(0, equals));
    const std::string_view value = trimmed(text.substr(equals + 1));
    return section_ ? key_option(option, value) : platform_option(option, value);
}

Result<> KeyFileParser::begin_section(std::string_view name)
{
    const Result<> ended = end_section();
    if (!ended)
        return ended;
    in_platform_ = name == "platform";
    if (!name.starts_with(key_section))
        return {};
    name.remove_prefix(key_section.size());
    if (name.empty())
        return bad_line(line_, "a key pair without a name: write [key:NAME]");
    if (file_.find(name) != nullptr)
        return bad_line(line_, fmt::format("a second key pair {}", name));
    if (file_.pairs.size() == max_key_pairs)
        return bad_line(line_, fmt::format("more than {} key pairs", max_key_pairs));
    section_ = Section{std::string(name), line_, {}, {}};
    return {};
}

Result<> KeyFileParser::end_section()
{
    if (!section_)
        return {};
    if (!section_->authentication || !section_->encryption)
        return bad_line(
            section_->line,
            fmt::format(
                "key pair {} has no \"{}\"", section_->name, section_->authentication ? "encrypt" : "auth"));
    file_.pairs.push_back({section_->name, *section_->authentication, *section_->encryption});
    section_.reset();
    return {};
}

Result<> KeyFileParser::key_option(std::string_view option, std::string_view value)
{
    std::optional<Key>* const key = option == "auth"      ? &section_->authentication
                                    : option == "encrypt" ? &section_->encryption
                                                          : nullptr;
    if (key == nullptr)
        return bad_line(
            line_, fmt::format(
                       "only \"auth\" and \"encrypt\" of symmetric key pairs are understood in [key:{}]",
                       section_->name));
    auto octets = from_hex(value);
    *key = octets ? Key::from(*octets) : std::nullopt;
    if (octets)
        OPENSSL_cleanse(octets->data(), octets->size());
    if (!*key)
        return bad_line(line_, fmt::format("\"{}\" is not {} hexadecimal octets", option, Key::size));
    return {};
}

Result<> KeyFileParser::platform_option(std::string_view option, std::string_view value)
{
    if (option != "aes_little_endian")
        return {};
    const auto is_one_of = [value](std::initializer_list<std::string_view> words) {
        return std::ranges::any_of(
            words, [value](std::string_view word) { return equal_ignoring_case(value, word); });
    };
    if (is_one_of({"true", "yes", "on", "1"}))
        file_.counter = CounterOrder::little_endian;
    else if (is_one_of({"false", "no", "off", "0"}))
        file_.counter = CounterOrder::big_endian;
    else
        return bad_line(line_, "\"aes_little_endian\" is neither True nor False");
    return {};
}

Result<KeyFile> KeyFileParser::finish()
{
    const Result<> ended = end_section();
    if (!ended)
        return fail(ended.error());
    if (file_.pairs.empty())
        return fail(
            ApplicationCode::invalid_value,
            "no key pair: a section [key:NAME] with auth and encrypt is needed");
    return std::move(file_);
}

} // namespace

std::optional<Key> Key::from(ByteView octets)
{
    if (octets.size() != size)
        return std::nullopt;
    Key key;
    std::ranges::copy(octets, key.octets_.begin());
    return key;
}

Key::~Key()
{
    OPENSSL_cleanse(octets_.data(), octets_.size());
}

const KeyPair* KeyFile::find(std::string_view name) const
{
    const auto found = std::ranges::find(pairs, name, &KeyPair::name);
    return found == pairs.end() ? nullptr : &*found;
}

Result<KeyFile> parse_key_file(std::string_view text)
{
    KeyFileParser parser;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const Result<> read = parser.line(text.substr(0, end));
        if (!read)
            return fail(read.error());
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parser.finish();
}

Result<KeyFile> read_key_file(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    std::string text(max_key_file_size + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.is_open() || file.bad() || std::filesystem::is_directory(path))
        return fail(
            ApplicationCode::invalid_value,
            fmt::format("cannot read the key file {}; does it exist, and may you read it?", path.string()));
    const auto size = static_cast<std::size_t>(file.gcount());
    Result<KeyFile> keys = size > max_key_file_size
                               ? fail(ApplicationCode::invalid_value, "too large for a key file")
                               : parse_key_file(std::string_view(text).substr(0, size));
    OPENSSL_cleanse(text.data(), text.size());
    if (!keys)
        return fail(keys.error().with_context("key file " + path.string()));
    return keys;
}

} // namespace gateway::scratchpad
