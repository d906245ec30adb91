#include "bench/generated_scratchpad.hpp"

#include "gateway/crc16.hpp"
#include "gateway/scratchpad_file.hpp"

namespace bench {

gateway::Bytes generated_scratchpad(std::size_t size)
{
    gateway::Bytes contents(size - gateway::scratchpad_header_end);
    for (std::size_t i = 0; i < contents.size(); ++i)
        contents[i] = static_cast<std::uint8_t>(i * 31 + (i >> 8));
    gateway::Bytes file(gateway::scratchpad_tag.begin(), gateway::scratchpad_tag.end());
    gateway::Writer writer(file);
    writer.u32(static_cast<std::uint32_t>(contents.size()));
    writer.u16(gateway::crc16(contents));
    writer.u16(0);
    writer.u32(0);
    writer.u32(UINT32_MAX);
    writer.bytes(contents);
    return file;
}

} // namespace bench
