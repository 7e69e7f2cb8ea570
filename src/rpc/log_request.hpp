// The filter object of eth_getLogs, of filters and of subscriptions.
//
//   { address?: ADDRESS | [ADDRESS], topics?: [null | HASH | [HASH]],
//     fromBlock?, toBlock? | blockHash? }
#pragma once

#include "rpc/field.hpp"
#include "rpc/logs.hpp"
#include "store/store.hpp"

namespace plume::rpc {

/// Which blocks a request names, before anybody has looked for them. At most one of the two forms.
struct LogRange {
    std::optional<BlockId> from{};  ///< a number or a name
    std::optional<BlockId> to{};
    std::optional<Hash> block_hash{};
};

/// Reads addresses and topics; the range of what it returns means nothing. Throws -32602 for what
/// is malformed and -32005 for more than `log_addresses_max`, `log_positions_max` or
/// `log_topics_max`.
LogQuery read_log_conditions(const Field& filter);
/// Reads fromBlock, toBlock and blockHash. Throws -32602 when it names blocks in both ways.
LogRange read_log_range(const Field& filter);
/// About how many bytes the conditions take.
size_t size_of(const LogQuery& conditions);

/// The blocks of `range` as `head` has them. Throws geth's errors: -32602 for a range that ends
/// before it begins or beyond the head, -32000 "unknown block"; and -32005 for more than
/// `log_blocks_max` blocks.
LogQuery resolve(const LogRange& range, LogQuery conditions, const StoreSnapshot& head);

/// All logs that `query` finds. Throws -32005 with words that say how to go on when there are more
/// than `log_count_max` or it takes longer than `log_time_max`.
boost::json::array logs_of(const LogQuery& query, const StoreSnapshot& head);

/// Logs from the beginning of a query's range, and the block to go on from.
struct LogPage {
    boost::json::array logs;
    uint64_t next = 0;
};
/// As many whole blocks as `log_count_max`, `log_blocks_max` and `log_time_max` allow, at least
/// one. The range begins at most one block behind the head.
LogPage page_of(const LogQuery& query, const StoreSnapshot& head);

}  // namespace plume::rpc
