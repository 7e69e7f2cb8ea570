// Blocks as Ethereum's networks have them since the merge: their bytes, and all the rules by which
// one follows another. Plume's own blocks (chain/execute) have no withdrawals, blobs and requests,
// so the rules about those stand here.
//
//   block      = [header, [transaction], [uncle header], [withdrawal]]
//   withdrawal = [index, validator index, address, amount in gwei]      EIP-4895
#pragma once

#include "conformance/forks.hpp"
#include "types/block.hpp"

namespace plume::conformance {

/// A validator's money on its way back (EIP-4895).
struct Withdrawal {
    uint64_t index = 0;
    uint64_t validator = 0;
    Address address;
    uint64_t amount = 0;  ///< gwei
};

/// A header with its hash.
struct SealedHeader {
    Header header;
    bool has_requests = false;  ///< 21 fields, as from Prague on; 20 in Cancun
    Hash hash;
};

/// A block as its bytes say it.
struct ReceivedBlock {
    SealedHeader sealed;
    std::vector<TransactionPtr> transactions;
    std::vector<Withdrawal> withdrawals;
    size_t size = 0;  ///< bytes
};

/// Both are strict, as every decoder of ours; a block with uncles is refused (EIP-3675).
Result<ReceivedBlock> decode_block(BytesView rlp);
Result<SealedHeader> decode_sealed_header(BytesView rlp);

/// What can be said of a block by its own bytes and its parent's header: every field of the header
/// but those that come from running it.
Result<void> validate_block(const ReceivedBlock& block, const Header& parent, const Fork& fork);

}  // namespace plume::conformance
