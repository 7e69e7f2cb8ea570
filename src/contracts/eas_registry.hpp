// EasRegistry: schemas and attestations with the interface, the names and the refusals of
// EAS 1.4.0, whose registry of schemas and whose service are one contract here.
//
// What differs: a schema has no resolver, so no method takes wei. Answers, events and signatures do
// not differ, so that clients of EAS work unchanged.
//
// Invariants, held after every transaction:
//   P-1  an attestation never changes, except that the time of its revocation is set once, by its
//   attester's call or
//        signature; a nonce serves one signature.
#pragma once

#include "contracts/eas.hpp"
#include "native/contract.hpp"
#include "native/typed_data.hpp"

namespace plume {

namespace detail {

/// struct { bytes32 uid; bytes32 schema; uint64 time; uint64 expirationTime; uint64 revocationTime;
/// uint64 block;
///          bytes32 refUID; address recipient; address attester; bool revocable; bytes data; }
struct AttestationPlace : Place {
    Slot<Hash> uid() const { return {position}; }
    Slot<Hash> schema() const { return {position + u256{1u}}; }
    Slot<uint64_t> time() const { return {position + u256{2u}, 0}; }
    Slot<uint64_t> expiration_time() const { return {position + u256{2u}, 8}; }
    Slot<uint64_t> revocation_time() const { return {position + u256{2u}, 16}; }
    Slot<uint64_t> block() const { return {position + u256{2u}, 24}; }
    Slot<Hash> ref_uid() const { return {position + u256{3u}}; }
    Slot<Address> recipient() const { return {position + u256{4u}}; }
    Slot<Address> attester() const { return {position + u256{5u}, 0}; }
    Slot<bool> revocable() const { return {position + u256{5u}, 20}; }
    Text data() const { return {{position + u256{6u}}}; }
};

/// struct { bytes32 uid; bool revocable; string schema; }
struct SchemaPlace : Place {
    Slot<Hash> uid() const { return {position}; }
    Slot<bool> revocable() const { return {position + u256{1u}}; }
    Text schema() const { return {{position + u256{2u}}}; }
};

}  // namespace detail

class EasRegistry : public Contract {
public:
    using Contract::Contract;

    /// This version asks no resolver about attestations.
    using ResolverNotSupported = CustomError<"ResolverNotSupported(address resolver)", Address>;

    void construct() {}

    // Schemas.
    Hash register_schema(std::string schema, Address resolver, bool revocable);
    /// All zero when there is none, as in EAS.
    eas::SchemaRecord schema(Hash uid) const;
    Address schema_registry() const { return self(); }

    // Attestations.
    Hash attest(eas::AttestationRequest request);
    Hash attest_by_delegation(eas::DelegatedAttestationRequest request);
    std::vector<Hash> multi_attest(std::vector<eas::MultiAttestationRequest> requests);
    std::vector<Hash> multi_attest_by_delegation(
        std::vector<eas::MultiDelegatedAttestationRequest> requests);
    void revoke(eas::RevocationRequest request);
    void revoke_by_delegation(eas::DelegatedRevocationRequest request);
    void multi_revoke(std::vector<eas::MultiRevocationRequest> requests);
    void multi_revoke_by_delegation(std::vector<eas::MultiDelegatedRevocationRequest> requests);
    /// All zero when there is none, as in EAS.
    eas::Attestation attestation(Hash uid) const;
    /// EAS's word for "exists": revoked and expired ones count. Contracts ask `isLive`.
    bool exists(Hash uid) const { return !get(attestations_[uid].uid()).is_zero(); }

    // What is only anchored: hashes with the time they were first seen or withdrawn.
    uint64_t timestamp(Hash data);
    uint64_t multi_timestamp(std::vector<Hash> data);
    uint64_t revoke_offchain(Hash data);
    uint64_t multi_revoke_offchain(std::vector<Hash> data);
    uint64_t timestamp_of(Hash data) const { return get(timestamps_[data]); }
    uint64_t offchain_revocation(Address revoker, Hash data) const {
        return get(offchain_revocations_[revoker][data]);
    }

    // Signatures.
    u256 nonce(Address attester) const { return get(nonces_[attester]); }
    /// Makes all signatures void that the sender gave for lower nonces.
    void increase_nonce(u256 new_nonce);
    Hash domain_separator() const;
    Hash attest_type_hash() const { return eas::attest_type_hash; }
    Hash revoke_type_hash() const { return eas::revoke_type_hash; }
    std::string name() const { return std::string(eas::name); }
    std::string version() const { return std::string(eas::version); }
    DomainDescription eip712_domain() const;

    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<"constructor()", &EasRegistry::construct>{};
    static constexpr auto abi = Methods<
        Method<"register(string schema, address resolver, bool revocable) returns (bytes32)",
               &EasRegistry::register_schema>,
        Method<"getSchema(bytes32 uid) view returns "
               "((bytes32 uid, address resolver, bool revocable, string schema))",
               &EasRegistry::schema>,
        Method<"getSchemaRegistry() view returns (address)", &EasRegistry::schema_registry>,
        Method<"attest((bytes32 schema, (address recipient, uint64 expirationTime, bool revocable, "
               "bytes32 refUID, bytes data, uint256 value) data) request) returns (bytes32)",
               &EasRegistry::attest>,
        Method<"attestByDelegation((bytes32 schema, (address recipient, uint64 expirationTime, "
               "bool revocable, bytes32 refUID, bytes data, uint256 value) data, "
               "(uint8 v, bytes32 r, bytes32 s) signature, address attester, uint64 deadline) "
               "delegatedRequest) returns (bytes32)",
               &EasRegistry::attest_by_delegation>,
        Method<
            "multiAttest((bytes32 schema, (address recipient, uint64 expirationTime, "
            "bool revocable, bytes32 refUID, bytes data, uint256 value)[] data)[] multiRequests) "
            "returns (bytes32[])",
            &EasRegistry::multi_attest>,
        Method<
            "multiAttestByDelegation((bytes32 schema, (address recipient, uint64 expirationTime, "
            "bool revocable, bytes32 refUID, bytes data, uint256 value)[] data, "
            "(uint8 v, bytes32 r, bytes32 s)[] signatures, address attester, uint64 deadline)[] "
            "multiDelegatedRequests) returns (bytes32[])",
            &EasRegistry::multi_attest_by_delegation>,
        Method<"revoke((bytes32 schema, (bytes32 uid, uint256 value) data) request)",
               &EasRegistry::revoke>,
        Method<"revokeByDelegation((bytes32 schema, (bytes32 uid, uint256 value) data, "
               "(uint8 v, bytes32 r, bytes32 s) signature, address revoker, uint64 deadline) "
               "delegatedRequest)",
               &EasRegistry::revoke_by_delegation>,
        Method<"multiRevoke((bytes32 schema, (bytes32 uid, uint256 value)[] data)[] multiRequests)",
               &EasRegistry::multi_revoke>,
        Method<"multiRevokeByDelegation((bytes32 schema, (bytes32 uid, uint256 value)[] data, "
               "(uint8 v, bytes32 r, bytes32 s)[] signatures, address revoker, uint64 deadline)[] "
               "multiDelegatedRequests)",
               &EasRegistry::multi_revoke_by_delegation>,
        Method<
            "getAttestation(bytes32 uid) view returns ((bytes32 uid, bytes32 schema, uint64 time, "
            "uint64 expirationTime, uint64 revocationTime, bytes32 refUID, address recipient, "
            "address attester, bool revocable, bytes data))",
            &EasRegistry::attestation>,
        Method<"isAttestationValid(bytes32 uid) view returns (bool)", &EasRegistry::exists>,
        Method<"timestamp(bytes32 data) returns (uint64)", &EasRegistry::timestamp>,
        Method<"multiTimestamp(bytes32[] data) returns (uint64)", &EasRegistry::multi_timestamp>,
        Method<"revokeOffchain(bytes32 data) returns (uint64)", &EasRegistry::revoke_offchain>,
        Method<"multiRevokeOffchain(bytes32[] data) returns (uint64)",
               &EasRegistry::multi_revoke_offchain>,
        Method<"getTimestamp(bytes32 data) view returns (uint64)", &EasRegistry::timestamp_of>,
        Method<"getRevokeOffchain(address revoker, bytes32 data) view returns (uint64)",
               &EasRegistry::offchain_revocation>,
        Method<"getNonce(address account) view returns (uint256)", &EasRegistry::nonce>,
        Method<"increaseNonce(uint256 newNonce)", &EasRegistry::increase_nonce>,
        Method<"getDomainSeparator() view returns (bytes32)", &EasRegistry::domain_separator>,
        Method<"getAttestTypeHash() view returns (bytes32)", &EasRegistry::attest_type_hash>,
        Method<"getRevokeTypeHash() view returns (bytes32)", &EasRegistry::revoke_type_hash>,
        Method<"getName() view returns (string)", &EasRegistry::name>,
        Method<"version() view returns (string)", &EasRegistry::version>,
        Method<eip712_domain_text, &EasRegistry::eip712_domain>>{};
    static constexpr auto declarations =
        Declarations<eas::Registered, eas::Attested, eas::Revoked, eas::Timestamped,
                     eas::RevokedOffchain, eas::NonceIncreased, eas::AccessDenied,
                     eas::AlreadyExists, eas::AlreadyRevoked, eas::AlreadyRevokedOffchain,
                     eas::AlreadyTimestamped, eas::DeadlineExpired, eas::InvalidExpirationTime,
                     eas::InvalidLength, eas::InvalidNonce, eas::InvalidSchema,
                     eas::InvalidSignature, eas::Irrevocable, eas::NotFound, eas::NotPayable,
                     ResolverNotSupported>{};

protected:
    ~EasRegistry() = default;

    // For contracts that give some schemas a meaning.
    /// The text of a schema that exists, and may be revoked, without having been registered.
    virtual std::optional<std::string_view> well_known_schema(const Hash& uid) const = 0;
    /// Told of every attestation once it is stored; may refuse it.
    virtual void on_attested(const eas::Attestation& attestation) = 0;
    /// Told of every revocation once it is stored.
    virtual void on_revoked(const Hash& uid) = 0;

    /// Exists, is not revoked and has not expired.
    bool stands(const Hash& uid) const;
    /// The part of an attestation at `uid`, to be read one by one.
    static detail::AttestationPlace place(const Hash& uid) { return attestations_[uid]; }

private:
    Hash store(const Hash& schema, eas::AttestationRequestData request, const Address& attester);
    void withdraw(const Hash& schema, const eas::RevocationRequestData& request,
                  const Address& revoker);
    void use_signature(const Address& signer, const Hash& struct_hash,
                       const eas::Signature& signature, uint64_t deadline);
    /// Whether attestations of this schema may be revocable; nothing when there is no such schema.
    std::optional<bool> is_revocable(const Hash& schema) const;

    static constexpr Map<Hash, detail::AttestationPlace> attestations_{0};
    static constexpr Map<Hash, detail::SchemaPlace> schemas_{1};
    static constexpr Map<Hash, uint64_t> timestamps_{2};
    static constexpr Map<Address, Map<Hash, uint64_t>> offchain_revocations_{3};
    static constexpr Map<Address, u256> nonces_{4};
};

}  // namespace plume
