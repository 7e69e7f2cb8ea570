// The token of a story whose holders share revenue, vote and may pledge what they have.
//
// A unit of its own: contracts and the node each call something else Rules.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/u256.hpp"

namespace plume {

/// What "AssetToken.Regulated" is launched with. All shares go to `owner`, who lists currencies and
/// has no power over what others hold.
Bytes share_token_params(std::string_view name, std::string_view symbol, const Hash& record,
                         const Address& owner, const u256& supply);

}  // namespace plume
