#include "contracts/asset_anchors.hpp"

namespace plume::asset_anchors {

namespace {

/// struct { address registeredBy; uint64 registeredAt; bool deactivated; bool invalidated; bytes32
/// legalHash; bytes32 evidenceHash; address token; bytes32 scope; uint256 tokenId; bytes32
/// assetClass; bytes32 jurisdiction; uint64 attestationDate; uint64 expiresAt; bytes uri; bytes
/// extensions; }
struct AnchorPlace : Place {
    Slot<Address> registered_by() const { return {position, 0}; }
    Slot<uint64_t> registered_at() const { return {position, 20}; }
    Slot<bool> deactivated() const { return {position, 28}; }
    Slot<bool> invalidated() const { return {position, 29}; }
    Slot<Hash> legal_hash() const { return {position + u256{1u}}; }
    Slot<Hash> evidence_hash() const { return {position + u256{2u}}; }
    Slot<Address> token() const { return {position + u256{3u}}; }
    Slot<Hash> scope() const { return {position + u256{4u}}; }
    Slot<u256> token_id() const { return {position + u256{5u}}; }
    Slot<Hash> asset_class() const { return {position + u256{6u}}; }
    Slot<Hash> jurisdiction() const { return {position + u256{7u}}; }
    Slot<uint64_t> attestation_date() const { return {position + u256{8u}, 0}; }
    Slot<uint64_t> expires_at() const { return {position + u256{8u}, 8}; }
    Text uri() const { return {{position + u256{9u}}}; }
    Text extensions() const { return {{position + u256{10u}}}; }
};

constexpr u256 base = namespace_slot("plume.attestations.anchors");
constexpr Map<Hash, AnchorPlace> anchors{{base}};
/// By the hash of token, scope and token id: the one anchor that is valid for them.
constexpr Map<Hash, Hash> bound{{base + u256{1u}}};

Slot<Hash> bound_slot(const Binding& to) {
    return bound[keccak256(abi::encode(to.token, to.scope, to.token_id))];
}

AnchorPlace known(const Contract& contract, const Hash& anchor) {
    const AnchorPlace place = anchors[anchor];
    contract.require(contract.get(place.registered_by()) != Address{}, UnknownAnchor{anchor});
    return place;
}

Binding binding_of(const Contract& contract, const AnchorPlace& place) {
    return {contract.get(place.token()), contract.get(place.scope()),
            contract.get(place.token_id())};
}

AnchorPlace require_registrar(const Contract& contract, const Hash& anchor) {
    const AnchorPlace place = known(contract, anchor);
    contract.require(contract.get(place.registered_by()) == contract.sender(),
                     NotRegistrar{contract.sender()});
    return place;
}

void require_valid(const Contract& contract, const AnchorMetadata& given) {
    const auto require = [&](bool holds, const char* what) {
        contract.require(holds, AnchorInvalid{what});
    };
    require(!given.asset_class.is_zero(), "assetClass");
    require(!given.jurisdiction.is_zero(), "jurisdiction");
    require(given.attestation_date != 0 && given.attestation_date <= contract.now(),
            "attestationDate");
    require(given.expires_at > given.attestation_date && given.expires_at >= contract.now(),
            "expiresAt");
    require(!given.uri.empty() && given.uri.size() <= anchor_uri_max, "uri");
    require(given.extensions.size() <= extensions_max, "extensions");
}

}  // namespace

Hash register_anchor(Contract& contract, const Hash& legal_hash, const Hash& evidence_hash,
                     BytesView encoded) {
    contract.require(!legal_hash.is_zero(), AnchorInvalid{"legalHash"});
    contract.require(!evidence_hash.is_zero(), AnchorInvalid{"evidenceHash"});
    const auto members = abi::decode<Hash, Hash, uint64_t, uint64_t, Bytes, Bytes>(encoded);
    contract.require(members.has_value(), AnchorInvalid{"metadata"});
    const AnchorMetadata given =
        std::apply([](auto... member) { return AnchorMetadata{std::move(member)...}; }, *members);
    require_valid(contract, given);
    const Hash anchor = keccak256(abi::encode(legal_hash, evidence_hash));
    const AnchorPlace place = anchors[anchor];
    contract.require(contract.get(place.registered_by()) == Address{}, AnchorExists{anchor});
    contract.set(place.registered_by(), contract.sender());
    contract.set(place.registered_at(), contract.now());
    contract.set(place.legal_hash(), legal_hash);
    contract.set(place.evidence_hash(), evidence_hash);
    contract.set(place.asset_class(), given.asset_class);
    contract.set(place.jurisdiction(), given.jurisdiction);
    contract.set(place.attestation_date(), given.attestation_date);
    contract.set(place.expires_at(), given.expires_at);
    contract.set(place.uri(), given.uri);
    contract.set(place.extensions(), given.extensions);
    contract.emit(AnchorRegistered{anchor, legal_hash, evidence_hash});
    return anchor;
}

void bind(Contract& contract, const Hash& anchor, const Binding& to) {
    const AnchorPlace place = require_registrar(contract, anchor);
    contract.require(is_active(contract, anchor), AnchorNotActive{anchor});
    contract.require(contract.get(place.token()) == Address{}, AlreadyBound{anchor});
    contract.require(to.token != Address{}, AnchorInvalid{"token"});
    const bool is_whole = to.scope == whole_contract && to.token_id.is_zero();
    contract.require(is_whole || to.scope == one_token_id, AnchorInvalid{"bindingScope"});
    const Hash taken = contract.get(bound_slot(to));
    contract.require(taken.is_zero(), TokenTaken{taken});
    contract.set(place.token(), to.token);
    contract.set(place.scope(), to.scope);
    contract.set(place.token_id(), to.token_id);
    contract.set(bound_slot(to), anchor);
    contract.emit(TokenBound{anchor, to.token, to.scope, to.token_id});
}

void deactivate(Contract& contract, const Hash& anchor, const std::string& reason) {
    const AnchorPlace place = require_registrar(contract, anchor);
    contract.require(reason.size() <= reason_max, AnchorInvalid{"reason"});
    contract.require(!contract.get(place.deactivated()), AnchorNotActive{anchor});
    contract.set(place.deactivated(), true);
    contract.emit(AnchorDeactivated{anchor, reason});
}

void reattest(Contract& contract, const Hash& anchor, uint64_t expires_at,
              uint64_t attestation_date) {
    const AnchorPlace place = require_registrar(contract, anchor);
    contract.require(!contract.get(place.deactivated()), AnchorNotActive{anchor});
    const uint64_t old_expiry = contract.get(place.expires_at());
    contract.require(attestation_date != 0 && attestation_date <= contract.now() &&
                         attestation_date >= contract.get(place.attestation_date()),
                     AnchorInvalid{"attestationDate"});
    contract.require(
        expires_at > contract.now() && expires_at > attestation_date && expires_at >= old_expiry,
        AnchorInvalid{"expiresAt"});
    contract.set(place.expires_at(), expires_at);
    contract.set(place.attestation_date(), attestation_date);
    contract.emit(AnchorReattested{anchor, old_expiry, expires_at, attestation_date});
}

void invalidate(Contract& contract, const Hash& anchor, const Hash& reason_hash, bool may_bind) {
    const AnchorPlace place = known(contract, anchor);
    contract.require(may_bind || contract.get(place.registered_by()) == contract.sender(),
                     NotRegistrar{contract.sender()});
    contract.require(is_valid(contract, anchor), BindingNotValid{anchor});
    contract.require(!reason_hash.is_zero(), AnchorInvalid{"reasonHash"});
    const Binding from = binding_of(contract, place);
    const bool was_active = !contract.get(place.deactivated());
    contract.set(place.invalidated(), true);
    contract.set(place.deactivated(), true);
    contract.set(bound_slot(from), Hash{});
    if (was_active) contract.emit(AnchorDeactivated{anchor, "invalidated"});
    contract.emit(
        TokenBindingInvalidated{anchor, from.token, from.scope, from.token_id, reason_hash});
}

AnchorRecord at(const Contract& contract, const Hash& anchor) {
    const AnchorPlace place = known(contract, anchor);
    return {.anchor = anchor,
            .legal_hash = contract.get(place.legal_hash()),
            .evidence_hash = contract.get(place.evidence_hash()),
            .token = contract.get(place.token()),
            .scope = contract.get(place.scope()),
            .token_id = contract.get(place.token_id()),
            .registered_at = contract.get(place.registered_at()),
            .active = !contract.get(place.deactivated())};
}

AnchorMetadata metadata(const Contract& contract, const Hash& anchor) {
    const AnchorPlace place = known(contract, anchor);
    return {.asset_class = contract.get(place.asset_class()),
            .jurisdiction = contract.get(place.jurisdiction()),
            .attestation_date = contract.get(place.attestation_date()),
            .expires_at = contract.get(place.expires_at()),
            .uri = contract.get(place.uri()),
            .extensions = contract.get(place.extensions())};
}

Address registered_by(const Contract& contract, const Hash& anchor) {
    return contract.get(known(contract, anchor).registered_by());
}

bool is_bound(const Contract& contract, const Hash& anchor) {
    return contract.get(known(contract, anchor).token()) != Address{};
}

bool is_active(const Contract& contract, const Hash& anchor) {
    const AnchorPlace place = known(contract, anchor);
    return !contract.get(place.deactivated()) && contract.now() <= contract.get(place.expires_at());
}

bool is_valid(const Contract& contract, const Hash& anchor) {
    const AnchorPlace place = known(contract, anchor);
    return contract.get(place.token()) != Address{} && !contract.get(place.invalidated());
}

std::optional<std::string> broken_invariant(const Contract& contract) {
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        if (const auto registered = AnchorRegistered::decode(log)) {
            const AnchorPlace place = anchors[std::get<0>(*registered)];
            if (contract.before(place.registered_by()) != Address{})
                return "P-7: an anchor was registered over another";
        }
        if (const auto told = TokenBound::decode(log)) {
            const auto& [anchor, token, scope, token_id] = *told;
            const AnchorPlace place = anchors[anchor];
            if (contract.before(place.token()) != Address{} ||
                contract.get(place.token()) != token || contract.get(place.scope()) != scope ||
                contract.get(place.token_id()) != token_id)
                return "P-7: an anchor was bound twice, or to another token than was said";
            const Hash valid = contract.get(bound_slot({token, scope, token_id}));
            if (valid != anchor && !contract.get(place.invalidated()))
                return "P-7: a token has two valid anchors";
        }
        if (const auto ended = TokenBindingInvalidated::decode(log)) {
            const AnchorPlace place = anchors[std::get<0>(*ended)];
            if (contract.before(place.invalidated()) || !contract.get(place.invalidated()) ||
                !contract.get(place.deactivated()))
                return "P-7: a binding was invalidated twice or not at all";
        }
    }
    return std::nullopt;
}

}  // namespace plume::asset_anchors
