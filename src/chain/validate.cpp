#include "chain/validate.hpp"

#include <string>

#include "evm/gas.hpp"

namespace plume {

namespace {

Error refuse(std::string what) {
    return {.what = std::move(what)};
}

Error too_little_gas(std::string_view geth_words, uint64_t gas, uint64_t needed) {
    return refuse(std::string(geth_words) + ": gas " + std::to_string(gas) + ", minimum needed " +
                  std::to_string(needed));
}

}  // namespace

std::optional<u256> most_cost(const Transaction& transaction) {
    const auto [fee, too_high] =
        overflowing_mul(u256{transaction.gas_limit}, transaction.max_fee_per_gas);
    const auto [cost, too_much] = overflowing_add(fee, transaction.value);
    if (too_high || too_much) return std::nullopt;
    return cost;
}

Result<void> validate_call(const Transaction& transaction) {
    if (!transaction.to)
        return refuse(
            "contract creation is not supported by this version: only native contracts run");
    if (transaction.max_priority_fee_per_gas > transaction.max_fee_per_gas)
        return refuse(
            "max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas " +
            to_decimal(transaction.max_priority_fee_per_gas) + ", maxFeePerGas " +
            to_decimal(transaction.max_fee_per_gas));
    const IntrinsicGas intrinsic = intrinsic_gas(transaction);
    if (transaction.gas_limit < intrinsic.standard)
        return too_little_gas("intrinsic gas too low", transaction.gas_limit, intrinsic.standard);
    if (transaction.gas_limit < intrinsic.floor)
        return too_little_gas("insufficient gas for floor data gas cost", transaction.gas_limit,
                              intrinsic.floor);
    return {};
}

Result<void> validate_funds(const Transaction& transaction, const u256& balance,
                            const u256& base_fee) {
    if (transaction.max_fee_per_gas < base_fee)
        return refuse("max fee per gas less than block base fee: maxFeePerGas " +
                      to_decimal(transaction.max_fee_per_gas) + ", baseFee " +
                      to_decimal(base_fee));
    const std::optional<u256> cost = most_cost(transaction);
    if (!cost || *cost > balance)
        return refuse("insufficient funds for gas * price + value: balance " + to_decimal(balance) +
                      ", tx cost " + (cost ? to_decimal(*cost) : std::string("2^256 or more")));
    return {};
}

Result<void> validate(const SignedTransaction& transaction, uint64_t chain_id,
                      uint64_t block_gas_limit) {
    const Transaction& fields = transaction.fields;
    if (fields.type > TransactionType::dynamic_fee)
        return refuse("transaction type not supported: this version runs types 0, 1 and 2");
    if (transaction.raw.size() > transaction_size_max)
        return refuse("oversized data: transaction size " + std::to_string(transaction.raw.size()) +
                      ", limit " + std::to_string(transaction_size_max));
    if (!fields.chain_id)
        return refuse("only replay-protected (EIP-155) transactions allowed over RPC");
    if (*fields.chain_id != chain_id)
        return refuse("invalid chain id for signer: have " + std::to_string(*fields.chain_id) +
                      " want " + std::to_string(chain_id));
    if (fields.nonce == ~uint64_t{0}) return refuse("nonce has max value: 18446744073709551615");
    if (fields.gas_limit > block_gas_limit)
        return refuse("exceeds block gas limit: gas " + std::to_string(fields.gas_limit) +
                      ", limit " + std::to_string(block_gas_limit));
    if (fields.gas_limit > gas::transaction_max)
        return refuse(
            "transaction gas limit too high (cap: " + std::to_string(gas::transaction_max) +
            ", tx: " + std::to_string(fields.gas_limit) + ")");
    return validate_call(fields);
}

Result<void> validate_against(const SignedTransaction& transaction, const AccountFields& sender,
                              const u256& base_fee) {
    if (sender.has_code())
        return refuse("sender not an eoa: address " + to_hex(transaction.sender));
    if (transaction.fields.nonce < sender.nonce)
        return refuse("nonce too low: next nonce " + std::to_string(sender.nonce) + ", tx nonce " +
                      std::to_string(transaction.fields.nonce));
    return validate_funds(transaction.fields, sender.balance, base_fee);
}

}  // namespace plume
