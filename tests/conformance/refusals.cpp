#include "conformance/refusals.hpp"

#include <algorithm>
#include <vector>

namespace plume::conformance {

namespace {

/// A name of ethereum/execution-spec-tests without "TransactionException.", and how the refusals
/// begin that it stands for.
struct Equivalence {
    std::string_view name;
    std::vector<std::string_view> refusals;
};

constexpr std::string_view encoding = "rlp: ";
constexpr std::string_view signature = "invalid transaction v, r, s values";
constexpr std::string_view too_short = "typed transaction too short";
constexpr std::string_view type = "transaction type not supported";
constexpr std::string_view chain = "invalid chain id";
constexpr std::string_view nonce_max = "nonce has max value";
constexpr std::string_view nonce_low = "nonce too low";
constexpr std::string_view nonce_high = "nonce too high";
constexpr std::string_view funds = "insufficient funds";
constexpr std::string_view intrinsic = "intrinsic gas too low";
constexpr std::string_view floor = "insufficient gas for floor data gas cost";
constexpr std::string_view init_code = "max initcode size exceeded";
constexpr std::string_view block_gas = "exceeds block gas limit";
constexpr std::string_view gas_cap = "transaction gas limit too high";
constexpr std::string_view base_fee = "max fee per gas less than block base fee";
constexpr std::string_view tip = "max priority fee per gas higher than max fee per gas";
constexpr std::string_view blob_fee = "max fee per blob gas less than block blob gas fee";
constexpr std::string_view blob_count = "too many blobs";
constexpr std::string_view blob_none = "blob transaction missing blob hashes";
constexpr std::string_view blob_version = "blob has invalid hash version";
constexpr std::string_view creates = "a transaction of this type must not create a contract";
constexpr std::string_view no_wishes = "EIP-7702 transaction with empty auth list";

const std::vector<Equivalence>& table() {
    static const std::vector<Equivalence> all{
        // What the sender's account and the block's prices say, in an order of its own everywhere.
        {"INSUFFICIENT_ACCOUNT_FUNDS", {funds}},
        {"GASLIMIT_PRICE_PRODUCT_OVERFLOW", {funds}},
        {"SENDER_NOT_EOA", {"sender not an eoa"}},
        {"NONCE_MISMATCH_TOO_LOW", {nonce_low}},
        {"NONCE_MISMATCH_TOO_HIGH", {nonce_high}},
        {"INSUFFICIENT_MAX_FEE_PER_GAS", {base_fee}},
        {"INSUFFICIENT_MAX_FEE_PER_BLOB_GAS", {blob_fee}},
        // Rules of gas. The floor is the intrinsic price of calldata by another rule, and the cap
        // of EIP-7825 can be above or below the block's limit.
        {"INTRINSIC_GAS_TOO_LOW", {intrinsic, floor}},
        {"INTRINSIC_GAS_BELOW_FLOOR_GAS_COST", {intrinsic, floor}},
        {"GAS_ALLOWANCE_EXCEEDED", {block_gas, gas_cap}},
        {"GAS_LIMIT_EXCEEDS_MAXIMUM", {block_gas, gas_cap}},
        {"INITCODE_SIZE_EXCEEDED", {init_code}},
        {"PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS", {tip}},
        {"PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2", {tip}},
        // Types. A block has room for so many blobs, and a transaction may have so many: one number
        // before Osaka.
        {"TYPE_NOT_SUPPORTED", {type, encoding, too_short}},
        {"TYPE_1_TX_PRE_FORK", {type}},
        {"TYPE_2_TX_PRE_FORK", {type}},
        {"TYPE_3_TX_PRE_FORK", {type}},
        {"TYPE_3_TX_ZERO_BLOBS_PRE_FORK", {type, blob_none}},
        {"TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH", {blob_version}},
        {"TYPE_3_TX_WITH_FULL_BLOBS", {encoding}},
        {"TYPE_3_TX_BLOB_COUNT_EXCEEDED", {blob_count}},
        {"TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED", {blob_count}},
        {"TYPE_3_TX_CONTRACT_CREATION", {creates, encoding}},
        {"TYPE_3_TX_ZERO_BLOBS", {blob_none}},
        {"TYPE_4_EMPTY_AUTHORIZATION_LIST", {no_wishes}},
        {"TYPE_4_INVALID_AUTHORITY_SIGNATURE", {encoding}},
        {"TYPE_4_INVALID_AUTHORITY_SIGNATURE_S_TOO_HIGH", {encoding}},
        {"TYPE_4_INVALID_AUTHORIZATION_FORMAT", {encoding}},
        {"TYPE_4_TX_CONTRACT_CREATION", {creates, encoding}},
        {"TYPE_4_TX_PRE_FORK", {type}},
        // Fields that are too large for what they hold, or no number at all.
        {"NONCE_TOO_BIG", {nonce_max}},
        {"NONCE_IS_MAX", {nonce_max}},
        {"NONCE_OVERFLOW", {encoding}},
        {"GASLIMIT_OVERFLOW", {encoding}},
        {"VALUE_OVERFLOW", {encoding}},
        {"GASPRICE_OVERFLOW", {encoding}},
        {"PRIORITY_OVERFLOW", {encoding}},
        {"ADDRESS_TOO_SHORT", {encoding}},
        {"ADDRESS_TOO_LONG", {encoding}},
        // Signatures. v holds the parity and the chain; one that fits neither is one or the other.
        {"INVALID_CHAINID", {chain, signature, encoding}},
        {"INVALID_SIGNATURE_VRS", {signature, encoding}},
        {"EC_RECOVERY_FAIL", {signature}},
    };
    return all;
}

/// Every name of a broken encoding begins like this. In a legacy transaction the first byte, and in
/// any the signature's fields, are broken in words of their own.
constexpr std::string_view encoding_names = "RLP_";
const std::vector<std::string_view>& encoding_refusals() {
    static const std::vector<std::string_view> all{encoding, signature, type, too_short};
    return all;
}

bool allows(std::string_view name, std::string_view refusal) {
    const auto begins = [refusal](std::string_view words) { return refusal.starts_with(words); };
    name.remove_prefix(std::min(name.size(), name.find('.') + 1));
    if (name.starts_with(encoding_names)) return std::ranges::any_of(encoding_refusals(), begins);
    const auto found = std::ranges::find(table(), name, &Equivalence::name);
    return found == table().end() || std::ranges::any_of(found->refusals, begins);
}

}  // namespace

bool is_expected_refusal(std::string_view names, std::string_view refusal) {
    while (true) {
        const size_t end = std::min(names.find('|'), names.size());
        if (allows(names.substr(0, end), refusal)) return true;
        if (end == names.size()) return false;
        names.remove_prefix(end + 1);
    }
}

}  // namespace plume::conformance
