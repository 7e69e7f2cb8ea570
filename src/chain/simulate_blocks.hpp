// Blocks that nobody made: eth_simulateV1 of ethereum/execution-apis.
#pragma once

#include "chain/simulate.hpp"
#include "state/overlay.hpp"

namespace plume {

/// Blocks after the first, empty ones that fill gaps included.
inline constexpr uint64_t simulated_blocks_max = 256;

/// Why a simulation does not come to its end: the codes of execution-apis.
namespace simulation_code {
inline constexpr int nonce_too_low = -38010;
inline constexpr int nonce_too_high = -38011;
inline constexpr int fee_too_low = -38012;
inline constexpr int intrinsic_gas = -38013;
inline constexpr int insufficient_funds = -38014;
inline constexpr int block_gas_limit = -38015;
inline constexpr int number_order = -38020;
inline constexpr int timestamp_order = -38021;
inline constexpr int init_code_size = -38025;
inline constexpr int limit_exceeded = -38026;
}  // namespace simulation_code

/// A call in a block. Its gas is bounded by what is left of the block and of `simulation_gas_max`,
/// which is for all calls together.
struct BlockCall {
    CallRequest request;
    std::optional<uint64_t> nonce;  ///< absent: the account's
};

/// A block to be. Its overrides hold from it on.
struct BlockRequest {
    BlockOverrides block;
    Overrides accounts;
    std::vector<BlockCall> calls;
};

struct SimulationOptions {
    /// Holds calls to the rules of transactions, but for signatures: nonces follow one another, and
    /// the base fee is paid. Without it the base fee is 0 unless a block's override names another.
    bool validates = false;
    /// Shows every movement of wei as a log of ERC-20's Transfer by 0xee..ee.
    bool logs_transfers = false;
};

struct BlockCallResult {
    CallResult result;
    uint64_t gas_used = 0;
    uint64_t gas_consumed = 0;  ///< the most that was in use, before refunds
    std::vector<Log> logs;      ///< with those of transfers
};

/// A simulated block. Its state root is not computed and stays 0; transactions, receipts and
/// hashes are those of the block as it would be, with the scheduled calls that are due behind the
/// calls it was asked for.
struct SimulatedBlock {
    Block block;
    std::vector<BlockCallResult> calls;
};

/// What a block is simulated on.
struct SimulationBase {
    const StateView& view;
    const Header& header;
    Hash hash;
};

/// Runs blocks of calls one after the other, each 12 seconds after the one before it unless it says
/// otherwise. A call that fails is a result; one that cannot begin ends the simulation with an
/// error, as does a block out of order, and results of more than `trace_size_max` bytes.
Result<std::vector<SimulatedBlock>> simulate_blocks(const SimulationBase& base, const Rules& rules,
                                                    const std::vector<BlockRequest>& requests,
                                                    const SimulationOptions& options);

}  // namespace plume
