// A world at one moment, to return to: what a search does that tries every next step from where it
// stands.
#pragma once

#include <algorithm>

#include "support/world.hpp"

namespace plume::test {

/// Accounts, storage, code and block of a world between two transactions. It is written back as a
/// transaction of its own: only what differs by then. What derived worlds remember beside the state
/// stays as it is.
class Snapshot {
public:
    explicit Snapshot(World& world) : block_(world.block()), accounts_(world.state().seen()) {}

    void restore(World& world) const {
        State& state = world.state();
        state.begin_transaction();
        auto saved = accounts_.begin();
        // Both are sorted, and an account that was seen once is always.
        for (const AccountChange& now : state.seen()) {
            const bool is_known = saved != accounts_.end() && saved->address == now.address;
            restore(state, now, is_known ? &*saved : nullptr);
            if (is_known) ++saved;
        }
        state.end_transaction();
        world.block() = block_;
    }

    /// Equal for worlds that are alike to every contract: what is there, whatever was looked at,
    /// and the block. Different worlds have the same one as rarely as 64 bits allow.
    uint64_t digest() const {
        Digest out;
        out.add(block_.number);
        out.add(block_.timestamp);
        for (const AccountChange& account : accounts_) {
            if (!account.after) continue;
            out.add(to_u256(account.address));
            out.add(account.after->nonce);
            out.add(account.after->balance);
            out.add(to_u256(account.after->code_hash));
            for (const SlotChange& slot : account.slots) {
                if (slot.after.is_zero()) continue;
                out.add(slot.slot);
                out.add(slot.after);
            }
        }
        return out.sum;
    }

private:
    struct Digest {
        uint64_t sum = 1;
        void add(uint64_t word) {
            sum = (sum ^ word) * 0x9e3779b97f4a7c15;
            sum ^= sum >> 29;
        }
        void add(const u256& value) {
            for (const uint64_t word : value.words) add(word);
        }
    };
    static void restore(State& state, const AccountChange& now, const AccountChange* saved) {
        auto old =
            saved == nullptr ? std::vector<SlotChange>::const_iterator{} : saved->slots.begin();
        for (const SlotChange& slot : now.slots) {
            const bool is_known =
                saved != nullptr && old != saved->slots.end() && old->slot == slot.slot;
            const u256 value = is_known ? old->after : u256{};
            if (is_known) ++old;
            if (value != slot.after) state.store(now.address, slot.slot, value);
        }
        const std::optional<AccountFields> fields = saved == nullptr ? std::nullopt : saved->after;
        if (fields == now.after) return;
        const AccountFields was = fields.value_or(AccountFields{});
        // One that did not exist is left empty, and so goes with the transaction (EIP-161).
        if (was.code_hash != state.code_hash(now.address))
            state.set_code(now.address, state.code_called(was.code_hash));
        state.set_nonce(now.address, was.nonce);
        state.set_balance(now.address, was.balance);
    }

    BlockEnvironment block_;
    std::vector<AccountChange> accounts_;
};

/// Found by the name of its argument's namespace; see support/model.hpp.
inline Snapshot snapshot_of(World& world) {
    return Snapshot(world);
}

}  // namespace plume::test
