#include "contracts/impact_log.hpp"

namespace plume::impact_log {

namespace {

/// struct { uint64 start; uint64 end; uint64 reportedAt; uint64 block; address reportedBy; uint8
/// decimals; bytes32 indicator; int256 value; bytes32 unit; bytes32 methodologyHash; uint256
/// corrects; uint256 correctedBy; string methodologyURI; }
struct SnapshotPlace : Place {
    static constexpr uint64_t slots = 9;

    Slot<uint64_t> start() const { return {position, 0}; }
    Slot<uint64_t> end() const { return {position, 8}; }
    Slot<uint64_t> reported_at() const { return {position, 16}; }
    Slot<uint64_t> block() const { return {position, 24}; }
    Slot<Address> reported_by() const { return {position + u256{1u}, 0}; }
    Slot<uint8_t> decimals() const { return {position + u256{1u}, 20}; }
    Slot<Hash> indicator() const { return {position + u256{2u}}; }
    Slot<i256> value() const { return {position + u256{3u}}; }
    Slot<Hash> unit() const { return {position + u256{4u}}; }
    Slot<Hash> methodology() const { return {position + u256{5u}}; }
    Slot<u256> corrects() const { return {position + u256{6u}}; }
    Slot<u256> corrected_by() const { return {position + u256{7u}}; }
    Text methodology_uri() const { return {{position + u256{8u}}}; }
};

/// struct { address attestor; bool endorsed; uint64 attestedAt; bytes32 hash; string uri; }
struct AssessmentPlace : Place {
    static constexpr uint64_t slots = 3;

    Slot<Address> attestor() const { return {position, 0}; }
    Slot<bool> endorsed() const { return {position, 20}; }
    Slot<uint64_t> attested_at() const { return {position, 21}; }
    Slot<Hash> hash() const { return {position + u256{1u}}; }
    Text uri() const { return {{position + u256{2u}}}; }
};

constexpr u256 base = namespace_slot("plume.attestations.impact");
constexpr Map<Hash, Array<SnapshotPlace>> snapshots{{base}};
constexpr Map<Hash, Map<Hash, Array<u256>>> by_indicator{{base + u256{1u}}};
/// By the hash of subject, indicator and period: the current snapshot, counted from 1.
constexpr Map<Hash, u256> periods{{base + u256{2u}}};
constexpr Map<Hash, Map<u256, Array<AssessmentPlace>>> assessments{{base + u256{3u}}};

Slot<u256> period_slot(const Hash& subject, const Hash& indicator, uint64_t start, uint64_t end) {
    return periods[keccak256(abi::encode(subject, indicator, start, end))];
}

SnapshotPlace known(const Contract& contract, const Hash& subject, const u256& index) {
    contract.require(index < count(contract, subject), UnknownSnapshot{subject, index});
    return snapshots[subject][index.low64()];
}

void require_uri(const Contract& contract, const std::string& uri) {
    contract.require(uri.size() <= uri_size_max, UriTooLong{u256{uri.size()}, u256{uri_size_max}});
}

void correct(Contract& contract, const Snapshot& given, const u256& next) {
    const SnapshotPlace target = known(contract, given.subject, given.corrects);
    contract.require(contract.get(target.indicator()) == given.indicator &&
                         contract.get(target.start()) == given.period_start &&
                         contract.get(target.end()) == given.period_end &&
                         contract.get(target.corrected_by()).is_zero() &&
                         contract.get(target.reported_by()) == contract.sender(),
                     CorrectionInvalid{given.corrects});
    contract.set(target.corrected_by(), next);
}

}  // namespace

u256 record(Contract& contract, const Snapshot& given) {
    contract.require(given.period_start < given.period_end && given.period_end <= contract.now(),
                     PeriodInvalid{given.period_start, given.period_end});
    contract.require(!given.methodology_hash.is_zero() && !given.methodology_uri.empty(),
                     MethodologyMissing{});
    require_uri(contract, given.methodology_uri);
    const u256 index = count(contract, given.subject);
    const Slot<u256> period =
        period_slot(given.subject, given.indicator, given.period_start, given.period_end);
    if (given.corrects == no_correction) {
        const u256 taken = contract.get(period);
        contract.require(taken.is_zero(), PeriodTaken{taken - u256{1u}});
    } else {
        correct(contract, given, index);
    }
    contract.set(period, index + u256{1u});
    contract.set(contract.push(by_indicator[given.subject][given.indicator]), index);
    const SnapshotPlace place = contract.push(snapshots[given.subject]);
    contract.set(place.start(), given.period_start);
    contract.set(place.end(), given.period_end);
    contract.set(place.reported_at(), contract.now());
    contract.set(place.block(), contract.block_number());
    contract.set(place.reported_by(), contract.sender());
    contract.set(place.decimals(), given.decimals);
    contract.set(place.indicator(), given.indicator);
    contract.set(place.value(), given.value);
    contract.set(place.unit(), given.unit);
    contract.set(place.methodology(), given.methodology_hash);
    contract.set(place.corrects(), given.corrects);
    contract.set(place.methodology_uri(), view_of(given.methodology_uri));
    contract.emit(SnapshotRecorded{given.subject, given.indicator, index, given.value,
                                   given.decimals, given.unit, given.period_start, given.period_end,
                                   given.methodology_hash, given.corrects, contract.sender()});
    return index;
}

Snapshot at(const Contract& contract, const Hash& subject, const u256& index) {
    const SnapshotPlace place = known(contract, subject, index);
    return {.subject = subject,
            .indicator = contract.get(place.indicator()),
            .value = contract.get(place.value()),
            .decimals = contract.get(place.decimals()),
            .unit = contract.get(place.unit()),
            .period_start = contract.get(place.start()),
            .period_end = contract.get(place.end()),
            .methodology_hash = contract.get(place.methodology()),
            .methodology_uri = contract.get_string(place.methodology_uri()),
            .reported_by = contract.get(place.reported_by()),
            .reported_at = contract.get(place.reported_at()),
            .corrects = contract.get(place.corrects()),
            .corrected_by = contract.get(place.corrected_by())};
}

u256 count(const Contract& contract, const Hash& subject) {
    return u256{contract.length(snapshots[subject])};
}

u256 indicator_count(const Contract& contract, const Hash& subject, const Hash& indicator) {
    return u256{contract.length(by_indicator[subject][indicator])};
}

u256 indicator_at(const Contract& contract, const Hash& subject, const Hash& indicator,
                  const u256& ordinal) {
    contract.require(ordinal < indicator_count(contract, subject, indicator),
                     UnknownSnapshot{subject, ordinal});
    return contract.get(by_indicator[subject][indicator][ordinal.low64()]);
}

u256 current(const Contract& contract, const Hash& subject, const Hash& indicator, uint64_t start,
             uint64_t end) {
    const u256 found = contract.get(period_slot(subject, indicator, start, end));
    contract.require(!found.is_zero(), UnknownSnapshot{subject, found});
    return found - u256{1u};
}

std::pair<i256, uint64_t> current_value(const Contract& contract, const Hash& subject,
                                        const Hash& indicator, uint64_t start, uint64_t end) {
    const u256 index = current(contract, subject, indicator, start, end);
    const SnapshotPlace place = known(contract, subject, index);
    return {contract.get(place.value()), contract.get(place.block())};
}

u256 assess(Contract& contract, const Hash& subject, const u256& index, bool endorsed,
            const Hash& evidence_hash, const std::string& evidence_uri) {
    const SnapshotPlace snapshot = known(contract, subject, index);
    contract.require(!evidence_hash.is_zero(), EvidenceMissing{});
    require_uri(contract, evidence_uri);
    contract.require(contract.get(snapshot.reported_by()) != contract.sender(),
                     OwnSnapshot{contract.sender()});
    const Array<AssessmentPlace> list = assessments[subject][index];
    const u256 number{contract.length(list)};
    const AssessmentPlace place = contract.push(list);
    contract.set(place.attestor(), contract.sender());
    contract.set(place.endorsed(), endorsed);
    contract.set(place.attested_at(), contract.now());
    contract.set(place.hash(), evidence_hash);
    contract.set(place.uri(), view_of(evidence_uri));
    contract.emit(
        SnapshotAttested{subject, index, contract.sender(), endorsed, evidence_hash, number});
    return number;
}

u256 assessment_count(const Contract& contract, const Hash& subject, const u256& index) {
    known(contract, subject, index);
    return u256{contract.length(assessments[subject][index])};
}

Assessment assessment(const Contract& contract, const Hash& subject, const u256& index,
                      const u256& number) {
    contract.require(number < assessment_count(contract, subject, index),
                     UnknownSnapshot{subject, number});
    const AssessmentPlace place = assessments[subject][index][number.low64()];
    return {contract.get(place.attestor()), contract.get(place.endorsed()),
            contract.get(place.hash()), contract.get_string(place.uri()),
            contract.get(place.attested_at())};
}

std::optional<std::string> broken_invariant(const Contract& contract) {
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        const auto recorded = SnapshotRecorded::decode(log);
        if (!recorded) continue;
        const auto& [subject, indicator, index, value, decimals, unit, start, end, methodology,
                     corrects, reporter] = *recorded;
        const SnapshotPlace place = snapshots[subject][index.low64()];
        if (contract.before(place.reported_at()) != 0)
            return "P-4: a snapshot was recorded over another";
        if (contract.get(place.value()) != value || contract.get(place.reported_by()) != reporter)
            return "P-4: a snapshot is not what its event says";
        const u256 last = contract.get(period_slot(subject, indicator, start, end));
        if (last.is_zero() ||
            !contract.get(snapshots[subject][last.low64() - 1].corrected_by()).is_zero())
            return "P-4: a period's current snapshot is corrected";
        if (corrects == no_correction) continue;
        const SnapshotPlace target = snapshots[subject][corrects.low64()];
        if (contract.get(target.corrected_by()) != index ||
            !contract.before(target.corrected_by()).is_zero())
            return "P-4: a snapshot was corrected twice or by another";
        const bool is_older = contract.before(target.reported_at()) != 0;
        if (is_older && contract.get(target.value()) != contract.before(target.value()))
            return "P-4: a correction changed what it corrects";
    }
    return std::nullopt;
}

}  // namespace plume::impact_log
