// The world while a block runs: what was read, what was written, and how to undo it.
#pragma once

#include <unordered_map>
#include <variant>
#include <vector>

#include "state/view.hpp"
#include "types/block.hpp"

namespace plume {

namespace detail {

struct SlotState {
    u256 before;    ///< in the view
    u256 original;  ///< when transaction `transaction` began
    u256 current;
    uint32_t transaction = 0;  ///< the last one to look here
    uint32_t warm = 0;         ///< the last one to warm it up
};
/// Everything about an account but its storage; an undo keeps the whole of it, so that no part can
/// be forgotten.
struct AccountCore {
    AccountFields fields;
    bool exists = false;
    bool wiped = false;  ///< deleted once in this block: what the view has in storage is gone
    // The last transaction in which it was
    uint32_t touched = 0;
    uint32_t warm = 0;
    uint32_t created = 0;    ///< made a contract
    uint32_t destroyed = 0;  ///< marked for deletion
};
struct AccountState {
    std::optional<AccountFields> before;
    AccountCore core;
    std::unordered_map<u256, SlotState> slots;
};
struct AccountUndo {
    AccountState* account;
    AccountCore core;
};
struct SlotUndo {
    SlotState* slot;
    SlotState content;
};
struct TransientUndo {
    u256 slot;
    u256 value;
};
/// Where in the journal an undo belongs to, for `written`.
struct Undo {
    Address address;
    bool is_write;  ///< warming up is undone too, but it is no write
    std::variant<AccountUndo, SlotUndo, TransientUndo> content;
};

}  // namespace detail

/// A StateView and what this block did to it. Every write first notes how to undo it, so that a
/// failing call can be rolled back whatever ran inside it. One thread.
///
/// A block is a row of transactions: `begin_transaction` starts one with cold access sets
/// (EIP-2929), empty transient storage (EIP-1153), no logs and no refund; `end_transaction` makes
/// its effects final.
class State {
public:
    explicit State(const StateView& view) : view_(view) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    // Accounts. An account that does not exist reads as empty and comes into being when it is
    // written.
    bool exists(const Address& address) { return find(address).core.exists; }
    AccountFields account(const Address& address) { return find(address).core.fields; }
    u256 balance(const Address& address) { return find(address).core.fields.balance; }
    uint64_t nonce(const Address& address) { return find(address).core.fields.nonce; }
    Hash code_hash(const Address& address) { return find(address).core.fields.code_hash; }
    /// The code of an account; valid as long as the State lives.
    BytesView code(const Address& address);
    /// Whether a contract may be created here: no nonce, no code, no storage (EIP-684, EIP-7610).
    bool is_vacant(const Address& address);

    void set_balance(const Address& address, const u256& balance);
    void set_nonce(const Address& address, uint64_t nonce);
    void set_code(const Address& address, Bytes code);
    /// EIP-161: an account that is touched and empty when the transaction ends is deleted.
    void touch(const Address& address);
    /// Notes that this transaction makes a contract of the account, with the nonce of EIP-161.
    void create(const Address& address);
    bool is_created(const Address& address) { return find(address).core.created == transaction_; }
    /// The account is deleted with all it has when the transaction ends.
    void destroy(const Address& address);
    /// Moves wei. The caller has made sure that `from` has them.
    void transfer(const Address& from, const Address& to, const u256& amount);

    // Storage.
    u256 load(const Address& address, const u256& slot);
    /// The value when the transaction began (EIP-2200).
    u256 original(const Address& address, const u256& slot);
    void store(const Address& address, const u256& slot, const u256& value);
    /// What only this transaction remembers (EIP-1153).
    u256 load_transient(const Address& address, const u256& slot) const;
    void store_transient(const Address& address, const u256& slot, const u256& value);

    // What a transaction has touched. Both return whether this is the first time: "cold".
    bool warm_up(const Address& address);
    bool warm_up(const Address& address, const u256& slot);
    struct Access {
        u256 value;
        bool was_cold;
    };
    /// `warm_up` and `load` in one look.
    Access access(const Address& address, const u256& slot);

    void emit(Log log) { logs_.push_back(std::move(log)); }
    const std::vector<Log>& logs() const { return logs_; }
    void add_refund(int64_t gas) { refund_ += gas; }
    int64_t refund() const { return refund_; }

    /// A point to return to.
    struct Mark {
        size_t journal;
        size_t logs;
        int64_t refund;
    };
    Mark mark() const { return {journal_.size(), logs_.size(), refund_}; }
    /// Undoes every write, log, refund and warming since `mark`, newest first. Marks nest; a later
    /// mark becomes invalid.
    void rollback(const Mark& mark);

    void begin_transaction();
    /// Deletes what was destroyed and the touched empty accounts (EIP-161). Nothing before it can
    /// be rolled back any more.
    void end_transaction();
    /// The accounts this transaction wrote to so far, sorted, each once: fields, code or storage.
    std::vector<Address> written() const;

    /// All that was looked at, changed or not, sorted by address and slot.
    std::vector<AccountChange> seen() const;
    /// The code with this hash, which an account has here or has in the view.
    Bytes code_called(const Hash& code_hash) const;

    /// All that changed against the view, sorted by address and slot. The State is used up.
    Changes take();

private:
    using Slot = detail::SlotState;
    using Account = detail::AccountState;
    using Core = detail::AccountCore;

    Account& find(const Address& address);
    Slot& find(const Address& address, Account& account, const u256& slot);
    /// The account, noted for undoing, touched and in existence.
    Account& write(const Address& address);
    void remember(const Address& address, Account& account, bool is_write);
    void remember(const Address& address, Slot& slot, bool is_write);
    bool warm_up(const Address& address, Slot& slot);
    void undo(detail::Undo& undo);

    struct TransientKey {
        Address address;
        u256 slot;
        friend bool operator==(const TransientKey&, const TransientKey&) = default;
    };
    struct TransientHash {
        size_t operator()(const TransientKey& key) const noexcept {
            return std::hash<Address>{}(key.address) ^ std::hash<u256>{}(key.slot);
        }
    };

    const StateView& view_;
    std::unordered_map<Address, Account> accounts_;
    /// The account found last: calls ask for the same one many times over.
    std::pair<const Address, Account>* last_found_ = nullptr;
    std::unordered_map<TransientKey, u256, TransientHash> transient_;
    std::unordered_map<Hash, Bytes> codes_;
    std::vector<detail::Undo> journal_;
    std::vector<Log> logs_;
    int64_t refund_ = 0;
    uint32_t transaction_ = 1;
};

}  // namespace plume
