#include "gateway/yaml_scalar.hpp"

#include <catch2/catch.hpp>

using gateway::yaml_1_1_reading;

TEST_CASE("plain scalars that YAML 1.1 reads as something else", "[settings]")
{
    const std::pair<const char*, const char*> readings[] = {
        {"0111", "73"},
        {"00", "0"},
        {"0x1F", "31"},
        {"-0x10", "-16"},
        {"0b101", "5"},
        {"1_000", "1000"},
        {"+5", "5"},
        {"12:34:56", "45296"},
        {"1:30", "90"},
        {"1.10", "1.1"},
        {"1.", "1.0"},
        {".50", "0.5"},
        {"1.5e+3", "1500.0"},
        {"-1.50", "-1.5"},
        {"on", "True"},
        {"Off", "False"},
        {"YES", "True"},
        {"no", "False"},
        {"true", "True"},
        {"~", "None"},
        {"null", "None"},
        {".inf", "inf"},
        {"-.Inf", "-inf"},
        {".nan", "nan"},
        {"2024-01-31T10:00:00Z", "a date and time"}};
    for (const auto& [plain, reading] : readings) {
        CAPTURE(plain);
        REQUIRE(yaml_1_1_reading(plain));
        CHECK(*yaml_1_1_reading(plain) == reading);
    }
}

TEST_CASE("plain scalars that YAML 1.1 reads as they are", "[settings]")
{
    for (const char* plain :
         {"0",
          "7",
          "-7",
          "73588229205",
          "99999999999999999999999",
          "1.5",
          "08",
          "0189",
          "gw-1",
          "a.b",
          "1e3",
          "1.2.3",
          "00:11:22:33:44:55",
          "1:99",
          "oN",
          "truE",
          "0xZZ",
          "-",
          "+",
          ".",
          "10.0.0.1",
          "fe80::1",
          "broker.example",
          "2024-01",
          "2024-01-31",
          "=",
          "a:b"}) {
        CAPTURE(plain);
        CHECK_FALSE(yaml_1_1_reading(plain));
    }
}
