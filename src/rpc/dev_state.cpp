// anvil_, hardhat_: accounts, the next block and the pool of a development chain, changed by hand.

#include <algorithm>

#include "evm/gas.hpp"
#include "rpc/dev.hpp"
#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

Development& development(const Ask& ask) {
    return ask.services().dev->development;
}

Json edit(Ask& ask, AccountEdit edit) {
    or_throw(development(ask).edit({{ask[0].address(), std::move(edit)}}));
    return nullptr;
}

Json set_balance(Ask& ask) {
    return edit(ask, {.balance = ask[1].quantity()});
}

Json add_balance(Ask& ask) {
    const Address address = ask[0].address();
    const auto account = ask.chain().head()->account(address);
    const auto [sum, overflow] =
        overflowing_add(account ? account->balance : u256{}, ask[1].quantity());
    return edit(ask, {.balance = overflow ? u256_max : sum});
}

Json set_code(Ask& ask) {
    Bytes code = ask[1].data();
    if (code.size() > code_size_max)
        ask[1].refuse("a contract has at most " + std::to_string(code_size_max) + " bytes");
    return edit(ask, {.code = std::move(code)});
}

Json set_nonce(Ask& ask) {
    return edit(ask, {.nonce = ask[1].lenient_number()});
}

Json set_storage_at(Ask& ask) {
    AccountEdit change;
    change.slots[ask[1].slot()] = ask[2].slot();
    edit(ask, std::move(change));
    return true;
}

Json set_coinbase(Ask& ask) {
    or_throw(development(ask).set_next({.coinbase = ask[0].address()}));
    return nullptr;
}

Json set_next_block_base_fee(Ask& ask) {
    or_throw(development(ask).set_next({.base_fee = ask[0].quantity()}));
    return nullptr;
}

Json set_prev_randao(Ask& ask) {
    or_throw(development(ask).set_next({.prev_randao = Hash(to_word(ask[0].slot()))}));
    return nullptr;
}

Json set_block_gas_limit(Ask& ask) {
    const uint64_t limit = ask[0].lenient_number();
    if (limit < gas_limit_min)
        ask[0].refuse("a block's gas limit is " + std::to_string(gas_limit_min) + " at least");
    or_throw(development(ask).set_next({.gas_limit = limit}));
    return true;
}

Json set_min_gas_price(Ask&) {
    throw RpcError{code::server_error,
                   "there is no minimal gas price with EIP-1559; set the next block's base fee "
                   "(anvil_setNextBlockBaseFeePerGas)"};
}

Json set_chain_id(Ask& ask) {
    if (ask[0].lenient_number() == ask.chain().rules().chain_id) return nullptr;
    throw RpcError{code::server_error,
                   "a chain keeps its id: start another one with plume dev --chain-id"};
}

Json impersonate(Ask& ask) {
    if (!development(ask).impersonate(ask[0].address(), true))
        throw RpcError{code::limit_exceeded, "at most " +
                                                 std::to_string(Development::impersonated_max) +
                                                 " accounts can be impersonated at once"};
    return nullptr;
}

Json stop_impersonating(Ask& ask) {
    development(ask).impersonate(ask[0].address(), false);
    return nullptr;
}

Json auto_impersonate(Ask& ask) {
    development(ask).impersonate_all(ask[0].boolean());
    return nullptr;
}

Json drop_transaction(Ask& ask) {
    const Hash hash = ask[0].hash();
    if (ask.chain().pool().find(hash) == nullptr) return nullptr;
    or_throw(development(ask).drop(hash));
    return hex_data(hash);
}

/// The same, answered as Hardhat does: whether it waited.
Json drop_as_hardhat(Ask& ask) {
    return !drop_transaction(ask).is_null();
}

Json drop_all_transactions(Ask& ask) {
    or_throw(development(ask).drop_all());
    return nullptr;
}

Json remove_pool_transactions(Ask& ask) {
    or_throw(development(ask).drop_of(ask[0].address()));
    return nullptr;
}

constexpr Method methods[] = {
    {"anvil_setBalance", set_balance, 2},
    {"hardhat_setBalance", set_balance, 2},
    {"anvil_addBalance", add_balance, 2},
    {"hardhat_addBalance", add_balance, 2},
    {"anvil_setCode", set_code, 2},
    {"hardhat_setCode", set_code, 2},
    {"anvil_setNonce", set_nonce, 2},
    {"hardhat_setNonce", set_nonce, 2},
    {"evm_setAccountNonce", set_nonce, 2},
    {"anvil_setStorageAt", set_storage_at, 3},
    {"hardhat_setStorageAt", set_storage_at, 3},
    {"anvil_setCoinbase", set_coinbase, 1},
    {"hardhat_setCoinbase", set_coinbase, 1},
    {"anvil_setNextBlockBaseFeePerGas", set_next_block_base_fee, 1},
    {"hardhat_setNextBlockBaseFeePerGas", set_next_block_base_fee, 1},
    {"hardhat_setPrevRandao", set_prev_randao, 1},
    {"anvil_setBlockGasLimit", set_block_gas_limit, 1},
    {"evm_setBlockGasLimit", set_block_gas_limit, 1},
    {"anvil_setMinGasPrice", set_min_gas_price, 1},
    {"hardhat_setMinGasPrice", set_min_gas_price, 1},
    {"anvil_setChainId", set_chain_id, 1},
    {"anvil_impersonateAccount", impersonate, 1},
    {"hardhat_impersonateAccount", impersonate, 1},
    {"anvil_stopImpersonatingAccount", stop_impersonating, 1},
    {"hardhat_stopImpersonatingAccount", stop_impersonating, 1},
    {"anvil_autoImpersonateAccount", auto_impersonate, 1},
    {"hardhat_autoImpersonateAccount", auto_impersonate, 1},
    {"anvil_dropTransaction", drop_transaction, 1},
    {"hardhat_dropTransaction", drop_as_hardhat, 1},
    {"anvil_dropAllTransactions", drop_all_transactions, 0},
    {"hardhat_dropAllTransactions", drop_all_transactions, 0},
    {"anvil_removePoolTransactions", remove_pool_transactions, 1},
    {"hardhat_removePoolTransactions", remove_pool_transactions, 1},
};

}  // namespace

std::span<const Method> dev_state_methods() {
    return methods;
}

}  // namespace plume::rpc
