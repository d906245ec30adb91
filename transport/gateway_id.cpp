#include "transport/gateway_id.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <memory>
#include <net/if.h>
#include <random>
#include <system_error>
#include <vector>

namespace transport {
namespace {

constexpr std::uint64_t locally_administered = 0x020000000000;
constexpr std::uint64_t multicast = 0x010000000000;
constexpr std::uint64_t address_mask = 0xFFFFFFFFFFFF;
constexpr std::size_t max_octets = 128;

} // namespace

bool is_utf8(std::string_view text)
{
    struct Form {
        unsigned mask, lead, continuation;
        std::uint32_t smallest;
    };
    static constexpr Form forms[] = {
        {0x80, 0x00, 0, 0}, {0xE0, 0xC0, 1, 0x80}, {0xF0, 0xE0, 2, 0x800}, {0xF8, 0xF0, 3, 0x10000}};
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at++]);
        const auto* form =
            std::ranges::find_if(forms, [&](const Form& f) { return (lead & f.mask) == f.lead; });
        if (form == std::end(forms) || at + form->continuation > text.size())
            return false;
        std::uint32_t point = lead & ~form->mask;
        for (unsigned i = 0; i < form->continuation; ++i, ++at) {
            const auto next = static_cast<unsigned char>(text[at]);
            if ((next & 0xC0) != 0x80)
                return false;
            point = point << 6 | (next & 0x3F);
        }
        if (point < form->smallest || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
            return false;
    }
    return true;
}

std::optional<std::string> gateway_id_fault(std::string_view id)
{
    if (id.empty())
        return "it is empty";
    if (id.size() > max_octets)
        return fmt::format("it has {} octets, at most {} are allowed", id.size(), max_octets);
    if (!is_utf8(id))
        return "it is not UTF-8";
    for (std::size_t at = 0; at < id.size(); ++at) {
        const auto c = static_cast<unsigned char>(id[at]);
        if (c == '/' || c == '+' || c == '#')
            return fmt::format("character {} is '{}', which has a meaning in MQTT topics", at + 1, id[at]);
        const bool c1_control = c == 0xC2 && static_cast<unsigned char>(id[at + 1]) < 0xA0;
        if (c < 0x20 || c == 0x7F || c1_control)
            return fmt::format("character {} is a control character (0x{:02x})", at + 1, c);
    }
    return std::nullopt;
}

std::optional<std::uint64_t> identifying_address(std::span<const NetworkInterface> interfaces)
{
    const NetworkInterface* best = nullptr;
    const auto rank = [](const NetworkInterface& interface) {
        return std::pair((interface.hardware_address & locally_administered) != 0, interface.index);
    };
    for (const NetworkInterface& interface : interfaces) {
        if (interface.loopback || interface.hardware_address == 0)
            continue;
        if (best == nullptr || rank(interface) < rank(*best))
            best = &interface;
    }
    return best == nullptr ? std::nullopt : std::optional(best->hardware_address);
}

std::optional<std::uint64_t> machine_hardware_address()
{
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0)
        return std::nullopt;
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, freeifaddrs);
    std::vector<NetworkInterface> interfaces;
    for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_PACKET)
            continue;
        const auto* link = reinterpret_cast<const sockaddr_ll*>(entry->ifa_addr);
        if (link->sll_halen != 6)
            continue;
        NetworkInterface interface;
        interface.index = static_cast<unsigned>(link->sll_ifindex);
        interface.loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0;
        for (std::size_t i = 0; i < 6; ++i)
            interface.hardware_address = interface.hardware_address << 8 | link->sll_addr[i];
        interfaces.push_back(interface);
    }
    return identifying_address(interfaces);
}

RandomIdentity random_identity(const std::string& state_directory)
{
    const std::filesystem::path file = std::filesystem::path(state_directory) / "gateway-id";
    RandomIdentity identity;
    if (std::ifstream stored(file); stored >> identity.number && identity.number <= address_mask)
        return {identity.number, true};

    std::random_device random;
    identity.number = (((static_cast<std::uint64_t>(random()) << 32) | random()) & address_mask) | multicast;
    std::error_code ignored; // an unusable directory shows in `kept`
    std::filesystem::create_directories(state_directory, ignored);
    std::ofstream out(file);
    out << identity.number << '\n';
    out.close();
    identity.kept = !out.fail();
    return identity;
}

} // namespace transport
