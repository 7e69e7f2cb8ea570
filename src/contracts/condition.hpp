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

/// The most gas one condition may use, with everything it calls itself: nested conditions share it.
/// A condition that cannot be given all of it is given what the caller has, but never more than
/// 63/64 of that (EIP-150), so the caller can always act on the answer.
inline constexpr uint64_t condition_gas_max = 200'000;

/// Asks a condition by STATICCALL. `yes` and `no` need a call that succeeds and returns at least 32
/// bytes, the first word being exactly 1 or 0. A revert, too little gas, a short answer, any other
/// word and a target without code are an `error`. Refused only when the caller's own gas does not
/// last for the call.
Truth evaluate(const Contract& contract, const Condition& condition);

}  // namespace plume
