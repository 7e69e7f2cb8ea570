#include "native/remote.hpp"

#include "native/math.hpp"

namespace plume::erc20 {

namespace {

using Transfer = Remote<"transfer(address to, uint256 value) returns (bool)", bool, Address, u256>;
using TransferFrom = Remote<"transferFrom(address from, address to, uint256 value) returns (bool)",
                            bool, Address, Address, u256>;
using Approve =
    Remote<"approve(address spender, uint256 value) returns (bool)", bool, Address, u256>;

bool accepted(const Contract& caller, const Address& token, const Answer& answer) {
    if (!answer.success) return false;
    if (answer.data.empty()) return caller.has_code(token);
    return abi::decode_one<bool>(answer.data).value_or(false);
}

}  // namespace

bool try_transfer(Contract& caller, const Address& token, const Address& to, const u256& amount,
                  uint64_t gas_max) {
    return accepted(caller, token, caller.call(token, Transfer::calldata(to, amount), {}, gas_max));
}

bool try_approve(Contract& caller, const Address& token, const Address& spender,
                 const u256& amount) {
    return accepted(caller, token, caller.call(token, Approve::calldata(spender, amount)));
}

void approve(Contract& caller, const Address& token, const Address& spender, const u256& amount) {
    caller.require(try_approve(caller, token, spender, amount), SafeERC20FailedOperation{token});
}

u256 pull(Contract& caller, const Address& token, const Address& from, const u256& amount) {
    const u256 before = BalanceOf::read(caller, token, caller.self());
    const Answer answer = caller.call(token, TransferFrom::calldata(from, caller.self(), amount));
    if (!answer.success && !answer.data.empty()) throw Revert{answer.data};
    caller.require(accepted(caller, token, answer), SafeERC20FailedOperation{token});
    return checked_sub(BalanceOf::read(caller, token, caller.self()), before);
}

}  // namespace plume::erc20
