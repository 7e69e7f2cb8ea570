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

Error beyond_cap(std::string_view what, std::string_view cap_name, const u256& cap,
                 std::string_view fee_name, const u256& fee) {
    return refuse(std::string(what) + ": " + std::string(cap_name) + " " + to_decimal(cap) + ", " +
                  std::string(fee_name) + " " + to_decimal(fee));
}

/// EIP-7594, from Osaka on.
constexpr size_t blobs_per_transaction_max = 6;
/// EIP-4844: the first byte of a blob's hash.
constexpr uint8_t blob_hash_version = 1;

Result<void> validate_blobs(const Transaction& transaction, const BlockEnvironment& block) {
    const auto& hashes = transaction.blob_hashes;
    if (!transaction.to) return refuse("blob transaction of type create");
    if (hashes.empty()) return refuse("blob transaction missing blob hashes");
    const bool is_capped = block.revision >= Revision::osaka;
    const size_t most = is_capped ? std::min(blobs_per_transaction_max, block.blob_count_max)
                                  : block.blob_count_max;
    if (hashes.size() > most)
        return refuse("too many blobs in transaction: have " + std::to_string(hashes.size()) +
                      ", permitted " + std::to_string(most));
    for (const Hash& hash : hashes)
        if (hash[0] != blob_hash_version)
            return refuse("blob has invalid hash version: " + to_hex(hash));
    return {};
}

Result<void> validate_type(const Transaction& transaction, const BlockEnvironment& block) {
    if (transaction.type == TransactionType::blob) return validate_blobs(transaction, block);
    if (transaction.type == TransactionType::system)
        return refuse("transaction type not supported: only the chain itself makes one of these");
    if (transaction.type != TransactionType::set_code) return {};
    if (block.revision < Revision::prague) return refuse("transaction type not supported");
    if (!transaction.to) return refuse("EIP-7702 transaction cannot be used to create contract");
    if (transaction.authorizations.empty())
        return refuse("EIP-7702 transaction with empty auth list");
    return {};
}

}  // namespace

std::optional<u256> most_cost(const Transaction& transaction) {
    const auto [fee, too_high] =
        overflowing_mul(u256{transaction.gas_limit}, transaction.max_fee_per_gas);
    const auto [blob_fee, too_many] = overflowing_mul(
        u256{gas::blob * transaction.blob_hashes.size()}, transaction.max_fee_per_blob_gas);
    const auto [fees, too_large] = overflowing_add(fee, blob_fee);
    const auto [cost, too_much] = overflowing_add(fees, transaction.value);
    if (too_high || too_many || too_large || too_much) return std::nullopt;
    return cost;
}

Result<void> validate_call(const Transaction& transaction, const BlockEnvironment& block) {
    if (auto valid = validate_type(transaction, block); !valid) return valid;
    if (transaction.max_priority_fee_per_gas > transaction.max_fee_per_gas)
        return beyond_cap("max priority fee per gas higher than max fee per gas",
                          "maxPriorityFeePerGas", transaction.max_priority_fee_per_gas,
                          "maxFeePerGas", transaction.max_fee_per_gas);
    if (!transaction.to && transaction.data.size() > init_code_size_max)
        return refuse("max initcode size exceeded: code size " +
                      std::to_string(transaction.data.size()) + " limit " +
                      std::to_string(init_code_size_max));
    const IntrinsicGas intrinsic = intrinsic_gas(transaction, block.revision);
    if (transaction.gas_limit < intrinsic.standard)
        return too_little_gas("intrinsic gas too low", transaction.gas_limit, intrinsic.standard);
    if (transaction.gas_limit < intrinsic.floor)
        return too_little_gas("insufficient gas for floor data gas cost", transaction.gas_limit,
                              intrinsic.floor);
    return {};
}

Result<void> validate_funds(const Transaction& transaction, const u256& balance,
                            const BlockEnvironment& block) {
    if (transaction.max_fee_per_gas < block.base_fee)
        return beyond_cap("max fee per gas less than block base fee", "maxFeePerGas",
                          transaction.max_fee_per_gas, "baseFee", block.base_fee);
    if (transaction.type == TransactionType::blob &&
        transaction.max_fee_per_blob_gas < block.blob_base_fee)
        return beyond_cap("max fee per blob gas less than block blob gas fee", "maxFeePerBlobGas",
                          transaction.max_fee_per_blob_gas, "blobBaseFee", block.blob_base_fee);
    const std::optional<u256> cost = most_cost(transaction);
    if (!cost || *cost > balance)
        return refuse("insufficient funds for gas * price + value: balance " + to_decimal(balance) +
                      ", tx cost " +
                      (cost ? to_decimal(*cost) + ", overshot " + to_decimal(*cost - balance)
                            : std::string("2^256 or more")));
    return {};
}

Result<void> validate_rules(const Transaction& transaction, const BlockEnvironment& block) {
    if (transaction.chain_id && *transaction.chain_id != block.chain_id)
        return refuse("invalid chain id for signer: have " + std::to_string(*transaction.chain_id) +
                      " want " + std::to_string(block.chain_id));
    if (transaction.nonce == ~uint64_t{0})
        return refuse("nonce has max value: 18446744073709551615");
    if (transaction.gas_limit > block.gas_limit)
        return refuse("exceeds block gas limit: gas " + std::to_string(transaction.gas_limit) +
                      ", limit " + std::to_string(block.gas_limit));
    if (block.revision >= Revision::osaka && transaction.gas_limit > gas::transaction_max)
        return refuse(
            "transaction gas limit too high (cap: " + std::to_string(gas::transaction_max) +
            ", tx: " + std::to_string(transaction.gas_limit) + ")");
    return validate_call(transaction, block);
}

Result<void> validate_account(const Transaction& transaction, const Address& sender,
                              const AccountFields& account, BytesView code,
                              const BlockEnvironment& block) {
    if (account.has_code() && !delegate_of(code))
        return refuse("sender not an eoa: address " + to_hex(sender));
    if (transaction.nonce < account.nonce)
        return refuse("nonce too low: next nonce " + std::to_string(account.nonce) + ", tx nonce " +
                      std::to_string(transaction.nonce));
    return validate_funds(transaction, account.balance, block);
}

Result<void> validate_policy(const SignedTransaction& transaction, bool is_development) {
    if (transaction.is_impersonated && !is_development)
        return refuse("impersonated transactions are for development chains only");
    if (transaction.raw.size() > transaction_size_max)
        return refuse("oversized data: transaction size " + std::to_string(transaction.raw.size()) +
                      ", limit " + std::to_string(transaction_size_max));
    if (!transaction.fields.chain_id)
        return refuse("only replay-protected (EIP-155) transactions allowed over RPC");
    if (transaction.fields.type == TransactionType::blob)
        return refuse(
            "transaction type not supported: this chain has no blobs (EIP-4844), send types 0, 1, "
            "2 "
            "or 4");
    return {};
}

}  // namespace plume
