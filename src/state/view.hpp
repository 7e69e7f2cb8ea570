// What a block reads and what it leaves behind.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/u256.hpp"

namespace plume {

/// keccak256(''): the code hash of an account without code.
extern const Hash empty_code_hash;

/// An account as the trie knows it: σ[a] of the Yellow Paper, (nonce, balance, storageRoot,
/// codeHash).
struct AccountFields {
    uint64_t nonce = 0;
    u256 balance;  ///< wei
    Hash storage_root;
    Hash code_hash;

    /// An account that has never been used, with the roots of nothing.
    AccountFields();

    /// EIP-161: such an account is not kept.
    bool is_empty() const {
        return nonce == 0 && balance.is_zero() && code_hash == empty_code_hash;
    }
    bool has_code() const { return code_hash != empty_code_hash; }

    friend bool operator==(const AccountFields&, const AccountFields&) = default;
};

/// The world before a block: the store's snapshot, memory in tests, or a block's changes laid over
/// another view.
class StateView {
public:
    virtual ~StateView() = default;
    virtual std::optional<AccountFields> account(const Address& address) const = 0;
    /// The word in `slot`; 0 where nothing was ever written.
    virtual u256 storage(const Address& address, const u256& slot) const = 0;
    /// The code with this hash; it must exist, as hashes come from accounts.
    virtual Bytes code(const Hash& code_hash) const = 0;
};

struct SlotChange {
    u256 slot;
    u256 before;
    u256 after;
    Hash key{};  ///< of its entry in the trie; filled in by `update_root`
};

/// What happened to an account. Gone when `after` is absent; then its whole storage is gone too.
struct AccountChange {
    Address address;
    std::optional<AccountFields> before;
    std::optional<AccountFields> after;
    std::vector<SlotChange> slots;  ///< by slot; only those with before != after
    Hash key{};                     ///< of its entry in the trie; filled in by `update_root`
};

struct CodeChange {
    Hash hash;
    Bytes code;
};

/// All that a block, or several in a row, did to the world. Applying it to the view it was made on
/// gives the next.
struct Changes {
    std::vector<AccountChange> accounts;  ///< by address
    /// By hash; code that was set, whether known before or not
    std::vector<CodeChange> codes;
};

}  // namespace plume
