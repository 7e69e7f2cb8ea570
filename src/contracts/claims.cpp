#include "contracts/claims.hpp"

#include <algorithm>

#include "native/math.hpp"

namespace plume::claims {

namespace {

struct Record : Place {
    Slot<u128> bond() const { return {position, 0}; }
    Slot<uint8_t> stage() const { return {position, 16}; }
    Slot<uint32_t> rejections() const { return {position, 17}; }
    Slot<uint64_t> until() const { return {position + u256{1u}, 0}; }
    Slot<uint64_t> ended_at() const { return {position + u256{1u}, 8}; }
    Slot<Address> claimant() const { return {position + u256{2u}}; }
    Slot<u256> dispute() const { return {position + u256{3u}}; }
};

/// Of a dispute, by its number at the Arbitrator. `place` is the tranche's number and one more.
struct DisputeRecord : Place {
    Slot<Address> challenger() const { return {position, 0}; }
    Slot<uint64_t> place() const { return {position, 20}; }
};

constexpr u256 base = namespace_slot("plume.claims");
constexpr Text extra_data{{base}};
constexpr Slot<u128> plan_bond{base + u256{1u}};
constexpr Map<uint64_t, Record> records{{base + u256{2u}}};
constexpr Map<u256, DisputeRecord> disputes{{base + u256{3u}}};

Record record_of(TrancheId id) {
    return records[static_cast<uint64_t>(id)];
}

/// Silence until the end makes the claim stand, without anyone having to say so.
Stage stage_of(const Contract& contract, const Record& record) {
    const auto stage = Stage{contract.get(record.stage())};
    const bool is_silent = stage == Stage::open && contract.now() > contract.get(record.until());
    return is_silent ? Stage::stands : stage;
}

}  // namespace

void set_panel(Contract& contract, BytesView data, const u128& bond) {
    contract.require(data.size() <= extra_data_max,
                     ExtraDataTooLong{u256{data.size()}, u256{extra_data_max}});
    contract.set(extra_data, data);
    contract.set(plan_bond, bond);
}

Bytes panel(const Contract& contract) {
    return contract.get(extra_data);
}

u128 bond(const Contract& contract) {
    return contract.get(plan_bond);
}

Hash plan_base(const Contract& contract, const Hash& terms) {
    const u128 needed = bond(contract);
    if (needed.number.is_zero()) return terms;
    return keccak256(abi::encode(terms, keccak256(abi::encode(panel(contract), needed))));
}

bool is_panel_unchanged(const Contract& contract) {
    return contract.is_unchanged(extra_data) && contract.is_unchanged(plan_bond);
}

Status status(const Contract& contract, TrancheId id) {
    const Record record = record_of(id);
    const u256 dispute = contract.get(record.dispute());
    const Stage stage = stage_of(contract, record);
    const uint64_t ended_at = contract.get(record.ended_at());
    const uint64_t until = contract.get(record.until());
    const bool was_silent = stage == Stage::stands && ended_at == 0;
    return {.dispute = dispute,
            .stage = stage,
            .challenger = contract.get(disputes[dispute].challenger()),
            .until = until,
            .ended_at = was_silent ? until : ended_at,
            .rejections = contract.get(record.rejections()),
            .claimant = contract.get(record.claimant()),
            .bond = contract.get(record.bond())};
}

u256 bond_needed(const Contract& contract, TrancheId id) {
    const bool was_rejected = contract.get(record_of(id).rejections()) > 0;
    return was_rejected ? u256{bond(contract)} : u256{};
}

bool is_open(const Contract& contract, TrancheId id) {
    return stage_of(contract, record_of(id)) == Stage::open;
}

uint64_t last_second(const Contract& contract, TrancheId id, uint64_t deadline) {
    const Record record = record_of(id);
    const Stage stage = stage_of(contract, record);
    if (stage == Stage::none || stage == Stage::rejected) return deadline;
    const uint64_t ended_at = contract.get(record.ended_at());
    const uint64_t end = ended_at == 0 ? contract.get(record.until()) : ended_at;
    return std::max(deadline, end + grace_seconds);
}

void begin(Contract& contract, TrancheId id, const Address& claimant, const u256& bond) {
    const Record record = record_of(id);
    contract.set(record.stage(), static_cast<uint8_t>(Stage::none));
    contract.set(record.claimant(), claimant);
    contract.set(record.bond(), checked_u128(bond));
}

void open(Contract& contract, TrancheId id, const u256& dispute, const Address& challenger) {
    const Record record = record_of(id);
    contract.set(record.stage(), static_cast<uint8_t>(Stage::open));
    contract.set(record.until(), contract.now() + arbitration_max_seconds);
    contract.set(record.ended_at(), uint64_t{});
    contract.set(record.dispute(), dispute);
    contract.set(disputes[dispute].challenger(), challenger);
    contract.set(disputes[dispute].place(), static_cast<uint64_t>(id) + 1);
}

void end(Contract& contract, TrancheId id, Stage stage) {
    const Record record = record_of(id);
    contract.set(record.stage(), static_cast<uint8_t>(stage));
    contract.set(record.ended_at(), contract.now());
}

u256 reject(Contract& contract, TrancheId id) {
    end(contract, id, Stage::rejected);
    const Record record = record_of(id);
    // One for each dispute of 2^32 that somebody has paid for.
    contract.set(record.rejections(), contract.get(record.rejections()) + 1);
    tranches::set_claimed_at(contract, id, 0);
    return take_bond(contract, id);
}

u256 take_bond(Contract& contract, TrancheId id) {
    const Record record = record_of(id);
    const u256 amount = contract.get(record.bond());
    contract.set(record.bond(), {});
    return amount;
}

std::optional<Origin> origin(const Contract& contract, const u256& dispute) {
    const uint64_t place = contract.get(disputes[dispute].place());
    if (place == 0) return std::nullopt;
    return Origin{TrancheId{place - 1}, contract.get(disputes[dispute].challenger())};
}

std::optional<std::string> broken_invariant(const Contract& contract, const u256& locked) {
    u256 sum;  // Of at most 64 numbers below 2^128.
    const bool has_panel = !bond(contract).number.is_zero();
    const uint64_t size = has_panel ? tranches::count(contract) : 0;
    for (uint64_t i = 0; i < size; ++i) {
        const Record record = records[i];
        sum += contract.get(record.bond());
        const std::string name = std::to_string(i);
        const auto before = Stage{contract.before(record.stage())};
        const auto now = Stage{contract.get(record.stage())};
        if (before == Stage::stands && now != before)
            return "X-2: the claim of tranche " + name + " stood, and does no more";
        if (before == Stage::open && now == Stage::none)
            return "X-2: the dispute of tranche " + name + " was forgotten";
        if (before == Stage::open &&
            contract.get(record.until()) != contract.before(record.until()))
            return "X-2: the dispute of tranche " + name + " has another end";
        if (now == Stage::rejected && before != now &&
            contract.now() > contract.get(record.until()))
            return "X-2: the claim of tranche " + name + " was rejected too late";
        if (now == Stage::open &&
            contract.get(record.until()) - contract.now() > arbitration_max_seconds &&
            contract.get(record.until()) >= contract.now())
            return "X-2: the dispute of tranche " + name + " lasts too long";
    }
    if (sum != locked) return "X-2: the bonds are not what is locked";
    return std::nullopt;
}

}  // namespace plume::claims
