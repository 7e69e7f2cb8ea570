// A block as a value: execute(view, nodes, rules, proposal) is a pure function. The same arguments
// give the same bytes on every machine; nothing is written anywhere.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "evm/frame.hpp"
#include "state/view.hpp"
#include "trie/trie.hpp"
#include "types/block.hpp"

namespace plume {

/// What holds for a whole chain.
struct Rules {
    uint64_t chain_id = 0;
    std::span<const NativeType> natives;  ///< the contract types this chain knows
    bool is_development = false;          ///< impersonated transactions may run
};

/// A block before it has run: what a proposer decides. `header` has every field that does not
/// follow from running it: parent hash, number, timestamp, gas limit, coinbase, extra data,
/// prev_randao, base fee.
struct Proposal {
    Header header;
    Hash parent_state_root;
    std::vector<TransactionPtr> transactions;  ///< in the order in which they are to run
};

/// A transaction that was proposed but is invalid against the state: it is in no block.
struct RefusedTransaction {
    TransactionPtr transaction;
    Error reason;
};

/// A native contract found one of its invariants broken after a transaction. The transaction was
/// undone and failed.
struct Alarm {
    Hash transaction;
    Address contract;
    std::string invariant;
};

/// A block with all that follows from it. `commit` makes it durable; forgetting it undoes it.
struct Executed {
    Block block;
    std::vector<Receipt> receipts;  ///< one per transaction of the block, in order
    Changes changes;                ///< with storage roots filled in
    std::vector<NodeChange> nodes;
    std::vector<RefusedTransaction> refused;
    std::vector<Alarm> alarms;
};

/// Runs `proposal` on `view`, whose trie nodes `nodes` holds. A transaction that is invalid here is
/// skipped and reported, so that no proposal can stop the chain; one that does not fit into the
/// rest of the block's gas is left out together with its sender's later ones, and is neither in the
/// block nor refused. Then follow the scheduled calls that are due (chain/scheduled.hpp). Any
/// thread with a stack of `contract_stack_size`.
/// `tracer` is told what users' transactions do; null: nobody.
Executed execute(const StateView& view, const NodeSource& nodes, const Rules& rules,
                 const Proposal& proposal, Tracer* tracer = nullptr);

/// Runs a block that another has made on the state of its parent: users' transactions as they
/// stand, the chain's own as the state demands them. An error says what is not as `block` has it.
Result<Executed> reproduce(const StateView& view, const NodeSource& nodes, const Rules& rules,
                           const Hash& parent_state_root, const Block& block);

/// What transactions of a block with this header see.
BlockEnvironment environment_of(const Header& header, uint64_t chain_id);

/// The roots of the tries of a block's transactions and receipts.
Hash transactions_root(const std::vector<TransactionPtr>& transactions);
Hash receipts_root(const std::vector<Receipt>& receipts);

/// The base fee of the block after `parent` (EIP-1559).
u256 next_base_fee(const Header& parent);

}  // namespace plume
