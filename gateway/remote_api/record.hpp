/// Packets of the Remote API: sequences of type, length, value (docs/spec/remote-api.md, 3).
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/result.hpp"

#include <concepts>
#include <variant>

namespace gateway::remote_api {

/// A record whose value could not be understood, as it came.
struct Undecoded {
    enum class Reason : std::uint8_t {
        unknown_type,
        unknown_layout, ///< a type that is known to exist, with a value that nobody describes
        too_short,
    };

    std::uint8_t type = 0;
    Bytes value;
    Reason reason = Reason::unknown_type;

    friend bool operator==(const Undecoded&, const Undecoded&) = default;
};

/// One record: what it says, and the octets behind the part of its value that is known (newer stacks
/// send longer answers; a node refuses a request with any).
template<typename... Bodies>
struct Record {
    std::variant<Undecoded, Bodies...> body;
    Bytes rest;

    Record() = default;
    template<typename Body>
        requires(std::same_as<Body, Undecoded> || ... || std::same_as<Body, Bodies>)
    Record(Body content, Bytes behind = {}) // NOLINT(google-explicit-constructor): a record of it
        : body(std::move(content)), rest(std::move(behind))
    {
    }

    /// Null when the record says something else.
    template<typename Body>
    [[nodiscard]] const Body* as() const
    {
        return std::get_if<Body>(&body);
    }

    friend bool operator==(const Record&, const Record&) = default;
};

enum class PacketEnd : std::uint8_t {
    complete,
    truncated, ///< the last record is not whole
    empty,     ///< no octets at all: not a valid packet
};

/// What could be read of a packet: every whole record, in their order.
template<typename AnyRecord>
struct Packet {
    std::vector<AnyRecord> records;
    PacketEnd end = PacketEnd::complete;
    Bytes remains; ///< of a truncated packet: the octets behind its last whole record

    friend bool operator==(const Packet&, const Packet&) = default;
};

struct RawRecord {
    std::uint8_t type = 0;
    ByteView value;
};

/// Cuts a packet into records. The views are of `payload`.
struct RawPacket {
    std::vector<RawRecord> records;
    PacketEnd end = PacketEnd::complete;
    ByteView remains;
};
RawPacket split(ByteView payload);

/// Puts records together. `add` is refused, and changes nothing, when the value is longer than 255
/// octets or the packet would be longer than `mtu`.
class PacketWriter {
public:
    explicit PacketWriter(std::size_t mtu) : mtu_(mtu) {}

    Result<> add(std::uint8_t type, ByteView value);
    [[nodiscard]] std::size_t left() const { return mtu_ - octets_.size(); }
    [[nodiscard]] bool empty() const { return octets_.empty(); }
    /// The packet; the writer is empty then.
    Bytes take() { return std::exchange(octets_, {}); }

private:
    std::size_t mtu_;
    Bytes octets_;
};

inline constexpr std::size_t record_head = 2; ///< octets of type and length

} // namespace gateway::remote_api
