#include "contracts/payouts.hpp"

#include <algorithm>

#include "base/result.hpp"
#include "contracts/packing.hpp"
#include "native/math.hpp"

namespace plume::payouts {

namespace {

struct Record : Place {
    Slot<u128> granted() const { return {position, 0}; }
    Slot<u128> left() const { return {position, 16}; }
    Slot<u128> drawn() const { return {position + u256{1u}, 0}; }
    Slot<uint64_t> started_at() const { return {position + u256{1u}, 16}; }
    Slot<uint64_t> quote_block() const { return {position + u256{1u}, 24}; }
    Slot<u128> quote_amount() const { return {position + u256{2u}, 0}; }
    Slot<Hash> hash() const { return {position + u256{3u}}; }
    Text packed_rules() const { return {{position + u256{4u}}}; }
};

constexpr Map<uint64_t, Record> records{{namespace_slot("plume.payouts")}};

Record record_of(TrancheId id) {
    return records[static_cast<uint64_t>(id)];
}

Bytes encoded_rules(const Contract& contract, TrancheId id) {
    return packing::unpack(contract.get(record_of(id).packed_rules()));
}

bool is_valid(const Schedule& schedule) {
    const auto& [pace, parts, duration, cliff] = schedule;
    switch (static_cast<Pace>(pace)) {
        case Pace::at_once:
            return parts == 0 && duration == 0 && cliff == 0;
        case Pace::instalments:
            return parts >= 2 && parts <= instalments_max && duration >= parts &&
                   duration <= duration_max_seconds && cliff == 0;
        case Pace::stream:
            return parts == 0 && duration > 0 && duration <= duration_max_seconds &&
                   cliff <= duration;
    }
    return false;
}

}  // namespace

void require_valid(const Contract& contract, const PayoutRules& rules) {
    const auto& [pace, parts, duration, cliff] = rules.schedule;
    contract.require(is_valid(rules.schedule), ScheduleInvalid{pace, parts, duration, cliff});
    const size_t size = rules.payout.data.size();
    contract.require(size <= amount_data_max, AmountTooLong{u256{size}, u256{amount_data_max}});
    contract.require(rules.payout.target == Address{} || !rules.payout.cap.is_zero(),
                     AmountCapZero{});
}

Hash add(Contract& contract, TrancheId id, const PayoutRules& rules) {
    const Bytes encoded = abi::encode(rules);
    const Hash hash = keccak256(encoded);
    contract.set(record_of(id).hash(), hash);
    contract.set(record_of(id).packed_rules(), packing::pack(encoded));
    return hash;
}

Hash hash(const Contract& contract, TrancheId id) {
    return contract.get(record_of(id).hash());
}

bool has_rules(const Contract& contract, TrancheId id) {
    return !hash(contract, id).is_zero();
}

PayoutRules rules(const Contract& contract, TrancheId id) {
    if (!has_rules(contract, id)) return {};
    auto out = abi::decode_one<PayoutRules>(encoded_rules(contract, id));
    check(out.has_value(), "only add() writes the rules of a payout");
    return std::move(*out);
}

std::optional<u256> ask(const Contract& contract, const Amount& amount, const u256& most) {
    const std::optional<u256> answer =
        evaluate_number(contract, Condition{amount.target, amount.data});
    if (!answer) return std::nullopt;
    return std::min({*answer, amount.cap, most});
}

Quote quoted(const Contract& contract, TrancheId id) {
    const Record record = record_of(id);
    return {contract.get(record.quote_amount()), contract.get(record.quote_block())};
}

void quote(Contract& contract, TrancheId id, const u256& amount) {
    const Record record = record_of(id);
    const Quote earlier = quoted(contract, id);
    if (earlier.block != 0 && earlier.amount == amount) return;
    contract.set(record.quote_amount(), checked_u128(amount));
    contract.set(record.quote_block(), contract.block_number());
}

void begin(Contract& contract, TrancheId id, const u256& granted) {
    const Record record = record_of(id);
    contract.set(record.granted(), checked_u128(granted));
    contract.set(record.left(), checked_u128(granted));
    contract.set(record.started_at(), contract.now());
}

u256 granted(const Contract& contract, TrancheId id) {
    return contract.get(record_of(id).granted());
}

u256 left(const Contract& contract, TrancheId id) {
    return contract.get(record_of(id).left());
}

u256 drawn(const Contract& contract, TrancheId id) {
    return contract.get(record_of(id).drawn());
}

u256 vested(const Contract& contract, TrancheId id) {
    const Schedule schedule = rules(contract, id).schedule;
    const u256 all = granted(contract, id);
    const uint64_t elapsed = contract.now() - contract.get(record_of(id).started_at());
    switch (static_cast<Pace>(schedule.pace)) {
        case Pace::at_once:
            break;
        case Pace::instalments: {
            // No overflow: a duration is below 2^31 seconds, and so is the time since any release.
            const uint64_t due = std::min<uint64_t>(
                schedule.parts,
                1 + (u256{elapsed} * u256{schedule.parts} / u256{schedule.duration}).low64());
            return mul_div_down(all, u256{due}, u256{schedule.parts});
        }
        case Pace::stream:
            if (elapsed < schedule.cliff) return {};
            if (elapsed >= schedule.duration) break;
            return mul_div_down(all, u256{elapsed}, u256{schedule.duration});
    }
    return all;
}

std::vector<Payee> split(const Tranche& terms, const u256& from, const u256& to) {
    std::vector<Payee> out;
    for (const Payee& payee : terms.payees) {
        const u256 before = mul_div_down(payee.amount, from, terms.amount);
        const u256 after = mul_div_down(payee.amount, to, terms.amount);
        if (after > before) out.push_back({payee.to, {after - before}});
    }
    return out;
}

std::vector<Payee> draw(Contract& contract, TrancheId id, const Tranche& terms) {
    const Record record = record_of(id);
    const u256 now_vested = vested(contract, id);
    std::vector<Payee> out = split(terms, drawn(contract, id), now_vested);
    u256 rest = left(contract, id);
    for (const Payee& payee : out) rest = checked_sub(rest, payee.amount);
    contract.set(record.drawn(), checked_u128(now_vested));
    contract.set(record.left(), checked_u128(rest));
    return out;
}

u256 take_left(Contract& contract, TrancheId id) {
    const u256 rest = left(contract, id);
    contract.set(record_of(id).left(), {});
    return rest;
}

bool rules_hold(const Contract& contract, TrancheId id) {
    return !has_rules(contract, id) || keccak256(encoded_rules(contract, id)) == hash(contract, id);
}

std::vector<Payee> drawn_now(const Contract& contract, TrancheId id, const Tranche& terms) {
    return split(terms, contract.before(record_of(id).drawn()), drawn(contract, id));
}

std::optional<std::string> broken_invariant(const Contract& contract, TrancheId id,
                                            const u256& amount, const u256& out) {
    const Record record = record_of(id);
    const std::string name = std::to_string(static_cast<uint64_t>(id));
    const bool had_begun = contract.before(record.started_at()) != 0;
    const u256 left_before = had_begun ? u256{contract.before(record.left())} : amount;
    if (left_before != left(contract, id) + out)
        return "X-1: what is left of tranche " + name + " is not what was not paid";
    if (had_begun && granted(contract, id) != contract.before(record.granted()))
        return "X-7: what was granted of tranche " + name + " has changed";
    if (drawn(contract, id) > vested(contract, id))
        return "X-7: more was drawn of tranche " + name + " than its schedule lets go";
    return std::nullopt;
}

}  // namespace plume::payouts
