// Spend lines: what a public-goods vault spends its money on, fixed before the first unit comes in.
//
// A part of the vault: free functions that keep their state in the contract's own storage, in a
// namespace of its own (ERC-7201). A line is a share of whatever is raised, in each currency alike,
// since nobody knows beforehand how much of which comes in. It is spent when its condition is true,
// within its time, and then belongs to its payees:
//     fixed     to those it names, by their parts
//     equal     to all accepted recipients alike
//     matched   to the accepted recipients by quadratic matching, on top of what was given to each
// Fractions of a unit by which a line does not divide are not spent.
//
// Lines are bound into the plan's hash, one after another:
//     line hash n   keccak256(abi.encode(n, line n))
//     plan hash n   keccak256(abi.encode(plan hash n-1, line hash n))
//
// Invariants:
//   X-1  an open line is released once or never; nothing leads back.
//   X-3  the lines are those of the plan's hash.
#pragma once

#include "contracts/condition.hpp"
#include "native/contract.hpp"

namespace plume {

/// Somebody who is paid by a fixed line.
struct LinePayee {
    Address to;
    uint32_t part = 0;  ///< of the sum of all parts

    static constexpr auto members = std::tuple{&LinePayee::to, &LinePayee::part};
    friend bool operator==(const LinePayee&, const LinePayee&) = default;
};

/// Times are seconds since 1970.
struct SpendLine {
    uint16_t share = 0;             ///< ten-thousandths of what is raised for no one in particular
    uint8_t split = 0;              ///< a spend_lines::Split
    std::vector<LinePayee> payees;  ///< of a fixed line; empty in others
    Hash purpose;                   ///< a tag or the hash of a text
    Hash record;                    ///< uid of the record that stands behind it; may be zero
    uint64_t opens_at = 0;          ///< not released before
    uint64_t deadline = 0;          ///< the last second of release
    Condition release;              ///< must be true to release

    static constexpr auto members = std::tuple{
        &SpendLine::share,  &SpendLine::split,    &SpendLine::payees,   &SpendLine::purpose,
        &SpendLine::record, &SpendLine::opens_at, &SpendLine::deadline, &SpendLine::release};
    friend bool operator==(const SpendLine&, const SpendLine&) = default;
};

enum class LineId : uint64_t {};

namespace spend_lines {

enum class Split : uint8_t { fixed = 0, equal = 1, matched = 2 };

inline constexpr uint64_t lines_max = 32;
inline constexpr size_t line_payees_max = 16;
inline constexpr size_t line_data_max = 4'096;
/// From the end of funding to a line's deadline.
inline constexpr uint64_t line_span_max_seconds = 50ull * 365 * 86'400;
/// All of what is raised: the shares of all lines together are not more.
inline constexpr uint16_t whole = 10'000;

using TooManyLines = CustomError<"TooManyLines(uint256 max)", u256>;
using UnknownLine = CustomError<"UnknownLine(uint256 id, uint256 count)", u256, u256>;
using SplitInvalid = CustomError<"SplitInvalid(uint8 split)", uint8_t>;
/// A second line of matching: a vote can count once only.
using SecondMatching = CustomError<"SecondMatching()">;
/// Nothing, in a line that is not matched, or with the other lines more than 10,000.
using ShareInvalid = CustomError<"ShareInvalid(uint256 share, uint256 left)", u256, u256>;
using LinePayeeCount = CustomError<"LinePayeeCount(uint256 count, uint256 max)", u256, u256>;
/// The zero address, the vault itself, one that is named twice, or one without a part.
using LinePayeeInvalid = CustomError<"LinePayeeInvalid(address payee)", Address>;
/// Not after `opensAt`, not after the end of funding, or beyond `line_span_max_seconds`.
using LineDeadlineInvalid = CustomError<"LineDeadlineInvalid(uint64 deadline)", uint64_t>;
using LineConditionMissing = CustomError<"LineConditionMissing()">;
using LineConditionTooLong =
    CustomError<"LineConditionTooLong(uint256 size, uint256 max)", u256, u256>;

/// Appends a line to the plan whose hash is `plan_hash`, if it can be fulfilled and keeps to every
/// bound; returns the plan's new hash.
Hash add(Contract& contract, const SpendLine& line, uint64_t funding_deadline,
         const Hash& plan_hash);

uint64_t count(const Contract& contract);
/// Refused when there is none with this id, as with the functions below.
SpendLine terms(const Contract& contract, LineId id);
Hash hash(const Contract& contract, LineId id);
bool is_released(const Contract& contract, LineId id);
/// How many recipients were accepted when the line was released.
uint64_t recipients_at_release(const Contract& contract, LineId id);
void set_released(Contract& contract, LineId id, uint64_t recipient_count);
/// The line of matching; nothing when the plan has none.
std::optional<LineId> matched_line(const Contract& contract);

/// The plan's hash as the stored terms make it, from the hash without any.
Hash hash_of_all(const Contract& contract, Hash plan_hash);
/// Whether the line was open before this transaction and is released now.
bool was_released_now(const Contract& contract, LineId id);
/// Whether no line left its end in this transaction.
std::optional<std::string> broken_invariant(const Contract& contract);

}  // namespace spend_lines

}  // namespace plume
