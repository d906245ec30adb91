/// The fixtures of tests/fixtures/scratchpads and what their manifest says about them.
#pragma once

#include "gateway/bytes.hpp"
#include "gateway/scratchpad/keys.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace gateway::scratchpad {

Bytes read_fixture(const std::string& name);
std::string read_text(const std::string& path);
nlohmann::json read_manifest();
/// The two throw-away key pairs.
KeyFile fixture_keys();

/// "2af60d84…", as in the manifest.
std::string lower_hex(ByteView octets);

} // namespace gateway::scratchpad
