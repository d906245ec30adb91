#include "bench/bare_host.hpp"

#include "sink-service/dual_mcu/codec/data_service.hpp"
#include "sink-service/dual_mcu/codec/management.hpp"
#include "sink-service/dual_mcu/codec/slip.hpp"
#include "sink-service/dual_mcu/serial_port.hpp"

#include <algorithm>
#include <ctime>
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

/// In seconds.
double cpu_time_of_this_thread()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
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

BareHostFigures measure_bare_host(const std::filesystem::path& path, std::chrono::milliseconds duration)
{
    auto port = SerialPort::open(path, 125000);
    if (!port)
        throw std::runtime_error(port.error().message);
    SlipDecoder decoder;
    std::uint64_t indications = 0;
    send(*port, encode(IndicationPoll{}, 0));
    const auto begun = Clock::now();
    const double cpu_before = cpu_time_of_this_thread();
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
    const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    const double cpu = cpu_time_of_this_thread() - cpu_before;
    const auto counted = static_cast<double>(std::max<std::uint64_t>(indications, 1));
    return {counted / seconds, cpu * 1e6 / counted};
}

} // namespace bench
