#include "tools/scratchpad/create.hpp"

#include "gateway/scratchpad/compression.hpp"
#include "gateway/scratchpad/inspection.hpp"
#include "tools/local/options.hpp"
#include "tools/local/values.hpp"
#include "tools/scratchpad/file.hpp"
#include "tools/scratchpad/key_choice.hpp"
#include "tools/scratchpad/report.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

namespace gateway::tools {

using scratchpad::CounterOrder;

tl::expected<ImageFile, std::string> parse_image(const std::string& text)
{
    const auto first = text.find(':');
    const auto second = first == std::string::npos ? first : text.find(':', first + 1);
    if (second == std::string::npos || second + 1 == text.size())
        return tl::unexpected("'" + text + "' is not AREA:VERSION:FILE, such as 0x83744C03:1.2.3.4:app.bin");
    const auto area = local::parse_number(text.substr(0, first), 0, UINT32_MAX);
    if (!area)
        return tl::unexpected("area '" + text.substr(0, first) + "': " + area.error());
    const std::string version = text.substr(first + 1, second - first - 1);
    const auto numbers = firmware_version_from(version);
    if (!numbers)
        return tl::unexpected("version '" + version + "' is not four numbers of 0..255, such as 1.2.3.4");
    return ImageFile{static_cast<std::uint32_t>(*area), *numbers, text.substr(second + 1)};
}

int create_scratchpad(const ScratchpadCreateOptions& options)
{
    const scratchpad::KeyFile keys = read_keys(options.key_file, options.key_name);
    const CounterOrder counter = options.big_endian_counter
                                     ? CounterOrder::big_endian
                                     : keys.counter.value_or(CounterOrder::little_endian);
    std::vector<scratchpad::Image> images;
    for (const ImageFile& image : options.images)
        images.push_back({image.area_id, image.version, read_file(image.path, scratchpad::max_image_size)});
    const auto made = scratchpad::build(
        images, {.keys = keys.pairs.front(), .counter = counter, .sequence = options.sequence});
    if (!made)
        throw std::runtime_error(made.error().message);

    // What nodes cannot open must not leave this desk.
    const scratchpad::Inspection found = scratchpad::inspect(*made, {keys.pairs, counter, nullptr});
    if (!found.passed() || found.images.size() != images.size())
        throw std::runtime_error("the scratchpad that was built does not verify; nothing is written");
    write_file(options.file, *made, options.replace);

    if (options.json)
        std::cout << to_json(options.file, found).dump(2) << std::endl;
    else
        print_contents(std::cout, Style::of_standard_output(), found);
    return local::exit_fine;
}

} // namespace gateway::tools
