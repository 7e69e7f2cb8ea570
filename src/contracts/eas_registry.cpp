#include "contracts/eas_registry.hpp"

#include "native/math.hpp"
#include "native/typed_data.hpp"

namespace plume {

Hash EasRegistry::register_schema(std::string schema, Address resolver, bool revocable) {
    require(resolver == Address{}, ResolverNotSupported{resolver});
    const Hash uid = eas::schema_uid(schema, resolver, revocable);
    require(!is_revocable(uid).has_value(), eas::AlreadyExists{});
    const detail::SchemaPlace kept = schemas_[uid];
    set(kept.uid(), uid);
    set(kept.revocable(), revocable);
    set(kept.schema(), view_of(schema));
    emit(eas::Registered{uid, sender(), {uid, resolver, revocable, schema}});
    return uid;
}

eas::SchemaRecord EasRegistry::schema(Hash uid) const {
    if (const auto text = well_known_schema(uid)) return {uid, {}, true, std::string(*text)};
    const detail::SchemaPlace kept = schemas_[uid];
    return {get(kept.uid()), {}, get(kept.revocable()), get_string(kept.schema())};
}

std::optional<bool> EasRegistry::is_revocable(const Hash& schema) const {
    if (well_known_schema(schema)) return true;
    const detail::SchemaPlace kept = schemas_[schema];
    if (get(kept.uid()).is_zero()) return std::nullopt;
    return get(kept.revocable());
}

Hash EasRegistry::attest(eas::AttestationRequest request) {
    return store(request.schema, std::move(request.data), sender());
}

Hash EasRegistry::attest_by_delegation(eas::DelegatedAttestationRequest request) {
    const Hash signed_hash = eas::attest_struct_hash(request.attester, request.schema, request.data,
                                                     nonce(request.attester), request.deadline);
    use_signature(request.attester, signed_hash, request.signature, request.deadline);
    return store(request.schema, std::move(request.data), request.attester);
}

std::vector<Hash> EasRegistry::multi_attest(std::vector<eas::MultiAttestationRequest> requests) {
    std::vector<Hash> uids;
    for (eas::MultiAttestationRequest& request : requests) {
        require(!request.data.empty(), eas::InvalidLength{});
        for (eas::AttestationRequestData& data : request.data)
            uids.push_back(store(request.schema, std::move(data), sender()));
    }
    return uids;
}

std::vector<Hash> EasRegistry::multi_attest_by_delegation(
    std::vector<eas::MultiDelegatedAttestationRequest> requests) {
    std::vector<Hash> uids;
    for (eas::MultiDelegatedAttestationRequest& request : requests) {
        require(!request.data.empty() && request.data.size() == request.signatures.size(),
                eas::InvalidLength{});
        for (size_t i = 0; i < request.data.size(); ++i)
            uids.push_back(
                attest_by_delegation({request.schema, std::move(request.data[i]),
                                      request.signatures[i], request.attester, request.deadline}));
    }
    return uids;
}

void EasRegistry::revoke(eas::RevocationRequest request) {
    withdraw(request.schema, request.data, sender());
}

void EasRegistry::revoke_by_delegation(eas::DelegatedRevocationRequest request) {
    const Hash signed_hash = eas::revoke_struct_hash(request.revoker, request.schema, request.data,
                                                     nonce(request.revoker), request.deadline);
    use_signature(request.revoker, signed_hash, request.signature, request.deadline);
    withdraw(request.schema, request.data, request.revoker);
}

void EasRegistry::multi_revoke(std::vector<eas::MultiRevocationRequest> requests) {
    for (const eas::MultiRevocationRequest& request : requests)
        for (const eas::RevocationRequestData& data : request.data)
            withdraw(request.schema, data, sender());
}

void EasRegistry::multi_revoke_by_delegation(
    std::vector<eas::MultiDelegatedRevocationRequest> requests) {
    for (const eas::MultiDelegatedRevocationRequest& request : requests) {
        require(!request.data.empty() && request.data.size() == request.signatures.size(),
                eas::InvalidLength{});
        for (size_t i = 0; i < request.data.size(); ++i)
            revoke_by_delegation({request.schema, request.data[i], request.signatures[i],
                                  request.revoker, request.deadline});
    }
}

Hash EasRegistry::store(const Hash& schema, eas::AttestationRequestData request,
                        const Address& attester) {
    const std::optional<bool> revocable = is_revocable(schema);
    require(revocable.has_value(), eas::InvalidSchema{});
    require(request.expiration_time == 0 || request.expiration_time > now(),
            eas::InvalidExpirationTime{});
    require(*revocable || !request.revocable, eas::Irrevocable{});
    require(request.ref_uid.is_zero() || exists(request.ref_uid), eas::NotFound{});
    require(request.value.is_zero(), eas::NotPayable{});
    eas::Attestation made{{},
                          schema,
                          now(),
                          request.expiration_time,
                          0,
                          request.ref_uid,
                          request.recipient,
                          attester,
                          request.revocable,
                          std::move(request.data)};
    for (uint32_t bump = 0; made.uid.is_zero() || exists(made.uid); ++bump) {
        charge(gas::keccak + gas::keccak_word * words_of(made.data.size()));
        made.uid = eas::attestation_uid(made, bump);
    }
    const detail::AttestationPlace kept = place(made.uid);
    set(kept.uid(), made.uid);
    set(kept.schema(), made.schema);
    set(kept.time(), made.time);
    set(kept.expiration_time(), made.expiration_time);
    set(kept.block(), block_number());
    if (!made.ref_uid.is_zero()) set(kept.ref_uid(), made.ref_uid);
    if (made.recipient != Address{}) set(kept.recipient(), made.recipient);
    set(kept.attester(), made.attester);
    set(kept.revocable(), made.revocable);
    set(kept.data(), made.data);
    on_attested(made);
    emit(eas::Attested{made.recipient, made.attester, made.uid, made.schema});
    return made.uid;
}

void EasRegistry::withdraw(const Hash& schema, const eas::RevocationRequestData& request,
                           const Address& revoker) {
    require(is_revocable(schema).has_value(), eas::InvalidSchema{});
    const detail::AttestationPlace kept = place(request.uid);
    require(exists(request.uid), eas::NotFound{});
    require(get(kept.schema()) == schema, eas::InvalidSchema{});
    require(get(kept.attester()) == revoker, eas::AccessDenied{});
    require(get(kept.revocable()), eas::Irrevocable{});
    require(get(kept.revocation_time()) == 0, eas::AlreadyRevoked{});
    require(request.value.is_zero(), eas::NotPayable{});
    set(kept.revocation_time(), now());
    on_revoked(request.uid);
    emit(eas::Revoked{get(kept.recipient()), revoker, request.uid, schema});
}

eas::Attestation EasRegistry::attestation(Hash uid) const {
    const detail::AttestationPlace kept = place(uid);
    return {get(kept.uid()),
            get(kept.schema()),
            get(kept.time()),
            get(kept.expiration_time()),
            get(kept.revocation_time()),
            get(kept.ref_uid()),
            get(kept.recipient()),
            get(kept.attester()),
            get(kept.revocable()),
            get(kept.data())};
}

bool EasRegistry::stands(const Hash& uid) const {
    const detail::AttestationPlace kept = place(uid);
    if (get(kept.time()) == 0 || get(kept.revocation_time()) != 0) return false;
    const uint64_t expires = get(kept.expiration_time());
    return expires == 0 || now() < expires;
}

uint64_t EasRegistry::timestamp(Hash data) {
    require(timestamp_of(data) == 0, eas::AlreadyTimestamped{});
    set(timestamps_[data], now());
    emit(eas::Timestamped{data, now()});
    return now();
}

uint64_t EasRegistry::multi_timestamp(std::vector<Hash> data) {
    for (const Hash& one : data) timestamp(one);
    return now();
}

uint64_t EasRegistry::revoke_offchain(Hash data) {
    require(offchain_revocation(sender(), data) == 0, eas::AlreadyRevokedOffchain{});
    set(offchain_revocations_[sender()][data], now());
    emit(eas::RevokedOffchain{sender(), data, now()});
    return now();
}

uint64_t EasRegistry::multi_revoke_offchain(std::vector<Hash> data) {
    for (const Hash& one : data) revoke_offchain(one);
    return now();
}

void EasRegistry::use_signature(const Address& signer, const Hash& struct_hash,
                                const eas::Signature& signature, uint64_t deadline) {
    require(deadline == 0 || deadline >= now(), eas::DeadlineExpired{});
    const Hash digest = typed_data_digest(domain_separator(), struct_hash);
    require(is_signed_by(*this, signer, digest, signature.v, signature.r, signature.s),
            eas::InvalidSignature{});
    set(nonces_[signer], checked_add(nonce(signer), u256{1u}));  // Never back to one that was used.
}

void EasRegistry::increase_nonce(u256 new_nonce) {
    const u256 old_nonce = nonce(sender());
    require(new_nonce > old_nonce, eas::InvalidNonce{});
    set(nonces_[sender()], new_nonce);
    emit(eas::NonceIncreased{old_nonce, new_nonce});
}

Hash EasRegistry::domain_separator() const {
    return plume::domain_separator(*this, eas::name, eas::version);
}

DomainDescription EasRegistry::eip712_domain() const {
    return describe_domain(*this, eas::name, eas::version);
}

std::optional<std::string> EasRegistry::broken_invariant() const {
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        if (const auto attested = eas::Attested::decode(log)) {
            const auto& [recipient, attester, uid, schema] = *attested;
            const detail::AttestationPlace kept = place(uid);
            if (!before(kept.uid()).is_zero())
                return "P-1: the attestation " + to_hex(uid) + " was made twice";
            if (get(kept.uid()) != uid || get(kept.schema()) != schema ||
                get(kept.attester()) != attester || get(kept.recipient()) != recipient)
                return "P-1: the attestation " + to_hex(uid) + " is not what its event says";
        }
        if (const auto revoked = eas::Revoked::decode(log)) {
            const detail::AttestationPlace kept = place(std::get<2>(*revoked));
            if (before(kept.revocation_time()) != 0 || get(kept.revocation_time()) == 0)
                return "P-1: a revocation is made once and stays";
            if (get(kept.attester()) != std::get<1>(*revoked))
                return "P-1: only its attester revokes an attestation";
        }
    }
    return std::nullopt;
}

}  // namespace plume
