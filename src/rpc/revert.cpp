#include "rpc/revert.hpp"

#include "codec/abi.hpp"
#include "rpc/format.hpp"

namespace plume::rpc {

namespace {

constexpr Selector error_selector{{0x08, 0xc3, 0x79, 0xa0}};  ///< Error(string)
constexpr Selector panic_selector{{0x4e, 0x48, 0x7b, 0x71}};  ///< Panic(uint256)

/// Solidity's panic codes in geth's words.
std::string panic_name(const u256& panic) {
    if (panic == 0x00u) return "generic panic";
    if (panic == 0x01u) return "assert(false)";
    if (panic == 0x11u) return "arithmetic underflow or overflow";
    if (panic == 0x12u) return "division or modulo by zero";
    if (panic == 0x21u) return "enum overflow";
    if (panic == 0x22u) return "invalid encoded storage byte array accessed";
    if (panic == 0x31u) return "out-of-bounds array access; popping on an empty array";
    if (panic == 0x32u) return "out-of-bounds access of an array or bytesN";
    if (panic == 0x41u) return "out of memory";
    if (panic == 0x51u) return "uninitialized function";
    return "unknown panic code: " + to_quantity(panic);
}

}  // namespace

std::optional<std::string> revert_reason(BytesView output) {
    if (output.size() < Selector::size) return std::nullopt;
    const BytesView arguments = output.subspan(Selector::size);
    const auto selector = Selector::from(output.first(Selector::size));
    if (selector == error_selector) return abi::decode_one<std::string>(arguments);
    if (selector != panic_selector) return std::nullopt;
    const auto panic = abi::decode_one<u256>(arguments);
    return panic ? std::optional(panic_name(*panic)) : std::nullopt;
}

std::string revert_message(BytesView output) {
    const auto text = revert_reason(output);
    return text ? "execution reverted: " + *text : "execution reverted";
}

RpcError error_of(const CallResult& result) {
    if (result.status == Status::revert)
        return {code::reverted, revert_message(result.output), hex_data(result.output)};
    return {code::server_error, std::string(name_of(result.status))};
}

}  // namespace plume::rpc
