#include "gateway/scratchpad/keys.hpp"
#include "scratchpad_files.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace gateway;
using namespace gateway::scratchpad;

namespace {

constexpr const char* auth = "00112233445566778899AABBCCDDEEFF";
constexpr const char* encrypt = "ff ee dd cc,bb aa 99 88,77 66 55 44,33 22 11 00";

std::string pair(const std::string& name)
{
    return fmt::format("[key:{}]\nauth={}\nencrypt = {}\n", name, auth, encrypt);
}

} // namespace

TEST_CASE("key pairs are read as bootloaders' files have them", "[scratchpad][keys]")
{
    const KeyFile fixture = fixture_keys();
    REQUIRE(fixture.pairs.size() == 2);
    CHECK(fixture.pairs[0].name == "default");
    CHECK(lower_hex(fixture.find("default")->authentication.view()) == "00112233445566778899aabbccddeeff");
    CHECK(lower_hex(fixture.find("vendor_b")->encryption.view()) == "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf");
    CHECK(fixture.find("vendor_c") == nullptr);
    CHECK_FALSE(fixture.counter);

    const auto read = parse_key_file(
        "; a comment\r\n# another\r\n[flash]\r\nlength = 0x80000\r\nnonsense\r\n" + pair("default") +
        "[platform]\nname = x\nAES = 1\naes_little_endian = False ; no\n[area:app]\nid = 0x83744C03\n" +
        pair("b"));
    REQUIRE(read);
    CHECK(read->pairs.size() == 2);
    CHECK(read->counter == CounterOrder::big_endian);
    CHECK(lower_hex(read->find("b")->encryption.view()) == "ffeeddccbbaa99887766554433221100");
    CHECK(
        parse_key_file(pair("x") + "[platform]\naes_little_endian=true")->counter ==
        CounterOrder::little_endian);
}

TEST_CASE("a bad key file is refused with its line, and never with what is in it", "[scratchpad][keys]")
{
    std::string too_many;
    for (std::size_t i = 0; i <= max_key_pairs; ++i)
        too_many += pair(std::to_string(i));
    const std::pair<std::string, const char*> rows[] = {
        {"", "no key pair"},
        {"auth = " + std::string(auth), "no key pair"},
        {"[key:a]\nauth = C0FFEE\n", "line 2"},
        {"[key:a]\nauth = " + std::string(auth) + "C0\n", "line 2"},
        {"[key:a]\nauth = C0FFEE11223344556677889900AABBXX\n", "line 2"},
        {"\n[key:a]\nauth = " + std::string(auth) + "\n", "line 2"},
        {"[key:a]\nencrypt = " + std::string(encrypt) + "\n[key:b]\n", "line 1"},
        {"[key:a]\nC0FFEE\n", "line 2"},
        {"[key:a]\nkey_type = C0FFEE\n", "line 2"},
        {"[key:]\n", "line 1"},
        {"[key:a\n", "line 1"},
        {pair("a") + pair("a"), "line 4"},
        {pair("a") + "[platform]\naes_little_endian = C0FFEE\n", "line 5"},
        {too_many, "more than 28"},
    };
    for (const auto& [text, expected] : rows) {
        CAPTURE(text);
        const auto read = parse_key_file(text);
        REQUIRE_FALSE(read);
        CAPTURE(read.error().message);
        CHECK(read.error().message.find(expected) != std::string::npos);
        CHECK(read.error().message.find("C0FFEE") == std::string::npos);
        CHECK(read.error().message.find("0011") == std::string::npos);
    }
}

TEST_CASE("a key file that cannot be read is named", "[scratchpad][keys]")
{
    for (const char* path : {"/nonexistent/keys.ini", "/tmp"}) {
        const auto read = read_key_file(path);
        REQUIRE_FALSE(read);
        CHECK(read.error().message.find(path) != std::string::npos);
    }
}
