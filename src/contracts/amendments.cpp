#include "contracts/amendments.hpp"

#include "base/result.hpp"
#include "contracts/packing.hpp"
#include "native/math.hpp"

namespace plume::amendments {

namespace {

struct Agreement : Place {
    Slot<u128> shares() const { return {position, 0}; }
    Slot<bool> agrees() const { return {position, 16}; }
};

constexpr u256 base = namespace_slot("plume.amendments");
constexpr Slot<uint64_t> latest{base, 0};
constexpr Slot<uint8_t> stage_slot{base, 8};
constexpr Slot<uint64_t> until_slot{base, 9};
constexpr Slot<u128> agreeing_slot{base + u256{1u}, 0};
constexpr Slot<uint64_t> accepted_at_slot{base + u256{1u}, 16};
constexpr Slot<uint8_t> tranche_slot{base + u256{1u}, 24};
constexpr Text packed_terms{{base + u256{2u}}};
constexpr Map<uint64_t, Map<Address, Agreement>> agreements{{base + u256{3u}}};

static_assert(tranches::count_max <= 256);

Agreement agreement_of(const Contract& contract, const Address& party) {
    return agreements[contract.get(latest)][party];
}

/// Time makes an amendment void without anyone having to say so.
Stage stage_of(const Contract& contract) {
    const auto stage = Stage{contract.get(stage_slot)};
    const bool is_pending = stage == Stage::proposed || stage == Stage::accepted;
    return is_pending && contract.now() > contract.get(until_slot) ? Stage::void_ : stage;
}

}  // namespace

Status status(const Contract& contract) {
    return {.number = contract.get(latest),
            .stage = stage_of(contract),
            .tranche = TrancheId{contract.get(tranche_slot)},
            .until = contract.get(until_slot),
            .accepted_at = contract.get(accepted_at_slot),
            .agreeing = contract.get(agreeing_slot)};
}

Tranche terms(const Contract& contract) {
    auto out = abi::decode_one<Tranche>(packing::unpack(contract.get(packed_terms)));
    check(out.has_value(), "only propose() writes the terms of an amendment");
    return std::move(*out);
}

uint64_t propose(Contract& contract, TrancheId id, const Tranche& terms) {
    const uint64_t number = contract.get(latest) + 1;
    contract.set(latest, number);
    contract.set(stage_slot, static_cast<uint8_t>(Stage::proposed));
    contract.set(until_slot, contract.now() + proposal_seconds);
    contract.set(agreeing_slot, {});
    contract.set(accepted_at_slot, uint64_t{});
    contract.set(tranche_slot, static_cast<uint8_t>(id));
    contract.set(packed_terms, packing::pack(abi::encode(terms)));
    return number;
}

bool has_agreed(const Contract& contract, const Address& party) {
    return contract.get(agreement_of(contract, party).agrees());
}

u256 agreed_shares(const Contract& contract, const Address& party) {
    return contract.get(agreement_of(contract, party).shares());
}

void set_agreement(Contract& contract, const Address& party, bool agrees, const u256& shares) {
    const Agreement agreement = agreement_of(contract, party);
    const u256 others = checked_sub(contract.get(agreeing_slot), contract.get(agreement.shares()));
    contract.set(agreeing_slot, checked_u128(checked_add(others, shares)));
    contract.set(agreement.shares(), checked_u128(shares));
    contract.set(agreement.agrees(), agrees);
    contract.emit(Agreed{u256{contract.get(latest)}, party, shares});
}

void accept(Contract& contract) {
    contract.set(stage_slot, static_cast<uint8_t>(Stage::accepted));
    contract.set(until_slot, contract.now() + acceptance_seconds);
    contract.set(accepted_at_slot, contract.now());
}

void put_in_force(Contract& contract) {
    contract.set(stage_slot, static_cast<uint8_t>(Stage::in_force));
}

void moved(Contract& contract, const Address& from, const u256& left) {
    const Stage stage = stage_of(contract);
    if (stage != Stage::proposed && stage != Stage::accepted) return;
    if (agreed_shares(contract, from) > left) set_agreement(contract, from, true, left);
}

u256 agreeing_before(const Contract& contract) {
    return contract.before(agreeing_slot);
}

uint64_t number_before(const Contract& contract) {
    return contract.before(latest);
}

u256 agreed_shares_before(const Contract& contract, const Address& party) {
    return contract.before(agreement_of(contract, party).shares());
}

}  // namespace plume::amendments
