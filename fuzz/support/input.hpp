/// The fuzzer's input as a sequence of small decisions, read from the front, so that a seed can be
/// written by hand. Behind its end everything is zero.
#pragma once

#include "gateway/bytes.hpp"

#include <string>

namespace fuzz {

class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : reader_(gateway::ByteView(data, size)) {}

    [[nodiscard]] bool empty() const { return reader_.left() == 0; }
    std::uint8_t octet() { return reader_.u8(); }
    std::uint16_t word() { return reader_.u16(); }
    bool flag() { return (octet() & 1) != 0; }

    /// 0 .. `bound` - 1.
    std::size_t below(std::size_t bound) { return octet() % bound; }

    /// An element of a container that has at least one.
    template<typename Container>
    const auto& one_of(const Container& container)
    {
        return container[below(std::size(container))];
    }

    /// At most `count` octets: what is left of them.
    gateway::ByteView octets(std::size_t count) { return reader_.bytes(std::min(count, reader_.left())); }
    gateway::ByteView rest() { return reader_.rest(); }

private:
    gateway::Reader reader_;
};

inline std::string to_text(gateway::ByteView octets)
{
    return {octets.begin(), octets.end()};
}

} // namespace fuzz
