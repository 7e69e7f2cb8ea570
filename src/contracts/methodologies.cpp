#include "contracts/methodologies.hpp"

namespace plume::methodologies {

namespace {

/// struct { bytes32 hash; string uri; bytes32 nextHash; string nextUri; uint256 nextFrom; }
struct MethodologyPlace : Place {
    Slot<Hash> hash() const { return {position}; }
    Text uri() const { return {{position + u256{1u}}}; }
    Slot<Hash> next_hash() const { return {position + u256{2u}}; }
    Text next_uri() const { return {{position + u256{3u}}}; }
    Slot<u256> next_from() const { return {position + u256{4u}}; }
};

constexpr u256 base = namespace_slot("plume.attestations.methodologies");
constexpr Map<Hash, Map<Hash, MethodologyPlace>> places{{base}};

/// Whether the replacement that was announced last has taken its place, stored or not.
bool has_begun(const Contract& contract, const MethodologyPlace& place, const u256& count) {
    return !contract.get(place.next_hash()).is_zero() && contract.get(place.next_from()) <= count;
}

void set_active(Contract& contract, const MethodologyPlace& place, const Methodology& given) {
    contract.set(place.hash(), given.hash);
    contract.set(place.uri(), view_of(given.uri));
}

/// Stores what follows from the count alone.
void settle(Contract& contract, const MethodologyPlace& place, const u256& count) {
    if (!has_begun(contract, place, count)) return;
    set_active(contract, place,
               {contract.get(place.next_hash()), contract.get_string(place.next_uri())});
    contract.set(place.next_hash(), Hash{});
    contract.set(place.next_uri(), {});
    contract.set(place.next_from(), u256{});
}

}  // namespace

Methodology active(const Contract& contract, const Hash& subject, const Hash& indicator,
                   const u256& count) {
    const MethodologyPlace place = places[subject][indicator];
    if (has_begun(contract, place, count))
        return {contract.get(place.next_hash()), contract.get_string(place.next_uri())};
    return {contract.get(place.hash()), contract.get_string(place.uri())};
}

std::optional<Pending> pending(const Contract& contract, const Hash& subject, const Hash& indicator,
                               const u256& count) {
    const MethodologyPlace place = places[subject][indicator];
    if (contract.get(place.next_hash()).is_zero() || has_begun(contract, place, count))
        return std::nullopt;
    return Pending{contract.get(place.next_hash()), contract.get_string(place.next_uri()),
                   contract.get(place.next_from())};
}

void follow(Contract& contract, const Hash& subject, const Hash& indicator, const u256& count,
            const Methodology& given) {
    const MethodologyPlace place = places[subject][indicator];
    settle(contract, place, count);
    const Hash now = contract.get(place.hash());
    if (now.is_zero()) return set_active(contract, place, given);
    contract.require(given.hash == now, MethodologyDiffers{now});
}

void supersede(Contract& contract, const Hash& subject, const Hash& indicator, const u256& count,
               const Hash& old, const Pending& next) {
    const MethodologyPlace place = places[subject][indicator];
    settle(contract, place, count);
    const Hash now = contract.get(place.hash());
    contract.require(!now.is_zero() && !next.hash.is_zero() && !next.uri.empty() &&
                         next.uri.size() <= methodology_uri_max,
                     MethodologyInvalid{});
    contract.require(old == now, MethodologyDiffers{now});
    const u256 waits_for = contract.get(place.next_from());
    contract.require(contract.get(place.next_hash()).is_zero(), SupersessionPending{waits_for});
    const u256 most = count + u256{lookahead_max};
    contract.require(next.from_ordinal >= count && next.from_ordinal <= most,
                     OrdinalInvalid{next.from_ordinal, count, most});
    if (next.from_ordinal == count) {
        set_active(contract, place, {next.hash, next.uri});
    } else {
        contract.set(place.next_hash(), next.hash);
        contract.set(place.next_uri(), view_of(next.uri));
        contract.set(place.next_from(), next.from_ordinal);
    }
    contract.emit(MethodologySuperseded{subject, indicator, now, next.hash, next.from_ordinal});
}

std::optional<std::string> broken_invariant(const Contract& contract) {
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        const auto said = MethodologySuperseded::decode(log);
        if (!said) continue;
        const auto& [subject, indicator, old, next, ordinal] = *said;
        const MethodologyPlace place = places[subject][indicator];
        const bool is_kept =
            contract.get(place.hash()) == next ||
            (contract.get(place.next_hash()) == next && contract.get(place.next_from()) == ordinal);
        if (!is_kept) return "P-6: a methodology was replaced by another than was said";
    }
    return std::nullopt;
}

}  // namespace plume::methodologies
