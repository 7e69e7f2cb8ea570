// What must hold of a vault after every transaction. None of it shares code with what moves the
// money, and the events are the witnesses: they are what the world outside has seen.
#include <map>

#include "contracts/cover.hpp"
#include "contracts/vault.hpp"

namespace plume {

/// What this transaction's events say has moved. Sums of numbers below 2^128 each, of which a
/// transaction holds far less than 2^128.
struct Vault::Flows {
    u256 contributed;
    u256 released;
    u256 owed;
    u256 collected;
    u256 reclaimed;
    u256 distributed;
    u256 withdrawn;
    std::map<u256, std::vector<Payee>> payments;  ///< by tranche, in order
    std::map<u256, u256> reclaims;                ///< by tranche
    std::map<Address, u256> owed_gains;           ///< by payee, modulo 2^256
    std::map<Address, u256> withdrawals;          ///< by holder
    std::vector<u256> claimed;
    std::vector<u256> rejected;
    std::vector<u256> amended;
    std::vector<u256> reduced;        ///< tranches, each as often as it was
    std::map<u256, u256> reductions;  ///< by tranche
    std::vector<Address> left;        ///< in order
    u256 left_shares;
    u256 left_amount;
    std::map<Address, u256> agreed;  ///< what each agrees with at the end
};

Vault::Flows Vault::flows() const {
    Flows out;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        if (const auto event = Contributed::decode(log)) {
            out.contributed += std::get<2>(*event);
        } else if (const auto released = Released::decode(log)) {
            const auto& [id, to, amount] = *released;
            out.released += amount;
            out.payments[id].push_back({to, u128{amount}});
        } else if (const auto owing = PaymentOwed::decode(log)) {
            const auto& [id, to, amount] = *owing;
            out.owed += amount;
            out.owed_gains[to] += amount;
        } else if (const auto collected = Collected::decode(log)) {
            const auto& [to, amount] = *collected;
            out.collected += amount;
            out.owed_gains[to] -= amount;
        } else if (const auto reclaimed = Reclaimed::decode(log)) {
            const auto& [id, amount] = *reclaimed;
            out.reclaimed += amount;
            out.reclaims[id] += amount;
        } else if (const auto shared = FundsDistributed::decode(log)) {
            out.distributed += std::get<1>(*shared);
        } else if (const auto withdrawal = FundsWithdrawn::decode(log)) {
            const auto& [holder, amount] = *withdrawal;
            out.withdrawn += amount;
            out.withdrawals[holder] += amount;
        } else if (const auto claim = Claimed::decode(log)) {
            out.claimed.push_back(std::get<0>(*claim));
        } else if (const auto rejection = ClaimRejected::decode(log)) {
            out.rejected.push_back(std::get<0>(*rejection));
        } else {
            add_amendment(out, log);
        }
    }
    return out;
}

void Vault::add_amendment(Flows& out, const Log& log) const {
    if (const auto amended = Amended::decode(log)) {
        out.amended.push_back(std::get<1>(*amended));
    } else if (const auto reduced = Reduced::decode(log)) {
        const auto& [id, amount] = *reduced;
        out.reduced.push_back(id);
        out.reductions[id] += amount;
    } else if (const auto left = Left::decode(log)) {
        const auto& [holder, shares, amount] = *left;
        out.left.push_back(holder);
        out.left_shares += shares;
        out.left_amount += amount;
        out.owed_gains[holder] += amount;
    } else if (const auto agreed = amendments::Agreed::decode(log)) {
        const auto& [number, party, shares] = *agreed;
        if (number == u256{amendments::status(*this).number}) out.agreed[party] = shares;
    }
}

std::optional<std::string> Vault::broken_invariant() const {
    if (auto broken = AssetToken::broken_invariant()) return broken;
    if (auto broken = broken_books()) return broken;
    const Flows moved = flows();
    if (auto broken = tranches::broken_invariant(
            *this,
            {.rejected = moved.rejected, .amended = moved.amended, .reduced = moved.reduced}))
        return broken;
    if (auto broken = broken_flows(moved)) return broken;
    if (auto broken = broken_plan(moved)) return broken;
    if (auto broken = broken_settlements(moved)) return broken;
    if (auto broken = broken_payouts(moved)) return broken;
    if (auto broken = broken_claims(moved)) return broken;
    if (auto broken = broken_departures(moved)) return broken;
    if (auto broken = broken_agreements(moved)) return broken;
    for (const auto& [holder, amount] : moved.withdrawals)
        if (auto broken = revenue::broken_by_taking(*this, returns, holder, amount,
                                                    balance_of(holder), total_supply()))
            return broken;
    return cover::broken_by(
        *this, asset(), held() + owed() + purse::held(*this, asset()),
        u256{before(held_)} + before(owed_) + purse::held_before(*this, asset()));
}

std::optional<std::string> Vault::broken_books() const {
    if (raised() != paid() + owed() + withdrawn() + held())
        return "V-12: raised is not paid + owed + withdrawn + held";
    if (withdrawn() > returned()) return "D-2: more was withdrawn than returned";
    const bool committed = phase_now() == Phase::draft || phase_now() == Phase::funding;
    const u256 earmarked = (committed ? raised() : escrowed()) + returnable();
    if (held() != earmarked) return "V-12: held is not what the tranches and shareholders wait for";
    if (total_supply() + retired() != raised())
        return "V-14: there are not as many shares as units raised";
    const bool is_active = phase_now() == Phase::active;
    const u256 waiting = is_active ? tranches::open_amount(*this) + left_of_payouts() : u256{};
    if (escrowed() != waiting) return "X-1: escrowed is not the sum of the open tranches";
    if (is_active && escrowed().is_zero())
        return "X-1: nothing is left to wait for, but the vault is not closed";
    return std::nullopt;
}

std::optional<std::string> Vault::broken_flows(const Flows& moved) const {
    const auto gain = [this](const Slot<u128>& book) { return u256{get(book)} - before(book); };
    if (gain(raised_) != moved.contributed) return "V-13: raised did not move as contributions say";
    if (gain(paid_) != moved.released - moved.owed + moved.collected)
        return "V-13: paid did not move as releases say";
    if (gain(owed_) != moved.owed - moved.collected + moved.left_amount)
        return "V-13: owed did not move as payments say";
    if (gain(withdrawn_) != moved.withdrawn)
        return "V-13: withdrawn did not move as withdrawals say";
    for (const auto& [payee, owing] : moved.owed_gains)
        if (owed_to(payee) - before(owed_to_[payee]) != owing)
            return "V-13: what " + to_hex(payee) + " is owed did not move as payments say";

    const Phase earlier = Phase{before(phase_)};
    const bool was_early = earlier == Phase::draft || earlier == Phase::funding;
    const bool activated =
        was_early && (phase_now() == Phase::active || phase_now() == Phase::closed);
    if (gain(escrowed_) !=
        (activated ? goal() : u256{}) - moved.released - moved.reclaimed - moved.left_amount)
        return "V-13: escrowed did not move as settlements say";
    const bool failed = was_early && phase_now() == Phase::failed;
    if (moved.distributed != moved.reclaimed + (failed ? raised() : u256{}))
        return "V-13: more or less was distributed than came back";
    const bool left_terminal =
        (earlier == Phase::closed || earlier == Phase::failed) && phase_now() != earlier;
    const bool went_back =
        phase_now() < earlier || (earlier == Phase::active && phase_now() == Phase::failed);
    if (left_terminal || went_back) return "X-1: the vault went back to an earlier phase";
    return std::nullopt;
}

/// Whether all that the plan's hash is made of, and the hash, are what they were.
bool Vault::is_plan_unchanged() const {
    return is_unchanged(plan_hash_) && is_metadata_unchanged() && is_unchanged(asset_) &&
           is_unchanged(purpose_) && is_unchanged(steward_) && is_unchanged(funding_deadline_) &&
           claims::is_panel_unchanged(*this) && tranches::are_hashes_unchanged(*this);
}

std::optional<std::string> Vault::broken_plan(const Flows& moved) const {
    if (is_plan_unchanged()) return std::nullopt;
    const Hash terms = keccak256(abi::encode(
        VaultTerms{name(), symbol(), asset(), record(), purpose(), steward(), funding_deadline()}));
    if (plan_hash() != tranches::hash_of_all(*this, claims::plan_base(*this, terms)))
        return "X-3: the plan is not the one of its hash";
    if (Phase{before(phase_)} == Phase::draft || plan_hash() == before(plan_hash_))
        return std::nullopt;
    const amendments::Status amendment = amendments::status(*this);
    const bool is_agreed = amendment.stage == amendments::Stage::in_force &&
                           amendment.accepted_at != 0 && amendment.agreeing == total_supply();
    if (moved.amended.empty() || !is_agreed) return "X-3: the plan changed after it was opened";
    for (const u256& id : moved.amended)
        if (id != u256{static_cast<uint64_t>(amendment.tranche)} ||
            tranches::terms(*this, amendment.tranche) != amendments::terms(*this))
            return "X-3: the plan was not amended as agreed";
    return std::nullopt;
}

u256 Vault::left_of_payouts() const {
    u256 sum;  // Of at most 64 numbers below 2^128.
    for (uint64_t i = 0; i < tranches::count(*this); ++i)
        if (tranches::state(*this, TrancheId{i}) == TrancheState::paying)
            sum += payouts::left(*this, TrancheId{i});
    return sum;
}

/// Those that are paid at once and in full.
std::optional<std::string> Vault::broken_settlements(const Flows& moved) const {
    const auto holds = [this](TrancheId id) {
        return tranches::terms_hold(*this, id, payouts::hash(*this, id)) &&
               payouts::rules_hold(*this, id);
    };
    for (const u256& id : moved.claimed)
        if (!holds(TrancheId{id.low64()}))
            return "X-3: tranche " + to_decimal(id) + " is not what was agreed";
    for (const auto& [id, payments] : moved.payments) {
        const TrancheId tranche{id.low64()};
        const Tranche terms = tranches::terms(*this, tranche);
        const bool has_rules = payouts::has_rules(*this, tranche);
        const auto agreed = has_rules ? payouts::drawn_now(*this, tranche, terms)
                                      : payouts::split(terms, {}, tranches::amount(*this, tranche));
        if (!holds(tranche) || agreed != payments)
            return "X-3: tranche " + to_decimal(id) + " was not paid as agreed";
        if (!has_rules && !tranches::was_settled_now(*this, tranche, TrancheState::released))
            return "X-1: tranche " + to_decimal(id) + " was paid but not released";
    }
    for (const auto& [id, amount] : moved.reclaims) {
        const TrancheId tranche{id.low64()};
        if (!holds(tranche))
            return "X-3: tranche " + to_decimal(id) + " was not reclaimed as agreed";
        if (payouts::has_rules(*this, tranche)) continue;
        u256 paid_out;
        if (const auto payments = moved.payments.find(id); payments != moved.payments.end())
            for (const Payee& payment : payments->second) paid_out += payment.amount;
        if (tranches::amount(*this, tranche) != amount + paid_out)
            return "X-3: tranche " + to_decimal(id) + " was not reclaimed as agreed";
        if (!paid_out.is_zero()) continue;  // The fractions of one that was released.
        if (!tranches::was_settled_now(*this, tranche, TrancheState::reclaimed))
            return "X-1: tranche " + to_decimal(id) + " was returned but not reclaimed";
    }
    return std::nullopt;
}

/// Those that are paid by rules: whatever leaves the escrow of one is paid or returned.
std::optional<std::string> Vault::broken_payouts(const Flows& moved) const {
    std::map<u256, u256> out;
    for (const auto& [id, payments] : moved.payments)
        for (const Payee& payment : payments) out[id] += payment.amount;
    for (const auto& [id, amount] : moved.reclaims) out[id] += amount;
    for (const auto& [id, amount] : out) {
        const TrancheId tranche{id.low64()};
        if (!payouts::has_rules(*this, tranche)) continue;
        // One that was never released goes back whole.
        if (tranches::was_settled_now(*this, tranche, TrancheState::reclaimed) &&
            payouts::granted(*this, tranche).is_zero()) {
            if (amount != tranches::amount(*this, tranche))
                return "X-3: tranche " + to_decimal(id) + " was not reclaimed as agreed";
            continue;
        }
        if (auto broken =
                payouts::broken_invariant(*this, tranche, tranches::amount(*this, tranche), amount))
            return broken;
    }
    return std::nullopt;
}

std::optional<std::string> Vault::broken_claims(const Flows& moved) const {
    if (auto broken = purse::broken_invariant(*this)) return broken;
    for (const auto& [id, payments] : moved.payments)
        if (claims::is_open(*this, TrancheId{id.low64()}) &&
            tranches::was_settled_now(*this, TrancheId{id.low64()}, TrancheState::released))
            return "X-2: tranche " + to_decimal(id) + " was released while in dispute";
    return claims::broken_invariant(*this, purse::locked(*this, asset()));
}

std::optional<std::string> Vault::broken_departures(const Flows& moved) const {
    u256 sum;  // Of at most 64 numbers below 2^128.
    for (const auto& [id, amount] : moved.reductions) sum += amount;
    if (sum != moved.left_amount) return "V-15: those who left are owed what left no tranche";
    if (u256{get(retired_)} - before(retired_) != moved.left_shares)
        return "V-15: the shares of those who left were not ended";
    if (moved.left.empty()) return std::nullopt;
    u256 waiting;  // Now, in the tranches that are open; what has left those was in them.
    for (uint64_t i = 0; i < tranches::count(*this); ++i) {
        const u256 amount = tranches::amount(*this, TrancheId{i});
        const auto found = moved.reductions.find(u256{i});
        const u256 reduction = found == moved.reductions.end() ? u256{} : found->second;
        if (tranches::amount_before(*this, TrancheId{i}) - amount != reduction)
            return "V-15: tranche " + std::to_string(i) + " is not what is left of it";
        if (tranches::state(*this, TrancheId{i}) == TrancheState::open) waiting += amount;
    }
    const bool settled = !moved.payments.empty() || !moved.reclaims.empty();
    if (settled) return std::nullopt;
    // No overflow: numbers below 2^128, and not as many leave in a transaction.
    const u256 was = waiting + moved.left_amount;
    if (waiting * supply_before() < was * total_supply())
        return "V-15: who stays has less than before";
    if ((moved.left_amount + u256{moved.left.size()}) * supply_before() < was * moved.left_shares)
        return "V-15: who left has less than his part";
    return std::nullopt;
}

std::optional<std::string> Vault::broken_agreements(const Flows& moved) const {
    const amendments::Status now = amendments::status(*this);
    const bool is_new = amendments::number_before(*this) != now.number;
    u256 gain;  // Modulo 2^256.
    for (const auto& [party, shares] : moved.agreed) {
        if (amendments::agreed_shares(*this, party) != shares)
            return "X-9: " + to_hex(party) + " does not agree with what it said";
        gain += shares - (is_new ? u256{} : amendments::agreed_shares_before(*this, party));
    }
    const u256 was = is_new ? u256{} : amendments::agreeing_before(*this);
    if (now.agreeing - was != gain) return "X-9: what agrees did not move as agreements say";
    return amendments::broken_invariant(*this, gains(), total_supply(),
                                        [this](const Address& owner) { return balance_of(owner); });
}

}  // namespace plume
