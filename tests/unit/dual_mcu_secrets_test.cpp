#include "tests/unit/dual_mcu_vectors.hpp"

#include "sink-service/dual_mcu/codec/attributes.hpp"

using namespace dual_mcu;

namespace {

constexpr std::uint8_t secret_octet = 0xE7; // in no header used here

bool shows_secret(const Frame& frame)
{
    return describe(frame).find("E7 E7") != std::string::npos;
}

AttributeValue secret(std::size_t size)
{
    return dual_mcu_test::octets<AttributeValue>(gateway::Bytes(size, secret_octet));
}

} // namespace

TEST_CASE("frames that carry keys are never described with their payload", "[dual-mcu][secrets]")
{
    for (const Attribute& attribute : all_attributes()) {
        CAPTURE(attribute.name);
        const bool csap = attribute.access_point == AccessPoint::csap;
        const AttributeValue value = secret(attribute.max_size);
        const Frame write = csap ? encode(CsapAttributeWrite{attribute.id, value}, 1)
                                 : encode(MsapAttributeWrite{attribute.id, value}, 1);
        CHECK(carries_secret(write) == attribute.secret);
        const Frame answer = csap ? encode(CsapAttributeRead::Confirm{0, attribute.id, value}, 1)
                                  : encode(MsapAttributeRead::Confirm{0, attribute.id, value}, 1);
        CHECK(carries_secret(answer) == attribute.secret);
        if (attribute.secret) {
            CHECK_FALSE(shows_secret(write));
            CHECK_FALSE(shows_secret(answer));
        }
    }
}

TEST_CASE("the attributes that hold keys are known", "[dual-mcu][secrets]")
{
    for (const std::uint16_t id :
         {csap::cipher_key, csap::authentication_key, csap::feature_lock_key, csap::network_key_pair,
          csap::management_key_pair}) {
        const Attribute* attribute = find_attribute(AccessPoint::csap, id);
        REQUIRE(attribute != nullptr);
        CHECK(attribute->secret);
    }
}

TEST_CASE("a damaged key frame is not described either", "[dual-mcu][secrets]")
{
    // Too long for its inner length, as a host of another version might send it.
    Frame frame = encode(CsapAttributeWrite{csap::cipher_key, secret(key_size)}, 1);
    for (int i = 0; i < 20; ++i)
        frame.payload.push_back(secret_octet);
    CHECK(carries_secret(frame));
    CHECK_FALSE(shows_secret(frame));
}

TEST_CASE("frames are described by name, frame id and payload", "[dual-mcu]")
{
    CHECK(describe(encode(CsapAttributeRead{csap::mtu}, 9)) == "CSAP_ATTRIBUTE_READ.request id=9 [05 00]");
    CHECK(
        describe(encode(CsapAttributeWrite{csap::cipher_key, secret(key_size)}, 3)) ==
        "CSAP_ATTRIBUTE_WRITE.request id=3 [secret]");
    CHECK(name_of_primitive(0x02) == "DATA_TX.indication");
    CHECK(name_of_primitive(0x82) == "DATA_TX.response");
    CHECK(name_of_primitive(0x71) == "unknown 0x71");
}
