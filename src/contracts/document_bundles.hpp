// Document bundles: ERC-8326's anchors of hashes over off-chain documents, one active for each
// subject and role, with the history of what each replaced.
//
// A part of a contract: free functions that keep their state in the contract's own storage, in a
// namespace of its own (ERC-7201). Who may anchor for a subject is the contract's affair; a bundle
// is superseded by who anchored it alone.
//
// A bundle's hash is made off the chain, as the ERC says; `documentCount` and the URI are its
// anchorer's word.
//
// Invariant P-5, held after every transaction: an anchor never changes, except that it is
// superseded once, by the one that takes its place.
#pragma once

#include "native/contract.hpp"

namespace plume::document_bundles {

/// Bytes of a bundle's metadata URI.
inline constexpr size_t metadata_uri_size_max = 2'048;

/// ERC-8326's AnchorRecord.
struct Anchor {
    Hash bundle;
    Hash subject;
    Hash role;
    Address anchored_by;
    uint64_t anchored_at = 0;
    u256 document_count;
    std::string metadata_uri;
    bool superseded = false;
    Hash superseded_by;

    static constexpr auto members =
        std::tuple{&Anchor::bundle,       &Anchor::subject,     &Anchor::role,
                   &Anchor::anchored_by,  &Anchor::anchored_at, &Anchor::document_count,
                   &Anchor::metadata_uri, &Anchor::superseded,  &Anchor::superseded_by};
};

using BundleAnchored = Event<
    "BundleAnchored(bytes32 indexed bundleHash, bytes32 indexed subjectId, bytes32 indexed role, "
    "uint256 documentCount)",
    Hash, Hash, Hash, u256>;
using BundleSuperseded = Event<
    "BundleSuperseded(bytes32 indexed oldBundleHash, bytes32 indexed newBundleHash, bytes32 "
    "indexed subjectId, bytes32 role)",
    Hash, Hash, Hash, Hash>;

/// A hash, the subject, the role or the number of documents is zero, or the URI too long.
using BundleInvalid = CustomError<"BundleInvalid()">;
using BundleExists = CustomError<"BundleExists(bytes32 bundleHash)", Hash>;
/// The role has an active bundle, to be superseded.
using SlotTaken = CustomError<"SlotTaken(bytes32 activeBundle)", Hash>;
using UnknownBundle = CustomError<"UnknownBundle(bytes32 bundleHash)", Hash>;
using BundleNotActive = CustomError<"BundleNotActive(bytes32 bundleHash)", Hash>;
using NotAnchorer = CustomError<"NotAnchorer(address caller)", Address>;

/// Who anchored, when, and the supersession of `given` do not count.
void anchor(Contract& contract, const Anchor& given);
void supersede(Contract& contract, const Hash& old_bundle, const Anchor& given);
Anchor at(const Contract& contract, const Hash& bundle, const Hash& subject, const Hash& role);
bool is_anchored(const Contract& contract, const Hash& bundle, const Hash& subject,
                 const Hash& role);
/// The active bundle of a role; zero for none.
Hash active(const Contract& contract, const Hash& subject, const Hash& role);

std::optional<std::string> broken_invariant(const Contract& contract);

}  // namespace plume::document_bundles
