// Transactions: the five EIP-2718 envelopes, their bytes, hashes and signers, and a sixth that only
// the chain itself can put into a block.
//
//   legacy    rlp([nonce, gasPrice, gasLimit, to, value, data, v, r, s]), EIP-155
//   0x01 ||   rlp([chainId, nonce, gasPrice, gasLimit, to, value, data, accessList,
//                  yParity, r, s]), EIP-2930
//   0x02 ||   the same with maxPriorityFeePerGas, maxFeePerGas in place of gasPrice, EIP-1559
//   0x03 ||   and maxFeePerBlobGas, blobVersionedHashes behind accessList, EIP-4844
//   0x04 ||   or authorizationList behind accessList, EIP-7702
//   0x70 ||   rlp([chainId, blockNumber, gasLimit, to, data]): a system transaction. It has no
//             signature, is sent by `system_sender`, pays the base fee, and is in a block because
//             the state says so (chain/scheduled.hpp)
//   0x71 ||   rlp([sender, transaction]): an impersonated transaction, which only development
//             chains have. `transaction` is the bytes of one of the first five, of which it keeps
//             the type; the sender did not sign it, and its r and s are 1
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/u256.hpp"
#include "crypto/signature.hpp"

namespace plume {

enum class TransactionType : uint8_t {
    legacy = 0,
    access_list = 1,
    dynamic_fee = 2,
    blob = 3,
    set_code = 4,
    system = 0x70  ///< the "p" of Plume; below 0x80, as EIP-2718 wants it
};

/// The first byte of an impersonated transaction. What is in it keeps its own type.
inline constexpr uint8_t impersonated_prefix = 0x71;

/// Who calls contracts when the protocol itself does (EIP-4788). Nobody has its key.
inline constexpr Address system_sender = [] {
    Address out;
    out.bytes.fill(0xff);
    out.bytes.back() = 0xfe;
    return out;
}();

/// EIP-2930: what a transaction says it will touch.
struct AccessListEntry {
    Address address;
    std::vector<Hash> slots;

    friend bool operator==(const AccessListEntry&, const AccessListEntry&) = default;
};

/// EIP-7702: an account's signed wish to run the code of `address`.
struct Authorization {
    u256 chain_id;  ///< 0 holds on every chain
    Address address;
    uint64_t nonce = 0;
    /// As sent: another value than 0 or 1 makes the tuple invalid, not the transaction.
    uint8_t y_parity = 0;
    u256 r;
    u256 s;

    friend bool operator==(const Authorization&, const Authorization&) = default;
};

/// A transaction's fields, whatever its envelope. Amounts are in wei, fees in wei per gas.
struct Transaction {
    TransactionType type = TransactionType::legacy;
    /// Absent only in a legacy transaction without EIP-155 protection.
    std::optional<uint64_t> chain_id;
    uint64_t nonce = 0;             ///< of a system transaction, the number of its block
    u256 max_priority_fee_per_gas;  ///< equals max_fee_per_gas (the gas price) before EIP-1559
    u256 max_fee_per_gas;
    uint64_t gas_limit = 0;
    std::optional<Address> to;  ///< absent: create a contract
    u256 value;
    Bytes data;
    std::vector<AccessListEntry> access_list;
    u256 max_fee_per_blob_gas;
    std::vector<Hash> blob_hashes;
    std::vector<Authorization> authorizations;
    Signature signature;

    friend bool operator==(const Transaction&, const Transaction&) = default;
};

/// Decodes the canonical bytes ("raw transaction"). Strict: one encoding a transaction, nothing
/// after its end, signature values in range with low s (EIP-2), y parity 0 or 1, no contract
/// creation in types 3 and 4, and a nonce below 2^64 - 1 (EIP-2681). Prices, chain and account are
/// for others to judge. A system transaction is refused: nobody can send one.
Result<Transaction> decode_transaction(BytesView raw);
/// The same for what stands in a block, where there are system transactions, too, and impersonated
/// ones, whose sender this leaves out.
Result<Transaction> decode_included(BytesView raw);

/// The canonical bytes, signature included.
Bytes encode(const Transaction& transaction);

/// What the sender signs: the hash of the envelope without the signature.
Hash signing_hash(const Transaction& transaction);

/// What the authority of an EIP-7702 tuple signs: keccak256(0x05 || rlp([chain_id, address,
/// nonce])).
Hash signing_hash(const Authorization& authorization);

/// A decoded transaction with what is expensive to find out, kept together once it is known.
struct SignedTransaction {
    Transaction fields;
    Bytes raw;
    Hash hash;  ///< keccak256(raw)
    Address sender;
    bool is_impersonated = false;  ///< the sender's word is all there is
};

/// A transaction is shared by the pool, blocks and answers, and never changes.
using TransactionPtr = std::shared_ptr<const SignedTransaction>;

/// Decodes `raw` and recovers its sender: some 35 microseconds, any thread.
Result<TransactionPtr> recover_transaction(Bytes raw);

/// The same for what stands in a block.
Result<TransactionPtr> recover_included(Bytes raw);

/// The system transaction with these fields.
TransactionPtr system_transaction(Transaction fields);

/// The transaction with these fields as if `sender` had signed it.
TransactionPtr impersonated_transaction(Transaction fields, const Address& sender);

/// Whether these are the bytes of an impersonated transaction.
bool is_impersonated(BytesView raw);

/// Signs with `key`: fills in signature, bytes, hash and sender. For clients, tests and benches.
TransactionPtr sign_transaction(Transaction fields, const PrivateKey& key);

/// What one unit of gas costs the sender under `base_fee`: min(max fee, base fee + priority fee).
/// EIP-1559. A system transaction pays the base fee.
u256 effective_gas_price(const Transaction& transaction, const u256& base_fee);

}  // namespace plume
