#include "contracts/split.hpp"

#include "native/math.hpp"

namespace plume::split {

namespace {

constexpr u256 base = namespace_slot("plume.split");

// Zero stands for one for one: a token that never splits writes nothing.
constexpr Slot<u128> current_slot{base, 0};
constexpr Slot<u128> next_slot{base, 16};
constexpr Slot<uint64_t> effective_at_slot{base + u256{1u}};

u256 or_one(const u256& multiplier) {
    return multiplier.is_zero() ? one : multiplier;
}

}  // namespace

u256 multiplier(const Contract& contract) {
    if (contract.now() >= contract.get(effective_at_slot)) return next_multiplier(contract);
    return or_one(contract.get(current_slot));
}

u256 next_multiplier(const Contract& contract) {
    return or_one(contract.get(next_slot));
}

u256 effective_at(const Contract& contract) {
    return u256{contract.get(effective_at_slot)};
}

u256 shown(const Contract& contract, const u256& raw) {
    return mul_div_down(raw, multiplier(contract), one);
}

u256 raw(const Contract& contract, const u256& shown) {
    return mul_div_down(shown, one, multiplier(contract));
}

void set_multiplier(Contract& contract, const u256& next, const u256& effective_at) {
    contract.require(!next.is_zero() && next <= multiplier_limit,
                     InvalidMultiplier{next, multiplier_limit});
    const u256 now{contract.now()};
    contract.require(
        effective_at > now && effective_at - now <= u256{announcement_span_max_seconds},
        InvalidEffectiveTime{effective_at});
    const u256 current = multiplier(contract);
    contract.set(current_slot, checked_u128(current));
    contract.set(next_slot, checked_u128(next));
    contract.set(effective_at_slot, effective_at.low64());
    contract.emit(UIMultiplierUpdated{current, next, now, effective_at});
}

}  // namespace plume::split
