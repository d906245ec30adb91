/// Octets and bounds-checked cursors over them; all integers little-endian.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// Octets up to a fixed capacity, stored in place. A value that exists fits: the only ways in
/// check the length.
template<std::size_t Capacity>
class StaticBytes {
public:
    static constexpr std::size_t capacity = Capacity;

    StaticBytes() = default;

    /// Nothing when `octets` is longer than the capacity.
    static std::optional<StaticBytes> from(ByteView octets)
    {
        StaticBytes made;
        if (!made.assign(octets))
            return std::nullopt;
        return made;
    }

    /// False, and unchanged, when `octets` is longer than the capacity.
    bool assign(ByteView octets)
    {
        if (octets.size() > Capacity)
            return false;
        std::ranges::copy(octets, octets_.begin());
        size_ = octets.size();
        return true;
    }

    /// False, and unchanged, when full.
    bool push_back(std::uint8_t octet)
    {
        if (size_ == Capacity)
            return false;
        octets_[size_++] = octet;
        return true;
    }

    void clear() { size_ = 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] ByteView view() const { return {octets_.data(), size_}; }
    operator ByteView() const { return view(); } // NOLINT(google-explicit-constructor): a view of itself

    friend bool operator==(const StaticBytes& a, const StaticBytes& b)
    {
        return std::ranges::equal(a.view(), b.view());
    }

private:
    std::array<std::uint8_t, Capacity> octets_{};
    std::size_t size_ = 0;
};

/// Reads from the front. Past the end it returns zeros and remembers that it failed, so that a
/// decoder checks once, at `finished()`.
class Reader {
public:
    explicit Reader(ByteView octets) : rest_(octets) {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(integer(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(integer(2)); }
    std::uint32_t u24() { return integer(3); }
    std::uint32_t u32() { return integer(4); }
    std::int8_t i8() { return static_cast<std::int8_t>(u8()); }

    /// The next `count` octets, or an empty view and failure when fewer are left.
    ByteView bytes(std::size_t count)
    {
        if (count > rest_.size()) {
            fail();
            return {};
        }
        const ByteView taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }

    ByteView rest() { return bytes(rest_.size()); }
    [[nodiscard]] std::size_t left() const { return rest_.size(); }

    /// For a decoder that finds a value it cannot accept.
    void fail()
    {
        failed_ = true;
        rest_ = {};
    }

    [[nodiscard]] bool failed() const { return failed_; }
    /// True when everything was read and nothing was missing.
    [[nodiscard]] bool finished() const { return !failed_ && rest_.empty(); }

private:
    std::uint32_t integer(std::size_t size)
    {
        std::uint32_t value = 0;
        const ByteView octets = bytes(size);
        for (std::size_t i = 0; i < octets.size(); ++i)
            value |= static_cast<std::uint32_t>(octets[i]) << (8 * i);
        return value;
    }

    ByteView rest_;
    bool failed_ = false;
};

/// Appends to a container with `push_back` (a StaticBytes large enough, or Bytes).
template<typename Container>
class Writer {
public:
    explicit Writer(Container& out) : out_(out) {}

    void u8(std::uint8_t value) { integer(value, 1); }
    void u16(std::uint16_t value) { integer(value, 2); }
    void u24(std::uint32_t value) { integer(value, 3); }
    void u32(std::uint32_t value) { integer(value, 4); }
    void i8(std::int8_t value) { u8(static_cast<std::uint8_t>(value)); }
    void bytes(ByteView octets)
    {
        for (const std::uint8_t octet : octets)
            out_.push_back(octet);
    }
    /// `octets`, then `filler` until `size` octets were written.
    void padded(ByteView octets, std::size_t size, std::uint8_t filler)
    {
        bytes(octets);
        for (std::size_t i = octets.size(); i < size; ++i)
            out_.push_back(filler);
    }

private:
    void integer(std::uint32_t value, std::size_t size)
    {
        for (std::size_t i = 0; i < size; ++i)
            out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }

    Container& out_;
};

/// Upper-case hexadecimal, octets separated by blanks: "C0 DB".
std::string to_hex(ByteView octets);

/// Reads hexadecimal with blanks, commas or nothing between octets; nothing on any other text.
std::optional<Bytes> from_hex(std::string_view text);

} // namespace gateway
