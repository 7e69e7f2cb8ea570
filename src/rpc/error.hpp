// How a request is refused: thrown by handlers, caught once, in method.cpp.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace plume::rpc {

using Json = boost::json::value;

/// The codes of JSON-RPC 2.0 (section 5.1), and those that Ethereum clients know beside them.
namespace code {
inline constexpr int parse_error = -32700;
inline constexpr int invalid_request = -32600;
inline constexpr int method_not_found = -32601;
inline constexpr int invalid_params = -32602;
inline constexpr int internal_error = -32603;
inline constexpr int server_error = -32000;
inline constexpr int limit_exceeded = -32005;  ///< EIP-1474
inline constexpr int reverted = 3;             ///< "execution reverted", with the reason as data
inline constexpr int not_in_time = 4;          ///< EIP-7966: no receipt yet, the hash as data
inline constexpr int not_ready = 5;            ///< EIP-7966: waits for earlier nonces
}  // namespace code

/// An "error" object. `message` is valid UTF-8.
struct RpcError {
    int code = code::server_error;
    std::string message;
    std::optional<Json> data{};
};

/// The value of `result`, or its error thrown.
template <class T>
T or_throw(Result<T> result) {
    if (!result) throw RpcError{result.error().code, std::move(result).error().what};
    if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

}  // namespace plume::rpc
