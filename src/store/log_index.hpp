// Which blocks hold which logs, without reading all of them.
#pragma once

#include <cstdint>
#include <vector>

#include "types/block.hpp"

namespace plume {

class Snapshot;
class WriteBatch;

/// What eth_getLogs and subscriptions ask for: logs from one of `addresses` (any, when empty) whose
/// topic at each position is one of `topics[position]` (any, when empty; but a log with fewer
/// topics than positions never matches).
struct LogQuery {
    uint64_t from = 0;  ///< first block
    uint64_t to = 0;    ///< last block, included
    std::vector<Address> addresses{};
    std::vector<std::vector<Hash>> topics{};  ///< more than four positions match nothing
};

/// Whether a log is among those asked for. Looks at address and topics only, not at the block
/// range.
bool matches(const LogQuery& query, const Log& log);

/// Notes which addresses and topics the logs of block `number` carry.
void index_logs(WriteBatch& batch, uint64_t number, const std::vector<Receipt>& receipts);

/// Takes back what `index_logs` noted of the same block.
void forget_logs(WriteBatch& batch, uint64_t number, const std::vector<Receipt>& receipts);

/// The blocks in the query's range that carry, for each of its conditions, some log that meets it;
/// ascending. The same log need not meet them all, so `matches` decides in the end; but no block
/// with a match is missing. The work grows with the blocks in range in which each alternative
/// occurs: the caller bounds range and alternatives.
std::vector<uint64_t> find_logs(const Snapshot& snapshot, const LogQuery& query);

}  // namespace plume
