#include "contracts/document_bundles.hpp"

namespace plume::document_bundles {

namespace {

/// struct { address anchoredBy; uint64 anchoredAt; uint256 documentCount; bytes32 supersededBy;
/// string metadataURI; }
struct AnchorPlace : Place {
    Slot<Address> anchored_by() const { return {position, 0}; }
    Slot<uint64_t> anchored_at() const { return {position, 20}; }
    Slot<u256> document_count() const { return {position + u256{1u}}; }
    Slot<Hash> superseded_by() const { return {position + u256{2u}}; }
    Text metadata_uri() const { return {{position + u256{3u}}}; }
};

constexpr u256 base = namespace_slot("plume.attestations.bundles");
constexpr Map<Hash, AnchorPlace> anchors{{base}};
constexpr Map<Hash, Map<Hash, Hash>> active_bundles{{base + u256{1u}}};

AnchorPlace place_of(const Hash& bundle, const Hash& subject, const Hash& role) {
    return anchors[keccak256(abi::encode(bundle, subject, role))];
}

void store(Contract& contract, const Anchor& given) {
    contract.require(!given.bundle.is_zero() && !given.subject.is_zero() && !given.role.is_zero() &&
                         !given.document_count.is_zero() &&
                         given.metadata_uri.size() <= metadata_uri_size_max,
                     BundleInvalid{});
    const AnchorPlace place = place_of(given.bundle, given.subject, given.role);
    contract.require(contract.get(place.anchored_by()) == Address{}, BundleExists{given.bundle});
    contract.set(place.anchored_by(), contract.sender());
    contract.set(place.anchored_at(), contract.now());
    contract.set(place.document_count(), given.document_count);
    contract.set(place.metadata_uri(), view_of(given.metadata_uri));
    contract.set(active_bundles[given.subject][given.role], given.bundle);
    contract.emit(BundleAnchored{given.bundle, given.subject, given.role, given.document_count});
}

}  // namespace

void anchor(Contract& contract, const Anchor& given) {
    const Hash taken = active(contract, given.subject, given.role);
    contract.require(taken.is_zero(), SlotTaken{taken});
    store(contract, given);
}

void supersede(Contract& contract, const Hash& old_bundle, const Anchor& given) {
    contract.require(is_anchored(contract, old_bundle, given.subject, given.role),
                     UnknownBundle{old_bundle});
    contract.require(active(contract, given.subject, given.role) == old_bundle,
                     BundleNotActive{old_bundle});
    const AnchorPlace old = place_of(old_bundle, given.subject, given.role);
    contract.require(contract.get(old.anchored_by()) == contract.sender(),
                     NotAnchorer{contract.sender()});
    contract.set(old.superseded_by(), given.bundle);
    contract.emit(BundleSuperseded{old_bundle, given.bundle, given.subject, given.role});
    store(contract, given);
}

Anchor at(const Contract& contract, const Hash& bundle, const Hash& subject, const Hash& role) {
    contract.require(is_anchored(contract, bundle, subject, role), UnknownBundle{bundle});
    const AnchorPlace place = place_of(bundle, subject, role);
    const Hash next = contract.get(place.superseded_by());
    return {.bundle = bundle,
            .subject = subject,
            .role = role,
            .anchored_by = contract.get(place.anchored_by()),
            .anchored_at = contract.get(place.anchored_at()),
            .document_count = contract.get(place.document_count()),
            .metadata_uri = contract.get_string(place.metadata_uri()),
            .superseded = !next.is_zero(),
            .superseded_by = next};
}

bool is_anchored(const Contract& contract, const Hash& bundle, const Hash& subject,
                 const Hash& role) {
    return contract.get(place_of(bundle, subject, role).anchored_by()) != Address{};
}

Hash active(const Contract& contract, const Hash& subject, const Hash& role) {
    return contract.get(active_bundles[subject][role]);
}

std::optional<std::string> broken_invariant(const Contract& contract) {
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        if (const auto anchored = BundleAnchored::decode(log)) {
            const auto& [bundle, subject, role, documents] = *anchored;
            const AnchorPlace place = place_of(bundle, subject, role);
            if (contract.before(place.anchored_by()) != Address{})
                return "P-5: an anchor was made over another";
            const Hash last = active(contract, subject, role);
            if (!contract.get(place_of(last, subject, role).superseded_by()).is_zero())
                return "P-5: an active bundle is superseded";
        }
        if (const auto superseded = BundleSuperseded::decode(log)) {
            const auto& [old, next, subject, role] = *superseded;
            const AnchorPlace place = place_of(old, subject, role);
            if (!contract.before(place.superseded_by()).is_zero() ||
                contract.get(place.superseded_by()) != next)
                return "P-5: a bundle was superseded twice or by another";
        }
    }
    return std::nullopt;
}

}  // namespace plume::document_bundles
