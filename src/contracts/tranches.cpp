#include "contracts/tranches.hpp"

#include "base/result.hpp"
#include "contracts/packing.hpp"
#include "native/math.hpp"

namespace plume::tranches {

namespace {

/// What is kept of a tranche. The amount stands in its terms too; here it spares reading them.
struct Record : Place {
    static constexpr uint64_t slots = 3;

    Slot<u128> amount() const { return {position, 0}; }
    Slot<uint8_t> state() const { return {position, 16}; }
    Slot<uint64_t> claimed_at() const { return {position, 17}; }
    Slot<Hash> hash() const { return {position + u256{1u}}; }
    Text packed_terms() const { return {{position + u256{2u}}}; }
};

constexpr Array<Record> records{{namespace_slot("plume.tranches")}};

Record record_of(const Contract& contract, TrancheId id) {
    const auto index = static_cast<uint64_t>(id);
    const uint64_t size = count(contract);
    contract.require(index < size, UnknownTranche{u256{index}, u256{size}});
    return records[index];
}

/// The ABI encoding of a tranche's terms.
Bytes encoded_terms(const Contract& contract, const Record& record) {
    return packing::unpack(contract.get(record.packed_terms()));
}

Hash extend(const Hash& plan_hash, const Hash& tranche_hash) {
    return keccak256(abi::encode(plan_hash, tranche_hash));
}

Hash hash_with(const Hash& terms, const Hash& rules) {
    return rules.is_zero() ? terms : keccak256(abi::encode(terms, rules));
}

void require_payees(const Contract& contract, const Tranche& tranche) {
    const auto& payees = tranche.payees;
    contract.require(!payees.empty() && payees.size() <= payees_max,
                     PayeeCountInvalid{u256{payees.size()}, u256{payees_max}});
    u256 sum;  // At most 16 numbers below 2^128.
    for (auto payee = payees.begin(); payee != payees.end(); ++payee) {
        const bool is_new = std::none_of(
            payees.begin(), payee, [&](const Payee& earlier) { return earlier.to == payee->to; });
        contract.require(payee->to != Address{} && payee->to != contract.self() && is_new,
                         PayeeInvalid{payee->to});
        contract.require(!payee->amount.number.is_zero(), PayeeAmountZero{payee->to});
        sum += payee->amount;
    }
    contract.require(sum == tranche.amount, PayeeSumWrong{sum, tranche.amount});
}

void require_times(const Contract& contract, const Tranche& tranche, uint64_t funding_deadline) {
    const uint64_t deadline = tranche.deadline;
    contract.require(deadline > tranche.opens_at && deadline > funding_deadline &&
                         deadline - funding_deadline <= span_max_seconds,
                     DeadlineInvalid{deadline});
    contract.require(tranche.challenge <= deadline - funding_deadline,
                     ChallengeTooLong{tranche.challenge});
}

}  // namespace

void require_valid(const Contract& contract, const Tranche& tranche, uint64_t funding_deadline) {
    require_bounds(contract, tranche, funding_deadline);
    contract.require(tranche.release.target != Address{}, ReleaseConditionMissing{});
}

void require_bounds(const Contract& contract, const Tranche& tranche, uint64_t funding_deadline) {
    require_payees(contract, tranche);
    require_times(contract, tranche, funding_deadline);
    for (const Condition* condition : {&tranche.release, &tranche.cancel})
        contract.require(condition->data.size() <= condition_data_max,
                         ConditionTooLong{u256{condition->data.size()}, u256{condition_data_max}});
}

Hash add(Contract& contract, const Tranche& tranche, const Hash& plan_hash, const Hash& rules) {
    contract.require(count(contract) < count_max, TooManyTranches{u256{count_max}});
    const Bytes terms = abi::encode(tranche);
    const Hash hash = hash_with(keccak256(terms), rules);
    const Record record = contract.push(records);
    contract.set(record.amount(), tranche.amount);
    contract.set(record.hash(), hash);
    contract.set(record.packed_terms(), packing::pack(terms));
    return extend(plan_hash, hash);
}

uint64_t count(const Contract& contract) {
    return contract.length(records);
}

Tranche terms(const Contract& contract, TrancheId id) {
    auto tranche = abi::decode_one<Tranche>(encoded_terms(contract, record_of(contract, id)));
    check(tranche.has_value(), "only add() writes the terms of a tranche");
    return std::move(*tranche);
}

u256 amount(const Contract& contract, TrancheId id) {
    return contract.get(record_of(contract, id).amount());
}

Hash hash(const Contract& contract, TrancheId id) {
    return contract.get(record_of(contract, id).hash());
}

TrancheState state(const Contract& contract, TrancheId id) {
    return static_cast<TrancheState>(contract.get(record_of(contract, id).state()));
}

uint64_t claimed_at(const Contract& contract, TrancheId id) {
    return contract.get(record_of(contract, id).claimed_at());
}

void set_state(Contract& contract, TrancheId id, TrancheState state) {
    contract.set(record_of(contract, id).state(), static_cast<uint8_t>(state));
}

void set_claimed_at(Contract& contract, TrancheId id, uint64_t time) {
    contract.set(record_of(contract, id).claimed_at(), time);
}

void set_amount(Contract& contract, TrancheId id, const u256& amount) {
    contract.set(record_of(contract, id).amount(), checked_u128(amount));
}

void amend(Contract& contract, TrancheId id, const Tranche& tranche, const Hash& rules) {
    const Bytes terms = abi::encode(tranche);
    const Record record = record_of(contract, id);
    contract.set(record.hash(), hash_with(keccak256(terms), rules));
    contract.set(record.packed_terms(), packing::pack(terms));
}

u256 amount_before(const Contract& contract, TrancheId id) {
    return contract.before(record_of(contract, id).amount());
}

u256 open_amount(const Contract& contract) {
    u256 sum;
    const uint64_t size = count(contract);
    for (uint64_t i = 0; i < size; ++i)
        if (contract.get(records[i].state()) == 0) sum += contract.get(records[i].amount());
    return sum;
}

Hash hash_of_all(const Contract& contract, Hash plan_hash) {
    const uint64_t size = count(contract);
    for (uint64_t i = 0; i < size; ++i)
        plan_hash = extend(plan_hash, contract.get(records[i].hash()));
    return plan_hash;
}

bool are_hashes_unchanged(const Contract& contract) {
    const uint64_t size = count(contract);
    if (!contract.is_unchanged(records.length())) return false;
    for (uint64_t i = 0; i < size; ++i)
        if (!contract.is_unchanged(records[i].hash())) return false;
    return true;
}

bool terms_hold(const Contract& contract, TrancheId id, const Hash& rules) {
    const Record record = record_of(contract, id);
    const Bytes encoded = encoded_terms(contract, record);
    if (hash_with(keccak256(encoded), rules) != contract.get(record.hash())) return false;
    const auto tranche = abi::decode_one<Tranche>(encoded);
    return tranche && contract.get(record.amount()).number <= tranche->amount.number;
}

bool was_settled_now(const Contract& contract, TrancheId id, TrancheState state) {
    const Record record = record_of(contract, id);
    return contract.before(record.state()) == 0 &&
           contract.get(record.state()) == static_cast<uint8_t>(state);
}

std::optional<std::string> broken_invariant(const Contract& contract, const Announced& announced) {
    const uint64_t known = contract.before(records.length()).low64();
    if (known > count(contract)) return "X-3: a tranche was taken out of the plan";
    for (uint64_t i = 0; i < known; ++i) {
        const Record record = records[i];
        const auto is_in = [i](std::span<const u256> ids) {
            return std::ranges::find(ids, u256{i}) != ids.end();
        };
        const bool same_amount =
            contract.get(record.amount()) == contract.before(record.amount()) ||
            is_in(announced.reduced);
        const bool same_terms = contract.get(record.hash()) == contract.before(record.hash()) ||
                                is_in(announced.amended);
        if (!same_amount || !same_terms)
            return "X-3: tranche " + std::to_string(i) + " has changed";
        const uint8_t state_before = contract.before(record.state());
        const uint8_t state_now = contract.get(record.state());
        const bool is_end = state_now == static_cast<uint8_t>(TrancheState::released) ||
                            state_now == static_cast<uint8_t>(TrancheState::reclaimed);
        const bool was_paying = state_before == static_cast<uint8_t>(TrancheState::paying);
        if (state_before != 0 && state_now != state_before && !(was_paying && is_end))
            return "X-1: tranche " + std::to_string(i) + " left its terminal state";
        const uint64_t claim_before = contract.before(record.claimed_at());
        if (claim_before != 0 && !is_in(announced.rejected) &&
            contract.get(record.claimed_at()) != claim_before)
            return "X-2: the claim of tranche " + std::to_string(i) + " has changed";
    }
    return std::nullopt;
}

}  // namespace plume::tranches
