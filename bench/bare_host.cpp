#include "bench/bare_host.hpp"

#include "sink-service/dual_mcu/codec/data_service.hpp"
#include "sink-service/dual_mcu/codec/management.hpp"
#include "sink-service/dual_mcu/codec/slip.hpp"
#include "sink-service/dual_mcu/serial_port.hpp"

#include <stdexcept>

namespace bench {
namespace {

using namespace dual_mcu;

constexpr std::chrono::milliseconds patience{500};

void send(SerialPort& port, const Frame& frame)
{
    if (!port.write(encode_slip(frame, host_leading_ends), Clock::now() + patience))
        throw std::runtime_error("the bare host cannot write");
}

/// The frames of one read.
std::vector<Frame> receive(SerialPort& port, SlipDecoder& decoder)
{
    const auto octets = port.read(Clock::now() + patience, -1);
    std::vector<Frame> frames;
    if (!octets)
        return frames;
    for (const std::uint8_t octet : *octets)
        if (const auto event = decoder.push(octet))
            if (const auto* frame = std::get_if<Frame>(&*event))
                frames.push_back(*frame);
    return frames;
}

} // namespace

double indications_of_bare_host(const std::filesystem::path& path, std::chrono::milliseconds duration)
{
    auto port = SerialPort::open(path, 125000);
    if (!port)
        throw std::runtime_error(port.error().message);
    SlipDecoder decoder;
    std::uint64_t indications = 0;
    send(*port, encode(IndicationPoll{}, 0));
    const auto begun = Clock::now();
    while (Clock::now() - begun < duration) {
        const auto frames = receive(*port, decoder);
        if (frames.empty())
            send(*port, encode(IndicationPoll{}, 0));
        for (const Frame& frame : frames) {
            if (frame.is_answer())
                continue;
            ++indications;
            send(*port, encode_response(frame, true));
        }
    }
    return static_cast<double>(indications) / std::chrono::duration<double>(Clock::now() - begun).count();
}

} // namespace bench
