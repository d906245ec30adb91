/// `wirepas-gateway scratchpad create`.
#pragma once

#include "gateway/scratchpad/building.hpp"

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace gateway::tools {

/// An image that is still a file.
struct ImageFile {
    std::uint32_t area_id = 0;
    FirmwareVersion version{};
    std::string path;
};

/// "0x83744C03:1.2.3.4:app.bin"; the error is one line that says what is accepted.
tl::expected<ImageFile, std::string> parse_image(const std::string& text);

struct ScratchpadCreateOptions {
    std::string file;
    std::vector<ImageFile> images;
    std::string key_file;
    std::string key_name{scratchpad::default_key_name};
    bool big_endian_counter = false; ///< also where the key file says so
    std::uint8_t sequence = 255;
    bool replace = false;
    bool json = false;
};

/// Builds and verifies the file, and shows what is in it. Gives the exit status.
int create_scratchpad(const ScratchpadCreateOptions& options);

} // namespace gateway::tools
