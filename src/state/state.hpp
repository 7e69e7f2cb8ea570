// The world while a block runs: what was read, what was written, and how to undo it.
#pragma once

#include <array>
#include <unordered_map>
#include <utility>
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
    uint64_t frame = 0;        ///< the last native contract's frame to load or store it
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
    /// The code with the hash `known_code`, once somebody has asked for it.
    const Bytes* code = nullptr;
    Hash known_code;
};
struct AccountUndo {
    AccountState* account;
    AccountCore core;
};
struct SlotUndo {
    SlotState* slot;
    u256 value;
};
/// Of an account or a slot that was warmed up.
struct WarmUndo {
    uint32_t* warm;
    uint32_t before;
};
struct TransientUndo {
    u256 slot;
    u256 value;
};
/// Where in the journal an undo belongs to, for `written`.
struct Undo {
    Address address;
    bool is_write;  ///< warming up is undone too, but it is no write
    std::variant<WarmUndo, SlotUndo, AccountUndo, TransientUndo> content;
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
        u256 original;
        bool was_cold;
        detail::SlotState* place;  ///< for `store`; valid as long as the State lives
    };
    /// `warm_up`, `load` and `original` in one look.
    Access access(const Address& address, const u256& slot);
    /// `store` without another look: where `access` of the same slot has been.
    void store(const Address& address, const Access& access, const u256& value);

    /// A number for a frame that no other frame on this State has.
    uint64_t number_frame() { return ++frames_; }
    /// Notes that the frame has looked here; returns whether it was the last to do so.
    static bool look(const Access& access, uint64_t frame) {
        return std::exchange(access.place->frame, frame) == frame;
    }

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
    /// The accounts this transaction wrote to so far, sorted, each once: fields, code, storage or a
    /// log. Whoever was called is among them: he may have paid without a note in his books.
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

    using Found = std::pair<const Address, Account>;
    struct FoundSlot {
        const Account* account = nullptr;
        std::pair<const u256, Slot>* entry = nullptr;
    };
    static constexpr size_t recent_accounts = 16;
    static constexpr size_t recent_slots = 64;

    Account& find(const Address& address);
    Slot& find(const Address& address, Account& account, const u256& slot);
    /// The account, noted for undoing, touched and in existence.
    Account& write(const Address& address);
    /// Notes that `warm` becomes this transaction; false when it is that already.
    bool warm_up(const Address& address, uint32_t& warm);
    void store(const Address& address, Slot& slot, const u256& value);
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
    /// What was found of late, by some bits of its name: calls ask for the same few accounts and
    /// slots many times over. Nothing is ever taken out of the maps that these point into.
    std::array<Found*, recent_accounts> found_accounts_{};
    std::array<FoundSlot, recent_slots> found_slots_{};
    std::unordered_map<TransientKey, u256, TransientHash> transient_;
    std::unordered_map<Hash, Bytes> codes_;
    std::vector<detail::Undo> journal_;
    std::vector<Log> logs_;
    int64_t refund_ = 0;
    uint32_t transaction_ = 1;
    uint64_t frames_ = 0;
};

}  // namespace plume
