// Methodologies: ERC-8329's versions of how an indicator of a subject is measured. The first
// snapshot names one, every later one has to follow it, and whoever may replace it says from which
// snapshot on.
//
// A part of a contract: free functions that keep their state in the contract's own storage, in a
// namespace of its own (ERC-7201). Who may replace a methodology is the contract's affair.
//
// Snapshots of an indicator are counted from 0: that is their ordinal, corrections included. A
// replacement that is announced for a later ordinal is pending until that many are recorded; there
// is one at a time, at most `lookahead_max` ahead.
//
// Invariant P-6, held after every transaction: what replaces a methodology, and from when on, is
// what MethodologySuperseded says.
#pragma once

#include "native/contract.hpp"

namespace plume::methodologies {

/// How many snapshots ahead a replacement may be announced.
inline constexpr uint64_t lookahead_max = 1'000;
/// Bytes of the URI of a methodology that takes another's place.
inline constexpr size_t methodology_uri_max = 2'048;

struct Methodology {
    Hash hash;
    std::string uri;
};

/// One that is to take the active one's place.
struct Pending {
    Hash hash;
    std::string uri;
    u256 from_ordinal;
};

using MethodologySuperseded = Event<
    "MethodologySuperseded(bytes32 indexed subjectId, bytes32 indexed indicatorId, bytes32 "
    "oldMethodologyHash, bytes32 newMethodologyHash, uint256 effectiveFromOrdinal)",
    Hash, Hash, Hash, Hash, u256>;

/// Another methodology is active.
using MethodologyDiffers = CustomError<"MethodologyDiffers(bytes32 active)", Hash>;
/// There is nothing to replace, or the new one has no hash, no URI, or one that is too long.
using MethodologyInvalid = CustomError<"MethodologyInvalid()">;
using SupersessionPending = CustomError<"SupersessionPending(uint256 effectiveFromOrdinal)", u256>;
/// Of a snapshot that is already recorded, or too far ahead.
using OrdinalInvalid =
    CustomError<"OrdinalInvalid(uint256 ordinal, uint256 least, uint256 max)", u256, u256, u256>;

/// The methodology of the next snapshot, `count` being recorded; no hash before the first.
Methodology active(const Contract& contract, const Hash& subject, const Hash& indicator,
                   const u256& count);
std::optional<Pending> pending(const Contract& contract, const Hash& subject, const Hash& indicator,
                               const u256& count);
/// Makes `given` that of the indicator if it has none; otherwise refuses another than the active.
void follow(Contract& contract, const Hash& subject, const Hash& indicator, const u256& count,
            const Methodology& given);
/// Replaces the active one, `old`, from an ordinal on.
void supersede(Contract& contract, const Hash& subject, const Hash& indicator, const u256& count,
               const Hash& old, const Pending& next);

/// Whether each supersession of the transaction is kept as it was said.
std::optional<std::string> broken_invariant(const Contract& contract);

}  // namespace plume::methodologies
