// What a reverted call says, for people.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "evm/frame.hpp"
#include "rpc/error.hpp"

namespace plume::rpc {

/// The text of Error(string) or the name of Panic(uint256), when `output` is one of them. It may be
/// no UTF-8.
std::optional<std::string> revert_reason(BytesView output);

/// "execution reverted", and after a colon the reason, if there is one.
std::string revert_message(BytesView output);

/// The error that stands for a call's end other than success: code 3 with the reason as data for a
/// revert, -32000 with the status's name otherwise.
RpcError error_of(const CallResult& result);

}  // namespace plume::rpc
