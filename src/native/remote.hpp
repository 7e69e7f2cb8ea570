// Typed calls to other contracts, native or bytecode: contracts speak to one another by ABI only.
//
//   using BalanceOf = Remote<"balanceOf(address owner) view returns (uint256)", u256, Address>;
//   const u256 held = BalanceOf::read(*this, token, self());
#pragma once

#include "native/contract.hpp"

namespace plume {

/// The address has no code, or answered with something that is not what its interface promises.
using InvalidAnswer =
    CustomError<"InvalidAnswer(address target, bytes4 selector)", Address, Selector>;

namespace detail {

/// What a function returned; several values come as a std::tuple.
template <class Return>
struct Returned {
    static std::optional<Return> decode(BytesView data) { return abi::decode_one<Return>(data); }
};
template <class... T>
struct Returned<std::tuple<T...>> {
    static std::optional<std::tuple<T...>> decode(BytesView data) {
        return abi::decode<T...>(data);
    }
};

}  // namespace detail

/// A function of another contract: its text, what it returns, what it takes.
template <FixedText text, class Return, class... T>
struct Remote {
    static_assert(detail::takes<text, T...>(), "the text's parameters are not these C++ types");
    static_assert(detail::parse_signature(text.view()).outputs.view() ==
                  detail::ReturnName<Return>::get().view());
    static constexpr Selector selector = detail::selector_of(detail::signature_hash<text>());
    static constexpr bool is_view =
        detail::parse_signature(text.view()).mutability == Mutability::view;

    static Bytes calldata(const T&... arguments) {
        return abi::encode_call(selector, arguments...);
    }

    /// Asks without letting the callee write. A refusal becomes ours.
    static Return read(const Contract& caller, const Address& target, const T&... arguments)
        requires(is_view)
    {
        return settle(caller, target, caller.static_call(target, calldata(arguments...)));
    }

    /// Calls. A refusal becomes ours.
    static Return call(Contract& caller, const Address& target, const T&... arguments)
        requires(!is_view)
    {
        return settle(caller, target, caller.call(target, calldata(arguments...)));
    }

private:
    static Return settle(const Contract& caller, const Address& target, Answer answer) {
        if (!answer.success) throw Revert{std::move(answer.data)};
        if constexpr (std::is_void_v<Return>) {
            caller.require(!answer.data.empty() || caller.has_code(target),
                           InvalidAnswer{target, selector});
        } else {
            auto value = detail::Returned<Return>::decode(answer.data);
            caller.require(value.has_value(), InvalidAnswer{target, selector});
            return std::move(*value);
        }
    }
};

/// ERC-20 as a caller has to take it: tokens that return nothing count as true (the older ones do),
/// but an answer of false, another word, or an address without code is a failure. Sources: ERC-20;
/// weird-erc20 for what occurs.
namespace erc20 {

using BalanceOf = Remote<"balanceOf(address owner) view returns (uint256)", u256, Address>;
using Allowance = Remote<"allowance(address owner, address spender) view returns (uint256)", u256,
                         Address, Address>;
using Decimals = Remote<"decimals() view returns (uint8)", uint8_t>;
using Permit = Remote<
    "permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, "
    "bytes32 r, bytes32 s)",
    void, Address, Address, u256, u256, uint8_t, Hash, Hash>;

using SafeERC20FailedOperation = CustomError<"SafeERC20FailedOperation(address token)", Address>;

/// Sends from the caller's own balance with at most `gas_max`; false when the token refuses.
bool try_transfer(Contract& caller, const Address& token, const Address& to, const u256& amount,
                  uint64_t gas_max = ~0ull);
/// Lets `spender` take up to `amount` of the caller's. Refused when the token refuses.
void approve(Contract& caller, const Address& token, const Address& spender, const u256& amount);
/// Lets `spender` take `amount` from the caller; false when the token refuses.
bool try_approve(Contract& caller, const Address& token, const Address& spender,
                 const u256& amount);
/// Takes from `from`, who has approved it, and returns by how much the caller's balance grew.
u256 pull(Contract& caller, const Address& token, const Address& from, const u256& amount);

}  // namespace erc20

}  // namespace plume
