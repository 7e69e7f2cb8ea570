// The interface of the Ethereum Attestation Service 1.4.0 as values: what is asked for, what is
// kept, what is said, and the hashes that name and sign it. https://attest.org, "EAS Contracts".
//
//   schemaUID = keccak256(schema . resolver . revocable)
//   uid       = keccak256(schema . recipient . attester . time . expirationTime . revocable .
//   refUID . data . bump)
//
// Both are of tightly packed values; `bump` is the first 32-bit number from 0 on whose uid is free.
#pragma once

#include <string>
#include <vector>

#include "native/method.hpp"

namespace plume::eas {

inline constexpr std::string_view name = "EAS";
inline constexpr std::string_view version = "1.4.0";

// What is kept.

struct SchemaRecord {
    Hash uid;
    Address resolver;  ///< a contract asked about every attestation; this version knows none
    bool revocable = false;
    std::string schema;  ///< the fields of `data`, in Solidity's notation

    static constexpr auto members = std::tuple{&SchemaRecord::uid, &SchemaRecord::resolver,
                                               &SchemaRecord::revocable, &SchemaRecord::schema};
};

/// Times are seconds since 1970; 0 stands for never.
struct Attestation {
    Hash uid;
    Hash schema;
    uint64_t time = 0;
    uint64_t expiration_time = 0;
    uint64_t revocation_time = 0;
    Hash ref_uid;  ///< another attestation this one refers to, or 0
    Address recipient;
    Address attester;
    bool revocable = false;
    Bytes data;

    static constexpr auto members = std::tuple{&Attestation::uid,
                                               &Attestation::schema,
                                               &Attestation::time,
                                               &Attestation::expiration_time,
                                               &Attestation::revocation_time,
                                               &Attestation::ref_uid,
                                               &Attestation::recipient,
                                               &Attestation::attester,
                                               &Attestation::revocable,
                                               &Attestation::data};
};

// What is asked for.

struct Signature {
    uint8_t v = 0;
    Hash r;
    Hash s;

    static constexpr auto members = std::tuple{&Signature::v, &Signature::r, &Signature::s};
};

struct AttestationRequestData {
    Address recipient;
    uint64_t expiration_time = 0;
    bool revocable = false;
    Hash ref_uid;
    Bytes data;
    u256 value;  ///< wei for the resolver

    static constexpr auto members =
        std::tuple{&AttestationRequestData::recipient, &AttestationRequestData::expiration_time,
                   &AttestationRequestData::revocable, &AttestationRequestData::ref_uid,
                   &AttestationRequestData::data,      &AttestationRequestData::value};
};

struct AttestationRequest {
    Hash schema;
    AttestationRequestData data;

    static constexpr auto members =
        std::tuple{&AttestationRequest::schema, &AttestationRequest::data};
};

struct DelegatedAttestationRequest {
    Hash schema;
    AttestationRequestData data;
    Signature signature;
    Address attester;
    uint64_t deadline = 0;

    static constexpr auto members =
        std::tuple{&DelegatedAttestationRequest::schema, &DelegatedAttestationRequest::data,
                   &DelegatedAttestationRequest::signature, &DelegatedAttestationRequest::attester,
                   &DelegatedAttestationRequest::deadline};
};

struct MultiAttestationRequest {
    Hash schema;
    std::vector<AttestationRequestData> data;

    static constexpr auto members =
        std::tuple{&MultiAttestationRequest::schema, &MultiAttestationRequest::data};
};

struct MultiDelegatedAttestationRequest {
    Hash schema;
    std::vector<AttestationRequestData> data;
    std::vector<Signature> signatures;
    Address attester;
    uint64_t deadline = 0;

    static constexpr auto members = std::tuple{
        &MultiDelegatedAttestationRequest::schema, &MultiDelegatedAttestationRequest::data,
        &MultiDelegatedAttestationRequest::signatures, &MultiDelegatedAttestationRequest::attester,
        &MultiDelegatedAttestationRequest::deadline};
};

struct RevocationRequestData {
    Hash uid;
    u256 value;  ///< wei for the resolver

    static constexpr auto members =
        std::tuple{&RevocationRequestData::uid, &RevocationRequestData::value};
};

struct RevocationRequest {
    Hash schema;
    RevocationRequestData data;

    static constexpr auto members =
        std::tuple{&RevocationRequest::schema, &RevocationRequest::data};
};

struct DelegatedRevocationRequest {
    Hash schema;
    RevocationRequestData data;
    Signature signature;
    Address revoker;
    uint64_t deadline = 0;

    static constexpr auto members =
        std::tuple{&DelegatedRevocationRequest::schema, &DelegatedRevocationRequest::data,
                   &DelegatedRevocationRequest::signature, &DelegatedRevocationRequest::revoker,
                   &DelegatedRevocationRequest::deadline};
};

struct MultiRevocationRequest {
    Hash schema;
    std::vector<RevocationRequestData> data;

    static constexpr auto members =
        std::tuple{&MultiRevocationRequest::schema, &MultiRevocationRequest::data};
};

struct MultiDelegatedRevocationRequest {
    Hash schema;
    std::vector<RevocationRequestData> data;
    std::vector<Signature> signatures;
    Address revoker;
    uint64_t deadline = 0;

    static constexpr auto members = std::tuple{
        &MultiDelegatedRevocationRequest::schema, &MultiDelegatedRevocationRequest::data,
        &MultiDelegatedRevocationRequest::signatures, &MultiDelegatedRevocationRequest::revoker,
        &MultiDelegatedRevocationRequest::deadline};
};

// What is said.

using Registered = Event<
    "Registered(bytes32 indexed uid, address indexed registerer, "
    "(bytes32 uid, address resolver, bool revocable, string schema) schema)",
    Hash, Address, SchemaRecord>;
using Attested = Event<
    "Attested(address indexed recipient, address indexed attester, bytes32 uid, "
    "bytes32 indexed schemaUID)",
    Address, Address, Hash, Hash>;
using Revoked = Event<
    "Revoked(address indexed recipient, address indexed attester, bytes32 uid, "
    "bytes32 indexed schemaUID)",
    Address, Address, Hash, Hash>;
using Timestamped =
    Event<"Timestamped(bytes32 indexed data, uint64 indexed timestamp)", Hash, uint64_t>;
using RevokedOffchain = Event<
    "RevokedOffchain(address indexed revoker, bytes32 indexed data, uint64 indexed timestamp)",
    Address, Hash, uint64_t>;
using NonceIncreased = Event<"NonceIncreased(uint256 oldNonce, uint256 newNonce)", u256, u256>;

using AccessDenied = CustomError<"AccessDenied()">;
using AlreadyExists = CustomError<"AlreadyExists()">;
using AlreadyRevoked = CustomError<"AlreadyRevoked()">;
using AlreadyRevokedOffchain = CustomError<"AlreadyRevokedOffchain()">;
using AlreadyTimestamped = CustomError<"AlreadyTimestamped()">;
using DeadlineExpired = CustomError<"DeadlineExpired()">;
using InvalidExpirationTime = CustomError<"InvalidExpirationTime()">;
using InvalidLength = CustomError<"InvalidLength()">;
using InvalidNonce = CustomError<"InvalidNonce()">;
using InvalidSchema = CustomError<"InvalidSchema()">;
using InvalidSignature = CustomError<"InvalidSignature()">;
using Irrevocable = CustomError<"Irrevocable()">;
using NotFound = CustomError<"NotFound()">;
using NotPayable = CustomError<"NotPayable()">;

// Names and digests.

inline constexpr Hash attest_type_hash = keccak256_constexpr(
    "Attest(address attester,bytes32 schema,address recipient,uint64 expirationTime,bool revocable,"
    "bytes32 refUID,bytes data,uint256 value,uint256 nonce,uint64 deadline)");
inline constexpr Hash revoke_type_hash = keccak256_constexpr(
    "Revoke(address revoker,bytes32 schema,bytes32 uid,uint256 value,uint256 nonce,uint64 "
    "deadline)");

Hash schema_uid(std::string_view schema, const Address& resolver, bool revocable);

/// The name of an attestation; `attestation.uid` and the time of its revocation do not enter it.
Hash attestation_uid(const Attestation& attestation, uint32_t bump);

/// What an attester signs to let another send it: the EIP-712 hash of Attest. `nonce` is the
/// attester's.
Hash attest_struct_hash(const Address& attester, const Hash& schema,
                        const AttestationRequestData& data, const u256& nonce, uint64_t deadline);
/// The same of Revoke.
Hash revoke_struct_hash(const Address& revoker, const Hash& schema,
                        const RevocationRequestData& data, const u256& nonce, uint64_t deadline);

}  // namespace plume::eas
