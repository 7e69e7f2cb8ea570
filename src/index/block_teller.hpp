// Tells the facts of whole blocks, in order.
#pragma once

#include <set>

#include "index/contract_views.hpp"

namespace plume {

/// Blocks that are put into the file together while catching up.
inline constexpr uint64_t blocks_per_commit_max = 256;

/// One thread, with a stack of `contract_stack_size`.
class BlockTeller {
public:
    BlockTeller(const Chain& chain, Facts& facts) : chain_(chain), facts_(facts), views_(chain) {}

    /// Takes away what is not of this chain: the index may be ahead of a chain that was restored
    /// from a backup or set back.
    Result<void> align();
    /// Does so, and then puts the blocks up to the head into the file, at most
    /// `blocks_per_commit_max` of them; how many. Those among `fresh` need not be read from the
    /// store. After an error `facts` is of no use any more.
    Result<uint64_t> advance(std::span<const CommittedBlockPtr> fresh = {});

private:
    void tell_block(const StoreSnapshot& head, uint64_t number);
    void tell_block(const CommittedBlock& committed);
    /// The logs of one transaction, `first_log_index` of which came before it in the block.
    void tell_logs(const Receipt& receipt, const Hash& transaction, uint64_t number,
                   uint64_t first_log_index);
    void tell_log(const Log& log);
    void tell_launch(const Log& log);
    /// The contract, noted in the index.
    const KnownContract* meet(const Address& address);

    const Chain& chain_;
    Facts& facts_;
    ContractViews views_;
    std::set<Address> noted_;  ///< contracts that are in the index for certain
};

}  // namespace plume
