#include "contracts/spend_lines.hpp"

#include <algorithm>

#include "base/result.hpp"
#include "contracts/packing.hpp"

namespace plume::spend_lines {

namespace {

constexpr u256 base = namespace_slot("plume.spend_lines");

struct Record : Place {
    static constexpr uint64_t slots = 3;

    Slot<bool> released() const { return {position, 0}; }
    Slot<uint64_t> recipients() const { return {position, 1}; }
    Slot<Hash> hash() const { return {position + u256{1u}}; }
    Text packed_terms() const { return {{position + u256{2u}}}; }
};

constexpr Array<Record> records{{base}};
constexpr Slot<uint16_t> shares_slot{base + u256{1u}, 0};
/// Of the line of matching, counted from 1; 0: there is none.
constexpr Slot<uint64_t> matched_slot{base + u256{1u}, 2};

Record record_of(const Contract& contract, LineId id) {
    const auto index = static_cast<uint64_t>(id);
    const uint64_t size = count(contract);
    contract.require(index < size, UnknownLine{u256{index}, u256{size}});
    return records[index];
}

Hash hash_of(uint64_t index, const SpendLine& line) {
    return keccak256(abi::encode(u256{index}, line));
}

void require_payees(const Contract& contract, const SpendLine& line) {
    const auto& payees = line.payees;
    const bool is_fixed = Split{line.split} == Split::fixed;
    const u256 max{is_fixed ? line_payees_max : 0};
    contract.require(is_fixed == !payees.empty() && u256{payees.size()} <= max,
                     LinePayeeCount{u256{payees.size()}, max});
    for (auto payee = payees.begin(); payee != payees.end(); ++payee) {
        const bool is_new = std::none_of(payees.begin(), payee, [&](const LinePayee& earlier) {
            return earlier.to == payee->to;
        });
        contract.require(
            payee->to != Address{} && payee->to != contract.self() && is_new && payee->part > 0,
            LinePayeeInvalid{payee->to});
    }
}

void require_valid(const Contract& contract, const SpendLine& line, uint64_t funding_deadline) {
    contract.require(line.split <= static_cast<uint8_t>(Split::matched), SplitInvalid{line.split});
    const bool is_matched = Split{line.split} == Split::matched;
    contract.require(!is_matched || !matched_line(contract), SecondMatching{});
    const auto left = static_cast<uint16_t>(whole - contract.get(shares_slot));
    contract.require(line.share <= left && (line.share > 0 || is_matched),
                     ShareInvalid{u256{line.share}, u256{left}});
    require_payees(contract, line);
    contract.require(line.deadline > line.opens_at && line.deadline > funding_deadline &&
                         line.deadline - funding_deadline <= line_span_max_seconds,
                     LineDeadlineInvalid{line.deadline});
    contract.require(line.release.target != Address{}, LineConditionMissing{});
    contract.require(line.release.data.size() <= line_data_max,
                     LineConditionTooLong{u256{line.release.data.size()}, u256{line_data_max}});
}

}  // namespace

Hash add(Contract& contract, const SpendLine& line, uint64_t funding_deadline,
         const Hash& plan_hash) {
    const uint64_t index = count(contract);
    contract.require(index < lines_max, TooManyLines{u256{lines_max}});
    require_valid(contract, line, funding_deadline);
    const Hash hash = hash_of(index, line);
    const Record record = contract.push(records);
    contract.set(record.hash(), hash);
    contract.set(record.packed_terms(), packing::pack(abi::encode(line)));
    contract.set(shares_slot, static_cast<uint16_t>(contract.get(shares_slot) + line.share));
    if (Split{line.split} == Split::matched) contract.set(matched_slot, index + 1);
    return keccak256(abi::encode(plan_hash, hash));
}

uint64_t count(const Contract& contract) {
    return contract.length(records);
}

SpendLine terms(const Contract& contract, LineId id) {
    const Record record = record_of(contract, id);
    auto line = abi::decode_one<SpendLine>(packing::unpack(contract.get(record.packed_terms())));
    check(line.has_value(), "only add() writes the terms of a line");
    return std::move(*line);
}

Hash hash(const Contract& contract, LineId id) {
    return contract.get(record_of(contract, id).hash());
}

bool is_released(const Contract& contract, LineId id) {
    return contract.get(record_of(contract, id).released());
}

uint64_t recipients_at_release(const Contract& contract, LineId id) {
    return contract.get(record_of(contract, id).recipients());
}

void set_released(Contract& contract, LineId id, uint64_t recipient_count) {
    const Record record = record_of(contract, id);
    contract.set(record.released(), true);
    contract.set(record.recipients(), recipient_count);
}

std::optional<LineId> matched_line(const Contract& contract) {
    const uint64_t number = contract.get(matched_slot);
    if (number == 0) return std::nullopt;
    return LineId{number - 1};
}

Hash hash_of_all(const Contract& contract, Hash plan_hash) {
    const uint64_t size = count(contract);
    for (uint64_t i = 0; i < size; ++i)
        plan_hash = keccak256(abi::encode(plan_hash, hash_of(i, terms(contract, LineId{i}))));
    return plan_hash;
}

bool was_released_now(const Contract& contract, LineId id) {
    const Record record = record_of(contract, id);
    return !contract.before(record.released()) && contract.get(record.released());
}

std::optional<std::string> broken_invariant(const Contract& contract) {
    const uint64_t known = contract.before(records.length()).low64();
    for (uint64_t i = 0; i < known; ++i) {
        const Record record = records[i];
        const bool was_released = contract.before(record.released());
        const bool went_back = was_released && (!contract.get(record.released()) ||
                                                contract.get(record.recipients()) !=
                                                    contract.before(record.recipients()));
        if (went_back) return "X-1: line " + std::to_string(i) + " left its end";
    }
    return std::nullopt;
}

}  // namespace plume::spend_lines
