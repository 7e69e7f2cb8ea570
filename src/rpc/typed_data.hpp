// Structured data as wallets are asked to sign it (EIP-712), from its JSON.
#pragma once

#include "base/bytes.hpp"
#include "rpc/error.hpp"

namespace plume::rpc {

/// Types that one text may define, and members of one type.
inline constexpr size_t typed_data_types_max = 256;
inline constexpr size_t typed_data_members_max = 256;
/// How deep values may stand in one another.
inline constexpr size_t typed_data_depth_max = 32;

/// What is signed for { types, primaryType, domain, message }: keccak256(0x1901 || the domain's
/// hash || the message's). Integers are JSON numbers or texts, decimal or 0x. Without a type
/// EIP712Domain, the domain has the standard members that are given. Throws RpcError -32602 with
/// words for what is wrong: a type that is not defined, a value that is not of its type.
Hash typed_data_hash(const Json& typed_data);

}  // namespace plume::rpc
