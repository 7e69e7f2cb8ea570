// The amendments of a milestone vault: how those who gave the money and those who are to be paid
// agree on other terms, and how who does not agree leaves with his share.
#include <algorithm>

#include "contracts/vault.hpp"
#include "native/math.hpp"

namespace plume {

namespace {

TrancheId tranche_id(const u256& id) {
    return TrancheId{id.fits_uint64() ? id.low64() : ~uint64_t{0}};
}

bool is_payee(const Tranche& terms, const Address& account) {
    return std::ranges::find(terms.payees, account, &Payee::to) != terms.payees.end();
}

}  // namespace

u256 Vault::propose_amendment(u256 id, Tranche tranche) {
    const Tranche terms = tranches::terms(*this, tranche_id(id));
    require_phase(Phase::active);
    require_unclaimed(id);
    require(is_payee(terms, sender()), NotPayee{id, sender()});
    require(tranche.amount == terms.amount, AmountAmended{tranche.amount, terms.amount});
    tranches::require_valid(*this, tranche, now());
    const amendments::Status last = amendments::status(*this);
    require(last.stage != amendments::Stage::accepted, AmendmentPending{u256{last.number}});
    const u256 number{amendments::propose(*this, tranche_id(id), tranche)};
    emit(AmendmentProposed{number, id, sender(), keccak256(abi::encode(tranche))});
    return number;
}

amendments::Status Vault::require_amendment(const u256& number, bool accepted) const {
    const amendments::Status status = amendments::status(*this);
    require(!number.is_zero() && number == u256{status.number}, UnknownAmendment{number});
    const bool is_proposed = status.stage == amendments::Stage::proposed;
    const bool is_accepted = status.stage == amendments::Stage::accepted;
    require(is_accepted || (is_proposed && !accepted),
            WrongAmendmentStage{number, static_cast<uint8_t>(status.stage)});
    require_phase(Phase::active);
    return status;
}

void Vault::agree(u256 number) {
    require_amendment(number, false);
    amendments::set_agreement(*this, sender(), true, balance_of(sender()));
}

void Vault::disagree(u256 number) {
    require_amendment(number, false);
    amendments::set_agreement(*this, sender(), false, {});
}

/// Of all tranches that are open: what those get who leave comes out of each.
void Vault::accept_amendment(u256 number) {
    const amendments::Status status = require_amendment(number, false);
    require(status.stage == amendments::Stage::proposed,
            WrongAmendmentStage{number, static_cast<uint8_t>(status.stage)});
    for (uint64_t i = 0; i < tranches::count(*this); ++i) {
        if (tranches::state(*this, TrancheId{i}) != TrancheState::open) continue;
        for (const Payee& payee : tranches::terms(*this, TrancheId{i}).payees)
            require(amendments::has_agreed(*this, payee.to), AgreementMissing{payee.to});
    }
    require(status.agreeing + status.agreeing > total_supply(),
            TooFewAgree{status.agreeing, total_supply()});
    require_unclaimed(u256{static_cast<uint64_t>(status.tranche)});
    amendments::accept(*this);
    emit(AmendmentAccepted{number});
}

u256 Vault::leave() {
    require_amendment(u256{amendments::status(*this).number}, true);
    return let_leave(sender(), balance_of(sender()));
}

u256 Vault::put_out(Address holder) {
    const amendments::Status status =
        require_amendment(u256{amendments::status(*this).number}, true);
    const uint64_t earliest = status.accepted_at + amendments::notice_seconds;
    require(now() >= earliest, NoticeNotOver{earliest});
    // What a cancelled payout gives back would be his too, and is not known yet.
    for (uint64_t i = 0; i < tranches::count(*this); ++i) {
        const bool is_paying = tranches::state(*this, TrancheId{i}) == TrancheState::paying;
        const bool may_return =
            is_paying && tranches::terms(*this, TrancheId{i}).cancel.target != Address{};
        require(!may_return, StillPaying{u256{i}});
    }
    return let_leave(holder, balance_of(holder) - amendments::agreed_shares(*this, holder));
}

/// The shares end, and with them their part of what is open, rounded down once and not for each
/// tranche. No call to anyone: the money waits for `collect`.
u256 Vault::let_leave(const Address& holder, const u256& shares) {
    const u256 supply = total_supply();
    require(!shares.is_zero(), NothingToWithdraw{holder});
    require(shares < supply, LastShares{holder});
    u256 seen;  // Of the escrow, and so below 2^128.
    u256 sum;
    for (uint64_t i = 0; i < tranches::count(*this); ++i) {
        if (tranches::state(*this, TrancheId{i}) != TrancheState::open) continue;
        const u256 amount = tranches::amount(*this, TrancheId{i});
        seen += amount;
        const u256 part = mul_div_down(seen, shares, supply) - sum;
        if (part.is_zero()) continue;
        tranches::set_amount(*this, TrancheId{i}, amount - part);
        emit(Reduced{u256{i}, part});
        sum += part;
    }
    move(holder, {}, shares);
    credit(retired_, shares);
    debit(escrowed_, sum);
    debit(held_, sum);
    credit(owed_, sum);
    set(owed_to_[holder], owed_to(holder) + sum);
    emit(Left{holder, shares, sum});
    return sum;
}

void Vault::enact(u256 number) {
    const amendments::Status status = require_amendment(number, true);
    require(status.agreeing == total_supply(), TooFewAgree{status.agreeing, total_supply()});
    const u256 id{static_cast<uint64_t>(status.tranche)};
    require_unclaimed(id);
    const Tranche tranche = amendments::terms(*this);
    tranches::require_valid(*this, tranche, now());
    amendments::put_in_force(*this);
    tranches::amend(*this, status.tranche, tranche, payouts::hash(*this, status.tranche));
    set(plan_hash_, tranches::hash_of_all(*this, claims::plan_base(*this, terms_hash())));
    emit(Amended{number, id, plan_hash(), tranches::hash(*this, status.tranche)});
}

/// Open, and nobody says that it is earned: a claim is judged by the terms it was made under.
void Vault::require_unclaimed(const u256& id) const {
    require_open(id);
    const uint64_t claimed = tranches::claimed_at(*this, tranche_id(id));
    require(claimed == 0, AlreadyClaimed{id, claimed});
}

Hash Vault::terms_hash() const {
    return keccak256(abi::encode(
        VaultTerms{name(), symbol(), asset(), record(), purpose(), steward(), funding_deadline()}));
}

std::tuple<u256, uint8_t, u256, uint64_t, uint64_t, u256> Vault::amendment() const {
    const amendments::Status now = amendments::status(*this);
    return {u256{now.number},
            static_cast<uint8_t>(now.stage),
            u256{static_cast<uint64_t>(now.tranche)},
            now.until,
            now.accepted_at,
            now.agreeing};
}

Tranche Vault::amended_terms() const {
    require(amendments::status(*this).number != 0, UnknownAmendment{u256{}});
    return amendments::terms(*this);
}

}  // namespace plume
