// Blockchain tests: blocks one after the other, good ones and bad ones.
//
//   { genesisRLP, genesisBlockHeader, pre, blocks: [ { rlp, blockHeader?, expectException? } ],
//     lastblockhash, postState | postStateHash, network, config? }
#pragma once

#include "conformance/cases.hpp"

namespace plume::conformance {

/// One case: every block is taken or refused as the test says, and the head is the test's.
Cases block_cases(const Entry& entry);

}  // namespace plume::conformance
