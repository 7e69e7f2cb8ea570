// Amendments: how a tranche of a milestone vault gets other terms while its money waits.
//
// A part of the vault beside tranches.hpp: free functions that keep their state in the contract's
// own storage, in a namespace of its own (ERC-7201). One amendment is pending at a time; they are
// numbered 1, 2, 3, ...
//
//   proposed ── every payee who still waits, and more than half of the shares, agree ──► accepted
//      └── another is proposed, or `proposal_seconds` are over ──► void           │        │
//   accepted ── all shares that are left agree ──► in force                       │        │
//      └── `acceptance_seconds` are over ──► void ◄────────────────────────────────────────┘
//
// Who agrees does so with the shares that he has then; with shares that he gives away his agreement
// ends, so that none is counted twice. Until an amendment is in force the old terms are.
//
// Invariants:
//   X-9  what agrees is the sum of what everyone agrees with, and nobody agrees with more shares
//        than he has; an amendment is in force only when as many agree as there are shares.
#pragma once

#include "contracts/tranches.hpp"

namespace plume::amendments {

/// How long a proposal waits to be accepted.
inline constexpr uint64_t proposal_seconds = 30ull * 86'400;
/// How long an accepted amendment waits for those who do not agree to leave.
inline constexpr uint64_t acceptance_seconds = 30ull * 86'400;
/// From acceptance on, how long a holder may take to agree before others put him out.
inline constexpr uint64_t notice_seconds = 7ull * 86'400;

enum class Stage : uint8_t { none = 0, proposed = 1, accepted = 2, in_force = 3, void_ = 4 };

using Agreed = Event<"Agreed(uint256 indexed number, address indexed party, uint256 shares)", u256,
                     Address, u256>;

/// The latest amendment.
struct Status {
    uint64_t number = 0;  ///< 0: there was never any
    Stage stage = Stage::none;
    TrancheId tranche{};
    uint64_t until = 0;        ///< the last second of its stage
    uint64_t accepted_at = 0;  ///< 0 before
    u256 agreeing;             ///< shares
};

Status status(const Contract& contract);
/// The terms that the latest amendment would put in force. There must be one.
Tranche terms(const Contract& contract);

/// Puts another in the place of the latest; returns its number.
uint64_t propose(Contract& contract, TrancheId id, const Tranche& terms);
/// Whether somebody has agreed to the latest, and with how many shares.
bool has_agreed(const Contract& contract, const Address& party);
u256 agreed_shares(const Contract& contract, const Address& party);
/// What somebody agrees with from now on; `agrees` is kept for one without shares.
void set_agreement(Contract& contract, const Address& party, bool agrees, const u256& shares);
void accept(Contract& contract);
void put_in_force(Contract& contract);
/// To be told before shares leave an account in which `left` will remain.
void moved(Contract& contract, const Address& from, const u256& left);

/// Whether X-9 holds, with `gained` the accounts whose shares moved in this transaction and
/// `balance_of` what they have now.
template <class Accounts, class BalanceOf>
std::optional<std::string> broken_invariant(const Contract& contract, const Accounts& gained,
                                            const u256& supply, BalanceOf balance_of) {
    const Status now = status(contract);
    const bool is_pending = now.stage == Stage::proposed || now.stage == Stage::accepted;
    if (is_pending && now.agreeing > supply) return "X-9: more shares agree than there are";
    for (const auto& [holder, gain] : gained)
        if (is_pending && agreed_shares(contract, holder) > balance_of(holder))
            return "X-9: " + to_hex(holder) + " agrees with more shares than it has";
    return std::nullopt;
}
/// By how much what agrees has moved in this transaction, modulo 2^256, and what it was before:
/// of the latest amendment, if it was the latest before.
u256 agreeing_before(const Contract& contract);
uint64_t number_before(const Contract& contract);
u256 agreed_shares_before(const Contract& contract, const Address& party);

inline constexpr auto declarations = Declarations<Agreed>{};

}  // namespace plume::amendments
