#include "tools/scratchpad/scratchpad_command.hpp"

#include "tools/local/check.hpp"
#include "tools/scratchpad/create.hpp"
#include "tools/scratchpad/inspect.hpp"

#include <memory>

namespace gateway::tools {
namespace {

void add_keys(CLI::App& command, ScratchpadInspectOptions& options)
{
    CLI::Option* const keys = command.add_option(
        "--keys", options.key_file, "key file (INI, sections [key:NAME]): authenticates and decrypts");
    keys->type_name("FILE")->check(CLI::ExistingFile);
    command.add_option("--key", options.key_name, "only with this key pair; not given: any may match")
        ->type_name("NAME")
        ->needs(keys);
    command
        .add_option(
            "--public-key", options.public_key_file, "public key (PEM) that a signed scratchpad must be of")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
}

void add_info(CLI::App& group, Action& chosen)
{
    const auto options = std::make_shared<ScratchpadInspectOptions>();
    CLI::App* const command =
        group.add_subcommand("info", "length, CRC, areas and versions; exit status 1 if it is not usable");
    command->add_option("file", options->file, "the .otap file")->required()->check(CLI::ExistingFile);
    add_keys(*command, *options);
    command->add_flag("--json", options->json, "as JSON");
    command->callback([options, &chosen] { chosen = [options] { return show_scratchpad(*options); }; });
}

void add_verify(CLI::App& group, Action& chosen)
{
    const auto options = std::make_shared<ScratchpadInspectOptions>();
    CLI::App* const command =
        group.add_subcommand("verify", "every check with its verdict; exit status 1 if one failed");
    command->add_option("file", options->file, "the .otap file")->required()->check(CLI::ExistingFile);
    add_keys(*command, *options);
    command->add_flag("--json", options->json, "as JSON");
    command->footer("Without keys nobody can tell whether nodes will accept a file: its CRC finds damage, "
                    "not forgery.\n");
    command->callback([options, &chosen] { chosen = [options] { return verify_scratchpad(*options); }; });
}

void add_create(CLI::App& group, Action& chosen)
{
    const auto options = std::make_shared<ScratchpadCreateOptions>();
    CLI::App* const command = group.add_subcommand("create", "a scratchpad from images");
    command->add_option("file", options->file, "the .otap file to write")->required();
    command
        ->add_option_function<std::vector<std::string>>(
            "--image",
            [options](const std::vector<std::string>& texts) {
                for (const std::string& text : texts)
                    options->images.push_back(*parse_image(text));
            },
            "area id, version and file of a raw image; once for each")
        ->type_name("AREA:VERSION:FILE")
        ->required()
        ->check(local::accepted_by(parse_image));
    command->add_option("--keys", options->key_file, "key file (INI, sections [key:NAME])")
        ->type_name("FILE")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("--key", options->key_name, "the key pair of the nodes")
        ->type_name("NAME")
        ->capture_default_str();
    command->add_flag(
        "--big-endian-counter", options->big_endian_counter,
        "for the nRF9160 platform; also where the key file says aes_little_endian = False");
    command->add_option("--sequence", options->sequence, "in the header; the upload replaces it")
        ->type_name("N")
        ->check(CLI::Range(1, 255))
        ->capture_default_str();
    command->add_flag("--force", options->replace, "replace an existing file");
    command->add_flag("--json", options->json, "what was made, as JSON");
    command->footer("Example:\n"
                    "  wirepas-gateway scratchpad create update.otap --keys keys.ini --image "
                    "0x83744C03:1.2.3.4:app.bin\n");
    command->callback([options, &chosen] { chosen = [options] { return create_scratchpad(*options); }; });
}

} // namespace

void register_scratchpad(CLI::App& program, Action& chosen)
{
    CLI::App* const group = program.add_subcommand("scratchpad", "look into, check and make .otap files");
    group->require_subcommand(1);
    add_info(*group, chosen);
    add_verify(*group, chosen);
    add_create(*group, chosen);
}

} // namespace gateway::tools
