/// Files with secrets, from a path or from systemd's credentials (systemd.exec(5), LoadCredential=).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace transport {

/// Where a file setting points: a name without '/' is first looked for in `credentials_directory`
/// ($CREDENTIALS_DIRECTORY; nothing: not started with credentials), else taken as a path.
std::string locate_file(const std::string& name, const std::optional<std::string>& credentials_directory);

/// The text of a small file, 64 KiB at most; the error names the file and the reason.
tl::expected<std::string, std::string> read_small_file(const std::string& path);

/// A password: the file's text without the line end behind it; an empty one is an error.
tl::expected<std::string, std::string> read_password_file(const std::string& path);

/// True when any user of the machine may read it.
bool readable_by_everybody(const std::string& path);

} // namespace transport
