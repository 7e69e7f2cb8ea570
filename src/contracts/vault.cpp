#include "contracts/vault.hpp"

#include "contracts/types.hpp"
#include "native/math.hpp"

namespace plume {

namespace {

/// A tranche's number from calldata. What is no number of a tranche is refused where it is used.
TrancheId tranche_id(const u256& id) {
    return TrancheId{id.fits_uint64() ? id.low64() : ~uint64_t{0}};
}

}  // namespace

void Vault::construct(VaultTerms terms, std::vector<Tranche> plan, bool open_now) {
    record::require_live(*this, terms.record);
    require(terms.steward != Address{}, StewardMissing{});
    const bool ends_in_time = terms.funding_deadline > now() &&
                              terms.funding_deadline - now() <= funding_span_max_seconds;
    require(ends_in_time, FundingDeadlineInvalid{terms.funding_deadline});
    const uint8_t decimals = erc20::Decimals::read(*this, terms.asset);
    require(decimals <= decimals_max, AssetDecimals{decimals, decimals_max});
    set_metadata(terms.name, terms.symbol, decimals, terms.record);
    set(asset_, terms.asset);
    revenue::list(*this, terms.asset, {});
    set(funding_deadline_, terms.funding_deadline);
    set(steward_, terms.steward);
    set(purpose_, terms.purpose);
    set(plan_hash_, keccak256(abi::encode(terms)));
    for (const Tranche& tranche : plan) append(tranche);
    if (open_now) begin_funding();
}

u256 Vault::add_tranche(Tranche tranche) {
    require(sender() == steward(), NotSteward{sender()});
    require_phase(Phase::draft);
    return append(tranche);
}

u256 Vault::add_tranche_with_rules(Tranche tranche, PayoutRules rules) {
    require(sender() == steward(), NotSteward{sender()});
    require_phase(Phase::draft);
    return append(tranche, rules);
}

u256 Vault::append(const Tranche& tranche, const std::optional<PayoutRules>& rules) {
    tranches::require_valid(*this, tranche, funding_deadline());
    if (rules) payouts::require_valid(*this, *rules);
    const u256 id = tranche_count();
    const u256 sum = goal() + tranche.amount;
    require(sum.bit_length() <= 128, GoalTooLarge{});
    set(goal_, checked_u128(sum));
    const Hash rules_hash = rules ? payouts::add(*this, tranche_id(id), *rules) : Hash{};
    set(plan_hash_, tranches::add(*this, tranche, plan_hash(), rules_hash));
    emit(TrancheAdded{id, tranche.amount, tranche.deadline, tranche.criteria,
                      tranches::hash(*this, tranche_id(id))});
    return id;
}

void Vault::open() {
    require(sender() == steward(), NotSteward{sender()});
    require_phase(Phase::draft);
    record::require_live(*this, record());
    begin_funding();
}

void Vault::begin_funding() {
    require(tranches::count(*this) > 0, PlanEmpty{});
    require(now() <= funding_deadline(), FundingOver{funding_deadline()});
    set_phase(Phase::funding);
    emit(Opened{plan_hash(), goal()});
}

u256 Vault::contribute(u256 assets, Address receiver, Hash ref) {
    require_phase(Phase::funding);
    require(now() <= funding_deadline(), FundingOver{funding_deadline()});
    require(receiver != Address{}, ERC20InvalidReceiver{receiver});
    require(!assets.is_zero(), AmountZero{});
    record::require_live(*this, record());
    const u256 left = goal() - raised();
    require(assets <= left, ExceedsNeed{assets, left});
    const u256 received = erc20::pull(*this, asset(), sender(), assets);
    require(received == assets, AssetsNotReceived{received, assets});
    credit(raised_, assets);
    credit(held_, assets);
    move({}, receiver, assets);
    emit(Contributed{sender(), receiver, assets, assets, ref});
    if (assets == left) {
        credit(escrowed_, goal());
        set_phase(Phase::active);
    }
    return assets;
}

u256 Vault::contribute_with_permit(u256 assets, Address receiver, Hash ref, u256 deadline,
                                   uint8_t v, Hash r, Hash s) {
    const Bytes permit = erc20::Permit::calldata(sender(), self(), assets, deadline, v, r, s);
    Answer answer = call(asset(), permit);
    if (!answer.success && erc20::Allowance::read(*this, asset(), sender(), self()) < assets)
        throw Revert{std::move(answer.data)};
    return contribute(assets, receiver, ref);
}

void Vault::fail_funding() {
    if (phase_now() != Phase::draft) require_phase(Phase::funding);
    require(now() > funding_deadline(), FundingNotOver{funding_deadline()});
    set_phase(Phase::failed);
    if (!raised().is_zero()) give_back(raised());
}

void Vault::claim(u256 id, Hash evidence) {
    const Tranche terms = tranches::terms(*this, tranche_id(id));
    require_phase(Phase::active);
    require_open(id);
    const bool is_payee = std::ranges::any_of(
        terms.payees, [this](const Payee& payee) { return payee.to == sender(); });
    require(is_payee, NotPayee{id, sender()});
    require(!evidence.is_zero(), EvidenceMissing{id});
    const uint64_t claimed = tranches::claimed_at(*this, tranche_id(id));
    require(claimed == 0, AlreadyClaimed{id, claimed});
    const uint64_t latest = terms.deadline - terms.challenge;
    require(now() <= latest, ClaimTooLate{id, latest});
    const u256 bond = claims::bond_needed(*this, tranche_id(id));
    tranches::set_claimed_at(*this, tranche_id(id), now());
    claims::begin(*this, tranche_id(id), sender(), bond);
    emit(Claimed{id, sender(), evidence});
    purse::lock(*this, asset(), sender(), bond);
}

void Vault::release(u256 id) {
    const Tranche terms = tranches::terms(*this, tranche_id(id));
    Bytes obstacle = obstacle_to_release(id, terms);
    if (!obstacle.empty()) throw Revert{std::move(obstacle)};
    if (payouts::has_rules(*this, tranche_id(id))) return begin_payout(id, terms);
    // Less than the terms say if some have left; then fractions of units remain, and go back.
    const u256 amount = tranches::amount(*this, tranche_id(id));
    const std::vector<Payee> payments = payouts::split(terms, {}, amount);
    u256 sum;  // Of at most 16 numbers below 2^128.
    for (const Payee& payment : payments) sum += payment.amount;
    give_back(id, amount - sum);
    settle(id, TrancheState::released, sum);
    debit(held_, sum);
    credit(paid_, sum);
    for (const Payee& payment : payments) pay(id, payment);
}

bool Vault::is_releasable(u256 id) const {
    return obstacle_to_release(id, tranches::terms(*this, tranche_id(id))).empty();
}

/// Why the tranche cannot be released now, as the error to refuse with; empty when it can.
Bytes Vault::obstacle_to_release(const u256& id, const Tranche& terms) const {
    if (phase_now() != Phase::active)
        return WrongPhase{phase(), static_cast<uint8_t>(Phase::active)}.data();
    const TrancheState state = tranches::state(*this, tranche_id(id));
    if (state != TrancheState::open) return TrancheSettled{id, static_cast<uint8_t>(state)}.data();
    if (now() < terms.opens_at) return NotOpenYet{id, terms.opens_at}.data();
    const uint64_t last = claims::last_second(*this, tranche_id(id), terms.deadline);
    if (now() > last) return DeadlinePassed{id, last}.data();
    const claims::Status status = claims::status(*this, tranche_id(id));
    if (status.stage == claims::Stage::open) return InDispute{id, status.until}.data();
    // The panel's word takes the place of the rest of the challenge.
    if (terms.challenge > 0 && status.stage != claims::Stage::stands) {
        const uint64_t claimed = tranches::claimed_at(*this, tranche_id(id));
        if (claimed == 0) return NotClaimed{id}.data();
        // No overflow: a claim is refused when its challenge would last beyond the deadline.
        const uint64_t over = claimed + terms.challenge;
        if (now() < over) return ChallengeOpen{id, over}.data();
    }
    switch (evaluate(*this, terms.release)) {
        case Truth::yes:
            return obstacle_in_quote(id);
        case Truth::no:
            return ConditionNotMet{id}.data();
        case Truth::error:
            break;
    }
    return ConditionFailed{id}.data();
}

/// Pays what is booked as paid already; what the currency refuses is booked as owed instead.
void Vault::pay(const u256& id, const Payee& payee) {
    emit(Released{id, payee.to, payee.amount});
    if (erc20::try_transfer(*this, asset(), payee.to, payee.amount, payment_gas_max)) return;
    debit(paid_, payee.amount);
    owe(id, payee);
}

void Vault::owe(const u256& id, const Payee& payee) {
    credit(owed_, payee.amount);
    set(owed_to_[payee.to], owed_to(payee.to) + payee.amount);
    emit(PaymentOwed{id, payee.to, payee.amount});
}

/// Why the quoted amount does not hold; empty when it does, or none is needed.
Bytes Vault::obstacle_in_quote(const u256& id) const {
    const Amount amount = payouts::rules(*this, tranche_id(id)).payout;
    if (amount.target == Address{}) return {};
    const payouts::Quote quote = payouts::quoted(*this, tranche_id(id));
    if (quote.block == 0) return NotQuoted{id}.data();
    if (quote.block >= block_number()) return QuoteTooFresh{id, quote.block}.data();
    const std::optional<u256> answer =
        payouts::ask(*this, amount, tranches::amount(*this, tranche_id(id)));
    if (!answer || answer->is_zero()) return AmountFailed{id}.data();
    if (*answer != quote.amount) return QuoteChanged{id, quote.amount, *answer}.data();
    return {};
}

u256 Vault::quote(u256 id) {
    const u256 most = tranches::amount(*this, tranche_id(id));
    require_phase(Phase::active);
    require_open(id);
    const Amount amount = payouts::rules(*this, tranche_id(id)).payout;
    require(amount.target != Address{}, AmountNotNeeded{id});
    const std::optional<u256> answer = payouts::ask(*this, amount, most);
    require(answer.has_value() && !answer->is_zero(), AmountFailed{id});
    payouts::quote(*this, tranche_id(id), *answer);
    emit(Quoted{id, *answer});
    return *answer;
}

void Vault::begin_payout(const u256& id, const Tranche& terms) {
    const bool is_measured = payouts::rules(*this, tranche_id(id)).payout.target != Address{};
    const u256 amount = tranches::amount(*this, tranche_id(id));
    const u256 granted = is_measured ? payouts::quoted(*this, tranche_id(id)).amount : amount;
    tranches::set_state(*this, tranche_id(id), TrancheState::paying);
    payouts::begin(*this, tranche_id(id), granted);
    emit(PayoutBegun{id, granted});
    give_back(id, amount - granted);
    pay_vested(id, terms);
}

void Vault::draw(u256 id) {
    const Tranche terms = tranches::terms(*this, tranche_id(id));
    const TrancheState state = tranches::state(*this, tranche_id(id));
    require(state == TrancheState::paying, NotPaying{id, static_cast<uint8_t>(state)});
    require(payouts::vested(*this, tranche_id(id)) > payouts::drawn(*this, tranche_id(id)),
            NothingVested{id});
    pay_vested(id, terms);
}

/// Pays what is vested; with the last of it the tranche is over, and the fractions go back.
void Vault::pay_vested(const u256& id, const Tranche& terms) {
    const std::vector<Payee> payments = payouts::draw(*this, tranche_id(id), terms);
    u256 sum;  // Of at most 16 numbers below 2^128.
    for (const Payee& payment : payments) sum += payment.amount;
    debit(held_, sum);
    credit(paid_, sum);
    debit(escrowed_, sum);
    if (payouts::drawn(*this, tranche_id(id)) == payouts::granted(*this, tranche_id(id))) {
        const u256 fractions = payouts::take_left(*this, tranche_id(id));
        tranches::set_state(*this, tranche_id(id), TrancheState::released);
        give_back(id, fractions);
        if (escrowed().is_zero()) set_phase(Phase::closed);
    }
    for (const Payee& payment : payments) pay(id, payment);
}

/// Without a call to anyone: what is vested waits for `collect`, the rest goes back.
void Vault::return_unvested(const u256& id, const Tranche& terms) {
    const std::vector<Payee> payments = payouts::draw(*this, tranche_id(id), terms);
    for (const Payee& payment : payments) {
        debit(held_, payment.amount);
        debit(escrowed_, payment.amount);
        emit(Released{id, payment.to, payment.amount});
        owe(id, payment);
    }
    const u256 rest = payouts::take_left(*this, tranche_id(id));
    tranches::set_state(*this, tranche_id(id), TrancheState::reclaimed);
    give_back(id, rest);
    if (escrowed().is_zero()) set_phase(Phase::closed);
}

/// Makes a part of the escrow over to the shareholders.
void Vault::give_back(const u256& id, const u256& amount) {
    if (amount.is_zero()) return;
    debit(escrowed_, amount);
    emit(Reclaimed{id, amount});
    give_back(amount);
}

void Vault::reclaim(u256 id) {
    const Tranche terms = tranches::terms(*this, tranche_id(id));
    require_phase(Phase::active);
    const bool is_paying = tranches::state(*this, tranche_id(id)) == TrancheState::paying;
    if (!is_paying) require_open(id);
    const uint64_t last = claims::last_second(*this, tranche_id(id), terms.deadline);
    require(is_paying ? is_cancelled(terms) : is_returnable(id, terms), NotReclaimable{id, last});
    if (is_paying) return return_unvested(id, terms);
    const u256 amount = tranches::amount(*this, tranche_id(id));
    settle(id, TrancheState::reclaimed, amount);
    emit(Reclaimed{id, amount});
    give_back(amount);
}

bool Vault::is_reclaimable(u256 id) const {
    const Tranche terms = tranches::terms(*this, tranche_id(id));
    if (phase_now() != Phase::active) return false;
    const TrancheState state = tranches::state(*this, tranche_id(id));
    if (state == TrancheState::paying) return is_cancelled(terms);
    return state == TrancheState::open && is_returnable(id, terms);
}

bool Vault::is_cancelled(const Tranche& terms) const {
    return terms.cancel.target != Address{} && evaluate(*this, terms.cancel) == Truth::yes;
}

/// After the deadline nobody is asked: the way back depends on no contract but this one.
bool Vault::is_returnable(const u256& id, const Tranche& terms) const {
    return now() > claims::last_second(*this, tranche_id(id), terms.deadline) ||
           is_cancelled(terms);
}

void Vault::settle(const u256& id, TrancheState state, const u256& amount) {
    tranches::set_state(*this, tranche_id(id), state);
    debit(escrowed_, amount);
    if (escrowed().is_zero()) set_phase(Phase::closed);
}

std::tuple<Tranche, uint8_t, uint64_t> Vault::tranche(u256 id) const {
    const TrancheId which = tranche_id(id);
    return {tranches::terms(*this, which), static_cast<uint8_t>(tranches::state(*this, which)),
            tranches::claimed_at(*this, which)};
}

u256 Vault::live_amount(u256 id) const {
    return tranches::amount(*this, tranche_id(id));
}

PayoutRules Vault::rules(u256 id) const {
    tranches::state(*this, tranche_id(id));  // Refuses an unknown id.
    return payouts::rules(*this, tranche_id(id));
}

std::tuple<u256, u256, u256, u256, u256, uint64_t> Vault::payout(u256 id) const {
    const TrancheId which = tranche_id(id);
    tranches::state(*this, which);
    const payouts::Quote quote = payouts::quoted(*this, which);
    return {payouts::granted(*this, which),
            payouts::vested(*this, which),
            payouts::drawn(*this, which),
            payouts::left(*this, which),
            quote.amount,
            quote.block};
}

void Vault::collect(Address payee) {
    const u256 amount = owed_to(payee);
    require(!amount.is_zero(), NothingToWithdraw{payee});
    set(owed_to_[payee], {});
    debit(owed_, amount);
    credit(paid_, amount);
    emit(Collected{payee, amount});
    send(payee, amount);
}

void Vault::withdraw_returned(Address holder) {
    const u256 amount = revenue::take(*this, returns, holder, balance_of(holder), total_supply());
    require(!amount.is_zero(), NothingToWithdraw{holder});
    debit(held_, amount);
    credit(withdrawn_, amount);
    emit(FundsWithdrawn{holder, amount});
    send(holder, amount);
}

u256 Vault::withdrawable_funds_of(Address holder) const {
    return revenue::withdrawable(*this, returns, holder, balance_of(holder), total_supply());
}

void Vault::send(const Address& to, const u256& amount) {
    require(erc20::try_transfer(*this, asset(), to, amount),
            erc20::SafeERC20FailedOperation{asset()});
}

void Vault::give_back(const u256& amount) {
    revenue::distribute(*this, returns, amount, total_supply());
    emit(FundsDistributed{sender(), amount});
}

void Vault::on_move(const Address& from, const Address& to, const u256& value) {
    // What the vault would earn on its own shares could never be withdrawn.
    require(to != self(), ERC20InvalidReceiver{to});
    // What exceeds the balance is refused afterwards.
    if (from != Address{} && from != to && value <= balance_of(from))
        amendments::moved(*this, from, balance_of(from) - value);
}

void Vault::require_phase(Phase needed) const {
    require(phase_now() == needed, WrongPhase{phase(), static_cast<uint8_t>(needed)});
}

void Vault::require_open(const u256& id) const {
    const TrancheState state = tranches::state(*this, tranche_id(id));
    require(state == TrancheState::open, TrancheSettled{id, static_cast<uint8_t>(state)});
}

void Vault::set_phase(Phase phase) {
    set(phase_, static_cast<uint8_t>(phase));
    emit(PhaseChanged{static_cast<uint8_t>(phase)});
}

void Vault::credit(const Slot<u128>& book, const u256& amount) {
    set(book, checked_u128(checked_add(get(book), amount)));
}

void Vault::debit(const Slot<u128>& book, const u256& amount) {
    set(book, checked_u128(checked_sub(get(book), amount)));
}

NativeType vault_type() {
    return native_type<Vault>(4, 1, "Vault");
}

}  // namespace plume
