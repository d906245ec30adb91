#include "sink-service/dual_mcu/codec/frame.hpp"

#include "sink-service/dual_mcu/codec/attributes.hpp"

#include <fmt/format.h>

namespace dual_mcu {
namespace {

struct Name {
    std::uint8_t id; ///< without bit 7
    std::string_view name;
    bool indication;
};

constexpr std::array names = {
    Name{0x01, "DATA_TX", false},
    Name{0x02, "DATA_TX", true},
    Name{0x03, "DATA_RX", true},
    Name{0x04, "INDICATION_POLL", false},
    Name{0x05, "STACK_START", false},
    Name{0x06, "STACK_STOP", false},
    Name{0x07, "STACK_STATE", true},
    Name{0x08, "APP_CONFIG_DATA_WRITE (legacy)", false},
    Name{0x09, "APP_CONFIG_DATA_READ (legacy)", false},
    Name{0x0A, "APP_CONFIG_DATA_RX (legacy)", true},
    Name{0x0B, "MSAP_ATTRIBUTE_WRITE", false},
    Name{0x0C, "MSAP_ATTRIBUTE_READ", false},
    Name{0x0D, "CSAP_ATTRIBUTE_WRITE", false},
    Name{0x0E, "CSAP_ATTRIBUTE_READ", false},
    Name{0x0F, "DATA_TX_FRAG", false},
    Name{0x10, "DATA_RX_FRAG", true},
    Name{0x16, "FACTORY_RESET", false},
    Name{0x17, "SCRATCHPAD_START", false},
    Name{0x18, "SCRATCHPAD_BLOCK", false},
    Name{0x19, "SCRATCHPAD_STATUS", false},
    Name{0x1A, "SCRATCHPAD_UPDATE", false},
    Name{0x1B, "SCRATCHPAD_CLEAR", false},
    Name{0x1F, "DATA_TX_TT", false},
    Name{0x20, "GET_NBORS", false},
    Name{0x21, "SCAN_NBORS", false},
    Name{0x22, "SCAN_NBORS", true},
    Name{0x23, "INSTALL_QUALITY", false},
    Name{0x26, "SCRATCHPAD_TARGET_WRITE", false},
    Name{0x27, "SCRATCHPAD_TARGET_READ", false},
    Name{0x28, "SCRATCHPAD_BLOCK_READ", false},
    Name{0x29, "CONFIG_DATA_ITEM_SET", false},
    Name{0x30, "CONFIG_DATA_ITEM_GET", false},
    Name{0x31, "CONFIG_DATA_ITEM_RX", true},
    Name{0x32, "CONFIG_DATA_ITEM_LIST", false},
    Name{0x38, "SINK_COST_WRITE", false},
    Name{0x39, "SINK_COST_READ", false},
    Name{0x3A, "APP_CONFIG_DATA_WRITE", false},
    Name{0x3B, "APP_CONFIG_DATA_READ", false},
    Name{0x3F, "APP_CONFIG_DATA_RX", true},
    Name{0x4F, "MAX_QUEUE_TIME_WRITE", false},
    Name{0x50, "MAX_QUEUE_TIME_READ", false},
};

} // namespace

std::string name_of_primitive(std::uint8_t primitive)
{
    const bool answer = (primitive & answer_bit) != 0;
    const auto found =
        std::ranges::find(names, static_cast<std::uint8_t>(primitive & ~answer_bit), &Name::id);
    if (found == names.end())
        return fmt::format("unknown 0x{:02X}", primitive);
    std::string_view suffix = answer ? ".confirm" : ".request";
    if (found->indication)
        suffix = answer ? ".response" : ".indication";
    return fmt::format("{}{}", found->name, suffix);
}

bool carries_secret(const Frame& frame)
{
    const std::uint8_t request = frame.primitive & static_cast<std::uint8_t>(~answer_bit);
    const bool write = request == CsapAttributeWrite::id;
    if (!write && request != CsapAttributeRead::id)
        return false;
    // A read confirm has its result in front of the attribute id; a lock key that is read back
    // comes with 16 octets of memory (11, D11).
    Reader reader(frame.payload);
    if (!write && frame.is_answer())
        reader.u8();
    const Attribute* attribute = find_attribute(AccessPoint::csap, reader.u16());
    return !reader.failed() && attribute != nullptr && attribute->secret;
}

std::string describe(const Frame& frame)
{
    return fmt::format(
        "{} id={} [{}]", name_of_primitive(frame.primitive), frame.frame_id,
        carries_secret(frame) ? "secret" : gateway::to_hex(frame.payload));
}

gateway::Error malformed(std::uint8_t primitive, std::size_t length)
{
    return {
        gateway::ApplicationCode::internal_error,
        fmt::format("{} of {} octets does not have the expected form", name_of_primitive(primitive), length)};
}

} // namespace dual_mcu
