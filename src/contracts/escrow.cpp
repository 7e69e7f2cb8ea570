#include "contracts/escrow.hpp"

#include <algorithm>

#include "contracts/types.hpp"
#include "native/erc165.hpp"
#include "native/math.hpp"

namespace plume {

namespace {

constexpr std::string_view domain_name = "Plume Escrow";
constexpr std::string_view domain_version = "1";

/// A tranche's number from calldata. What is no number of a tranche is refused where it is used.
TrancheId tranche_id(const u256& id) {
    return TrancheId{id.fits_uint64() ? id.low64() : ~uint64_t{0}};
}

bool is_within(uint64_t number, uint64_t least, uint64_t most) {
    return number >= least && number <= most;
}

}  // namespace

void EscrowVault::construct(EscrowTerms terms, std::vector<Tranche> plan) {
    record::require_live(*this, terms.record);
    for (const Address& party : {terms.payer, terms.payee})
        require(party != Address{} && party != self(), PartyInvalid{party});
    require(terms.payer != terms.payee, PartyInvalid{terms.payee});
    const bool ends_in_time = terms.funding_deadline > now() &&
                              terms.funding_deadline - now() <= funding_span_max_seconds;
    require(ends_in_time, FundingDeadlineInvalid{terms.funding_deadline});
    require(is_within(terms.fee_seconds, step_seconds_least, step_seconds_max),
            PeriodInvalid{terms.fee_seconds});
    require(is_within(terms.ruling_seconds, ruling_seconds_least, ruling_seconds_max),
            PeriodInvalid{terms.ruling_seconds});
    require(terms.meta_evidence.size() <= evidence_size_max,
            TextTooLong{u256{terms.meta_evidence.size()}, u256{evidence_size_max}});
    const uint8_t decimals = erc20::Decimals::read(*this, terms.asset);
    require(decimals <= decimals_max, AssetDecimals{decimals, decimals_max});
    set(asset_, terms.asset);
    set(record_, terms.record);
    set(payer_, terms.payer);
    set(payee_, terms.payee);
    set(funding_deadline_, terms.funding_deadline);
    set(fee_seconds_, terms.fee_seconds);
    set(ruling_seconds_, terms.ruling_seconds);
    accept_arbitrator(terms.arbitrator, terms.extra_data, terms.fee_max);
    const Hash terms_hash = keccak256(abi::encode(terms));
    set(terms_hash_, terms_hash);
    set(plan_hash_, terms_hash);
    require(!plan.empty(), PlanEmpty{});
    for (const Tranche& tranche : plan) append(tranche, terms.funding_deadline);
    emit(MetaEvidence{u256{}, terms.meta_evidence});
}

void EscrowVault::accept_arbitrator(const Address& arbitrator, BytesView extra_data,
                                    const u256& fee_max) {
    const bool is_third = arbitrator != Address{} && arbitrator != self() &&
                          arbitrator != payer() && arbitrator != payee();
    require(is_third, ArbitratorInvalid{arbitrator});
    require(extra_data.size() <= extra_data_size_max,
            TextTooLong{u256{extra_data.size()}, u256{extra_data_size_max}});
    set(arbitrator_, arbitrator);
    set(extra_data_, extra_data);
    set(fee_max_, checked_u128(fee_max));
}

void EscrowVault::append(const Tranche& tranche, uint64_t not_before) {
    tranches::require_bounds(*this, tranche, not_before);
    const bool is_payees = tranche.payees.size() == 1 && tranche.payees[0].to == payee();
    require(is_payees, tranches::PayeeInvalid{tranche.payees[0].to});
    require(is_within(tranche.challenge, step_seconds_least, step_seconds_max),
            PeriodInvalid{tranche.challenge});
    const u256 id = tranche_count();
    set(plan_hash_, tranches::add(*this, tranche, plan_hash()));
    // The books stay below 2^128 with all fees there can be.
    require(tranches::open_amount(*this).bit_length() <= 126, GoalTooLarge{});
    emit(TrancheAdded{id, tranche.amount, tranche.deadline, tranche.criteria,
                      tranches::hash(*this, tranche_id(id))});
}

void EscrowVault::fund(Hash expected) {
    require_phase(Phase::proposed);
    require(sender() == payer(), NotPayer{sender()});
    require(now() <= funding_deadline(), FundingOver{funding_deadline()});
    require(plan_hash() == expected, PlanDiffers{plan_hash(), expected});
    record::require_live(*this, record());
    const u256 amount = goal();
    set(escrowed_, checked_u128(amount));
    set_phase(Phase::active);
    emit(Funded{sender(), amount, expected});
    purse::lock(*this, asset(), sender(), amount);
}

void EscrowVault::fail_funding() {
    require_phase(Phase::proposed);
    require(now() > funding_deadline(), FundingNotOver{funding_deadline()});
    set_phase(Phase::failed);
}

/// What is signed names the plan that results, and so every term of every tranche in it.
void EscrowVault::amend(std::vector<u256> ended, std::vector<Tranche> added, u256 deadline,
                        Consent payer_consent, Consent payee_consent) {
    static constexpr Hash type = keccak256_constexpr(
        "Amendment(uint256 nonce,uint256[] ended,bytes32 planHash,uint256 deadline)");
    const bool is_funded = Phase{phase()} != Phase::proposed;
    if (is_funded) require_phase(Phase::active);
    const u256 before_amount = goal();
    Bytes words;
    for (const u256& id : ended) {
        if (is_funded) require_undisputed(id);
        const TrancheState state = tranches::state(*this, tranche_id(id));
        require(state == TrancheState::open, TrancheSettled{id, static_cast<uint8_t>(state)});
        tranches::set_state(*this, tranche_id(id), TrancheState::reclaimed);
        emit(Superseded{id, tranches::amount(*this, tranche_id(id))});
        plume::append(words, to_word(id));
    }
    for (const Tranche& tranche : added) append(tranche, is_funded ? now() : funding_deadline());
    require_consent(keccak256(abi::encode(type, nonce(), keccak256(words), plan_hash(), deadline)),
                    deadline, payer_consent, payee_consent);
    emit(Amended{nonce(), plan_hash()});
    set(nonce_, nonce() + u256{1u});
    const u256 amount = goal();
    require(is_funded || !amount.is_zero(), PlanEmpty{});
    if (!is_funded) return;
    set(escrowed_, checked_u128(amount));
    if (amount.is_zero()) set_phase(Phase::closed);
    if (amount < before_amount) {
        emit(Returned{before_amount - amount});
        purse::credit(*this, asset(), payer(), before_amount - amount);
    } else {
        purse::lock(*this, asset(), payer(), amount - before_amount);
    }
}

void EscrowVault::set_arbitrator(Address arbitrator, Bytes extra_data, u256 fee_max, u256 deadline,
                                 Consent payer_consent, Consent payee_consent) {
    static constexpr Hash type = keccak256_constexpr(
        "ArbitratorChange(uint256 nonce,address arbitrator,bytes extraData,uint256 feeMax,uint256 "
        "deadline)");
    require_consent(
        keccak256(abi::encode(type, nonce(), arbitrator, keccak256(extra_data), fee_max, deadline)),
        deadline, payer_consent, payee_consent);
    accept_arbitrator(arbitrator, extra_data, fee_max);
    emit(ArbitratorChanged{nonce(), arbitrator, extra_data, fee_max});
    set(nonce_, nonce() + u256{1u});
}

void EscrowVault::require_consent(const Hash& struct_hash, const u256& deadline,
                                  const Consent& payer_consent,
                                  const Consent& payee_consent) const {
    require(u256{now()} <= deadline, ConsentExpired{deadline});
    const Hash digest = typed_data_digest(domain_separator(), struct_hash);
    const auto consents = [&](const Address& party, const Consent& given) {
        return sender() == party || is_signed_by(*this, party, digest, given.v, given.r, given.s);
    };
    require(consents(payer(), payer_consent), ConsentMissing{payer()});
    require(consents(payee(), payee_consent), ConsentMissing{payee()});
}

void EscrowVault::claim(u256 id, Hash evidence) {
    const Tranche terms = require_undisputed(id);
    require(sender() == payee(), NotPayee{sender()});
    require(!evidence.is_zero(), EvidenceMissing{id});
    const uint64_t claimed = tranches::claimed_at(*this, tranche_id(id));
    require(claimed == 0, AlreadyClaimed{id, claimed});
    require(now() >= terms.opens_at, NotOpenYet{id, terms.opens_at});
    require(now() <= terms.deadline, DeadlinePassed{id, terms.deadline});
    tranches::set_claimed_at(*this, tranche_id(id), now());
    emit(Claimed{id, sender(), evidence});
}

void EscrowVault::release(u256 id) {
    const Tranche terms = require_undisputed(id);
    const uint64_t claimed = tranches::claimed_at(*this, tranche_id(id));
    const bool is_unopposed = claimed != 0 && now() >= claimed + terms.challenge;
    if (sender() != payer() && !is_unopposed) {
        const bool is_true = terms.release.target != Address{} && now() >= terms.opens_at &&
                             now() <= terms.deadline &&
                             evaluate(*this, terms.release) == Truth::yes;
        require(is_true || claimed != 0, NotClaimed{id});
        require(is_true, ChallengeOpen{id, claimed + terms.challenge});
    }
    settle(id, TrancheState::released);
    give_back(id, TrancheState::released, {}, terms.amount);
}

void EscrowVault::reclaim(u256 id) {
    const Tranche terms = require_undisputed(id);
    if (sender() != payee()) {
        const bool is_claimed = tranches::claimed_at(*this, tranche_id(id)) != 0;
        require(!is_claimed, NotReclaimable{id, terms.deadline});
        const bool is_over =
            now() > terms.deadline ||
            (terms.cancel.target != Address{} && evaluate(*this, terms.cancel) == Truth::yes);
        require(is_over, NotReclaimable{id, terms.deadline});
    }
    settle(id, TrancheState::reclaimed);
    give_back(id, TrancheState::reclaimed, terms.amount, {});
}

void EscrowVault::submit_evidence(u256 id, std::string evidence) {
    require(sender() == payer() || sender() == payee(), NotParty{sender()});
    tranches::state(*this, tranche_id(id));  // Refused when there is none.
    require(!evidence.empty(), EvidenceMissing{id});
    require(evidence.size() <= evidence_size_max,
            TextTooLong{u256{evidence.size()}, u256{evidence_size_max}});
    const Address ruling_on = get(disputes_[id].arbitrator());
    emit(Evidence{ruling_on == Address{} ? arbitrator() : ruling_on, id, sender(), evidence});
}

Tranche EscrowVault::require_undisputed(const u256& id) const {
    Tranche terms = tranches::terms(*this, tranche_id(id));
    require_phase(Phase::active);
    const TrancheState state = tranches::state(*this, tranche_id(id));
    require(state == TrancheState::open, TrancheSettled{id, static_cast<uint8_t>(state)});
    require(get(disputes_[id].stage()) == 0, InDispute{id});
    return terms;
}

void EscrowVault::settle(const u256& id, TrancheState state) {
    tranches::set_state(*this, tranche_id(id), state);
    const u256 amount = tranches::amount(*this, tranche_id(id));
    set(escrowed_, checked_u128(checked_sub(escrowed(), amount)));
    if (escrowed().is_zero()) set_phase(Phase::closed);
}

/// Tells how a tranche was settled and credits its parts.
void EscrowVault::give_back(const u256& id, TrancheState state, const u256& payer_part,
                            const u256& payee_part) {
    if (state == TrancheState::reclaimed)
        emit(Reclaimed{id, payer_part});
    else if (state == TrancheState::released)
        emit(Released{id, payee(), payee_part});
    else
        emit(SplitUp{id, payer_part, payee_part});
    purse::credit(*this, asset(), payer(), payer_part);
    purse::credit(*this, asset(), payee(), payee_part);
}

void EscrowVault::refund(const u256& id, const Address& to, const u256& amount) {
    if (amount.is_zero()) return;
    emit(FeeRefunded{id, to, amount});
    purse::credit(*this, asset(), to, amount);
}

std::tuple<Tranche, uint8_t, uint64_t> EscrowVault::tranche(u256 id) const {
    const TrancheId which = tranche_id(id);
    return {tranches::terms(*this, which), static_cast<uint8_t>(tranches::state(*this, which)),
            tranches::claimed_at(*this, which)};
}

bool EscrowVault::supports_interface(Selector id) const {
    return erc165::supports(id, {erc165::arbitrable, erc5267});
}

Hash EscrowVault::domain_separator() const {
    return plume::domain_separator(*this, domain_name, domain_version);
}

DomainDescription EscrowVault::eip712_domain() const {
    return describe_domain(*this, domain_name, domain_version);
}

void EscrowVault::require_phase(Phase needed) const {
    require(Phase{phase()} == needed, WrongPhase{phase(), static_cast<uint8_t>(needed)});
}

void EscrowVault::set_phase(Phase phase) {
    set(phase_, static_cast<uint8_t>(phase));
    emit(PhaseChanged{static_cast<uint8_t>(phase)});
}

NativeType escrow_vault_type() {
    return native_type<EscrowVault>(11, 1, "EscrowVault");
}

}  // namespace plume
