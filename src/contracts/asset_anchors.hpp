// Asset anchors: ERC-8325's registry of claims about assets off the chain, each by the hash of its
// legal basis and that of its evidence, and of the one token or item that each is bound to.
//
// A part of a contract: free functions that keep their state in the contract's own storage, in a
// namespace of its own (ERC-7201). Who may bind a token is the contract's affair; beyond that:
//   register      anyone, once for each pair of hashes: it says that a claim was made, not that it
//                 is true
//   bind          who registered the anchor, once
//   deactivate,   who registered it
//   reattest
//   invalidate    who registered it, or who may bind its token (recovery): the token is free for
//                 another anchor then, the record stays
//
// An anchor is active until it is deactivated, for ever, or its time runs out; it is active in the
// second `expiresAt` still.
//
// Invariant P-7, held after every transaction: an anchor's hashes, registrar and binding never
// change once they are set, what is deactivated or invalidated stays so, and of the anchors bound
// to a token or item one at most is valid.
#pragma once

#include "native/contract.hpp"

namespace plume::asset_anchors {

/// Bytes of an anchor's URI, of its extensions, and of the reason for an end.
inline constexpr size_t anchor_uri_max = 2'048;
inline constexpr size_t extensions_max = 4'096;
inline constexpr size_t reason_max = 1'024;

inline constexpr Hash whole_contract = keccak256_constexpr("ERC-8325:BINDING_SCOPE:CONTRACT");
inline constexpr Hash one_token_id = keccak256_constexpr("ERC-8325:BINDING_SCOPE:TOKEN_ID");

/// ERC-8325's AnchorRecord.
struct AnchorRecord {
    Hash anchor;
    Hash legal_hash;
    Hash evidence_hash;
    Address token;  ///< zero while it is not bound
    Hash scope;
    u256 token_id;
    uint64_t registered_at = 0;
    bool active = false;  ///< not deactivated; it may have expired

    static constexpr auto members = std::tuple{
        &AnchorRecord::anchor,        &AnchorRecord::legal_hash, &AnchorRecord::evidence_hash,
        &AnchorRecord::token,         &AnchorRecord::scope,      &AnchorRecord::token_id,
        &AnchorRecord::registered_at, &AnchorRecord::active};
};

/// ERC-8325's AnchorMetadata. Times are seconds since 1970.
struct AnchorMetadata {
    Hash asset_class;
    Hash jurisdiction;
    uint64_t attestation_date = 0;
    uint64_t expires_at = 0;
    Bytes uri;
    Bytes extensions;

    static constexpr auto members = std::tuple{&AnchorMetadata::asset_class,
                                               &AnchorMetadata::jurisdiction,
                                               &AnchorMetadata::attestation_date,
                                               &AnchorMetadata::expires_at,
                                               &AnchorMetadata::uri,
                                               &AnchorMetadata::extensions};
};

/// What an anchor is bound to.
struct Binding {
    Address token;
    Hash scope;
    u256 token_id;
};

using AnchorRegistered =
    Event<"AnchorRegistered(bytes32 indexed anchorId, bytes32 legalHash, bytes32 evidenceHash)",
          Hash, Hash, Hash>;
using TokenBound = Event<
    "TokenBound(bytes32 indexed anchorId, address indexed token, bytes32 indexed bindingScope, "
    "uint256 tokenId)",
    Hash, Address, Hash, u256>;
using AnchorDeactivated =
    Event<"AnchorDeactivated(bytes32 indexed anchorId, string reason)", Hash, std::string>;
using AnchorReattested = Event<
    "AnchorReattested(bytes32 indexed anchorId, uint64 oldExpiresAt, uint64 newExpiresAt, uint64 "
    "newAttestationDate)",
    Hash, uint64_t, uint64_t, uint64_t>;
using TokenBindingInvalidated = Event<
    "TokenBindingInvalidated(bytes32 indexed anchorId, address indexed token, bytes32 indexed "
    "bindingScope, uint256 tokenId, bytes32 reasonHash)",
    Hash, Address, Hash, u256, Hash>;

using AnchorInvalid = CustomError<"AnchorInvalid(string what)", std::string>;
using AnchorExists = CustomError<"AnchorExists(bytes32 anchorId)", Hash>;
using UnknownAnchor = CustomError<"UnknownAnchor(bytes32 anchorId)", Hash>;
using NotRegistrar = CustomError<"NotRegistrar(address caller)", Address>;
/// Deactivated or expired.
using AnchorNotActive = CustomError<"AnchorNotActive(bytes32 anchorId)", Hash>;
using AlreadyBound = CustomError<"AlreadyBound(bytes32 anchorId)", Hash>;
/// The token or item has a valid anchor.
using TokenTaken = CustomError<"TokenTaken(bytes32 anchorId)", Hash>;
/// Not bound, or invalidated before.
using BindingNotValid = CustomError<"BindingNotValid(bytes32 anchorId)", Hash>;

/// Says the anchor's id. `metadata` is the encoding of an AnchorMetadata's members.
Hash register_anchor(Contract& contract, const Hash& legal_hash, const Hash& evidence_hash,
                     BytesView metadata);
/// The contract has seen that the caller may bind this token.
void bind(Contract& contract, const Hash& anchor, const Binding& to);
void deactivate(Contract& contract, const Hash& anchor, const std::string& reason);
void reattest(Contract& contract, const Hash& anchor, uint64_t expires_at,
              uint64_t attestation_date);
/// `may_bind`: whether the caller is one who may bind the token.
void invalidate(Contract& contract, const Hash& anchor, const Hash& reason_hash, bool may_bind);

// Of an unknown anchor all of them are refused.
AnchorRecord at(const Contract& contract, const Hash& anchor);
AnchorMetadata metadata(const Contract& contract, const Hash& anchor);
Address registered_by(const Contract& contract, const Hash& anchor);
bool is_bound(const Contract& contract, const Hash& anchor);
bool is_active(const Contract& contract, const Hash& anchor);
bool is_valid(const Contract& contract, const Hash& anchor);

std::optional<std::string> broken_invariant(const Contract& contract);

}  // namespace plume::asset_anchors
