// Text from strangers, made fit for JSON.
#pragma once

#include <string>
#include <string_view>

namespace plume::rpc {

/// `text` with every byte that is no part of well-formed UTF-8 (RFC 3629) replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace plume::rpc
