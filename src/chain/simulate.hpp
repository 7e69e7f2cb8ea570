// What would happen: run a call on any state and throw the effects away. Pure; any thread with a
// stack of `contract_stack_size`.
#pragma once

#include <optional>

#include "chain/execute.hpp"

namespace plume {

/// The most gas one simulated call may use, whatever it asks for.
inline constexpr uint64_t simulation_gas_max = 50'000'000;

/// An unsigned transaction, as eth_call and eth_estimateGas take it.
struct CallRequest {
    Address from;
    std::optional<Address> to;          ///< absent: creation of a contract
    std::optional<uint64_t> gas_limit;  ///< absent: `simulation_gas_max`
    /// The fee cap; 0 makes gas free and the base fee 0, so that `from` needs no balance for it.
    u256 max_fee_per_gas;
    u256 max_priority_fee_per_gas;
    u256 value;
    Bytes data;
    std::vector<AccessListEntry> access_list;
    std::vector<Authorization> authorizations;  ///< any at all make it an EIP-7702 transaction
};

/// The transaction that a request stands for, but for its gas limit.
Transaction unsigned_transaction(const CallRequest& request, uint64_t chain_id, uint64_t nonce);

/// What is different about a block. Absent members are as they are.
struct BlockOverrides {
    std::optional<uint64_t> number;
    std::optional<uint64_t> timestamp;
    std::optional<uint64_t> gas_limit;
    std::optional<Address> coinbase;
    std::optional<Hash> prev_randao;
    std::optional<u256> base_fee;
    std::optional<u256> blob_base_fee;
};

/// A call's end. On `Status::revert` the output is the reason.
struct Simulated {
    CallResult result;
    uint64_t gas_used =
        0;  ///< what a transaction would pay for: with intrinsic gas, refunds and the floor
    std::vector<Log> logs;
};

/// Runs `request` in `block` on `view`. An error when it cannot begin: no funds for value and gas,
/// too little gas for the transaction itself. `tracer` is told what happens; null: nobody.
Result<Simulated> simulate(const StateView& view, const BlockEnvironment& block, const Rules& rules,
                           const CallRequest& request, Tracer* tracer = nullptr);

struct Estimate {
    uint64_t gas = 0;  ///< the least gas limit with which the call succeeds
    /// How the call ended with the most gas it may use. Unless its status is `success`, `gas` means
    /// nothing.
    CallResult result;
};

/// Bisects for the least gas limit: under the 63/64 rule (EIP-150) a call may need more than it
/// uses.
Result<Estimate> estimate_gas(const StateView& view, const BlockEnvironment& block,
                              const Rules& rules, const CallRequest& request);

}  // namespace plume
