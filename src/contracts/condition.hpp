// What a contract waits for: a view of any other contract, native or bytecode, that answers with a
// bool.
//
// Whatever releases money on a condition asks `evaluate` and acts on Truth::yes alone. The two
// other answers are not each other's opposite: `no` is a definite answer, `error` is none, and
// nothing may turn an error into a yes.
#pragma once

#include "native/contract.hpp"

namespace plume {

/// Solidity's `struct Condition { address target; bytes data; }`: what to call, and the whole
/// calldata of that call.
struct Condition {
    Address target;
    Bytes data;

    static constexpr auto members = std::tuple{&Condition::target, &Condition::data};

    friend bool operator==(const Condition&, const Condition&) = default;
};

/// The outcome of a condition. The numbers are those of IConditions.eval.
enum class Truth : uint8_t { no = 0, yes = 1, error = 2 };

/// The gas a condition may use, with everything it calls itself: nested conditions share it.
inline constexpr uint64_t condition_gas_max = 200'000;

/// The call has too little gas left to give a condition all it may use.
using InsufficientGas =
    CustomError<"InsufficientGas(uint256 available, uint256 needed)", u256, u256>;

/// Asks a condition by STATICCALL with exactly `condition_gas_max`, so that the answer never
/// depends on who asks and how much gas he brought; refused with InsufficientGas when that much is
/// not left under EIP-150. `yes` and `no` need a call that succeeds and returns at least 32 bytes,
/// the first word being exactly 1 or 0. A revert, too much work, a short answer, any other word and
/// a target without code are an `error`.
Truth evaluate(const Contract& contract, const Condition& condition);

/// The first word of what a view answers, asked as a condition is; nothing when it reverts, needs
/// too much gas or answers with less than a word.
std::optional<u256> evaluate_number(const Contract& contract, const Condition& view);

/// `evaluate` inside of another evaluation: with what gas is left of it.
Truth evaluate_part(const Contract& contract, const Condition& condition);

}  // namespace plume
