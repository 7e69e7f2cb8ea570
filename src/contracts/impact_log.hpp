// Impact snapshots: ERC-8329's log of what indicators of a subject came to, period by period, with
// corrections that leave what they correct in place.
//
// A part of a contract: free functions that keep their state in the contract's own storage, in a
// namespace of its own (ERC-7201). Who may report on a subject is the contract's affair.
//
// Snapshots are numbered from 0 for each subject. A period [start, end) of an indicator holds one
// original and a chain of corrections, each by the reporter of what it corrects; the last one is
// current. Anybody but its reporter may endorse or dispute a snapshot; such words are kept and
// counted, and decide nothing.
//
// Which methodology a snapshot has to follow is the business of methodologies.hpp.
//
// Invariant P-4, held after every transaction: a snapshot never changes, except that it is
// corrected once, by a later one of the same indicator and period; and a period's current snapshot
// is the one that no other corrects.
#pragma once

#include "native/contract.hpp"

namespace plume::impact_log {

inline constexpr u256 no_correction = u256_max;
/// Bytes of a methodology's URI, and of an evidence's.
inline constexpr size_t uri_size_max = 2'048;

/// ERC-8329's IndicatorSnapshot.
struct Snapshot {
    Hash subject;
    Hash indicator;
    i256 value;
    uint8_t decimals = 0;
    Hash unit;
    uint64_t period_start = 0;
    uint64_t period_end = 0;  ///< not within
    Hash methodology_hash;
    std::string methodology_uri;
    Address reported_by;
    uint64_t reported_at = 0;
    u256 corrects;      ///< `no_correction` for an original
    u256 corrected_by;  ///< 0 for the current one

    static constexpr auto members = std::tuple{&Snapshot::subject,
                                               &Snapshot::indicator,
                                               &Snapshot::value,
                                               &Snapshot::decimals,
                                               &Snapshot::unit,
                                               &Snapshot::period_start,
                                               &Snapshot::period_end,
                                               &Snapshot::methodology_hash,
                                               &Snapshot::methodology_uri,
                                               &Snapshot::reported_by,
                                               &Snapshot::reported_at,
                                               &Snapshot::corrects,
                                               &Snapshot::corrected_by};
};

/// ERC-8329's Attestation of a snapshot.
struct Assessment {
    Address attestor;
    bool endorsed = false;
    Hash evidence_hash;
    std::string evidence_uri;
    uint64_t attested_at = 0;

    static constexpr auto members =
        std::tuple{&Assessment::attestor, &Assessment::endorsed, &Assessment::evidence_hash,
                   &Assessment::evidence_uri, &Assessment::attested_at};
};

using SnapshotRecorded = Event<
    "SnapshotRecorded(bytes32 indexed subjectId, bytes32 indexed indicatorId, uint256 indexed "
    "snapshotIndex, int256 value, uint8 decimals, bytes32 unit, uint64 periodStart, uint64 "
    "periodEnd, bytes32 methodologyHash, uint256 correctsIndex, address reportedBy)",
    Hash, Hash, u256, i256, uint8_t, Hash, uint64_t, uint64_t, Hash, u256, Address>;
using SnapshotAttested = Event<
    "SnapshotAttested(bytes32 indexed subjectId, uint256 indexed snapshotIndex, address indexed "
    "attestor, bool endorsed, bytes32 evidenceHash, uint256 attestationIndex)",
    Hash, u256, Address, bool, Hash, u256>;

/// Empty, or not over yet.
using PeriodInvalid = CustomError<"PeriodInvalid(uint64 start, uint64 end)", uint64_t, uint64_t>;
using MethodologyMissing = CustomError<"MethodologyMissing()">;
using UriTooLong = CustomError<"UriTooLong(uint256 size, uint256 max)", u256, u256>;
/// The period has an original: it can be corrected only.
using PeriodTaken = CustomError<"PeriodTaken(uint256 snapshotIndex)", u256>;
using UnknownSnapshot =
    CustomError<"UnknownSnapshot(bytes32 subjectId, uint256 index)", Hash, u256>;
/// Another period or indicator, already corrected, or another's.
using CorrectionInvalid = CustomError<"CorrectionInvalid(uint256 correctsIndex)", u256>;
using EvidenceMissing = CustomError<"EvidenceMissing()">;
using OwnSnapshot = CustomError<"OwnSnapshot(address reporter)", Address>;

/// Records what the caller reports now; the reporter, the time and `corrected_by` of `given` do not
/// count. Says its number.
u256 record(Contract& contract, const Snapshot& given);
Snapshot at(const Contract& contract, const Hash& subject, const u256& index);
u256 count(const Contract& contract, const Hash& subject);
u256 indicator_count(const Contract& contract, const Hash& subject, const Hash& indicator);
u256 indicator_at(const Contract& contract, const Hash& subject, const Hash& indicator,
                  const u256& ordinal);
/// The number of a period's current snapshot.
u256 current(const Contract& contract, const Hash& subject, const Hash& indicator, uint64_t start,
             uint64_t end);
/// The value of that snapshot, and the block it was recorded in.
std::pair<i256, uint64_t> current_value(const Contract& contract, const Hash& subject,
                                        const Hash& indicator, uint64_t start, uint64_t end);

/// What the caller says of a snapshot. Says its number.
u256 assess(Contract& contract, const Hash& subject, const u256& index, bool endorsed,
            const Hash& evidence_hash, const std::string& evidence_uri);
u256 assessment_count(const Contract& contract, const Hash& subject, const u256& index);
Assessment assessment(const Contract& contract, const Hash& subject, const u256& index,
                      const u256& number);

std::optional<std::string> broken_invariant(const Contract& contract);

}  // namespace plume::impact_log
