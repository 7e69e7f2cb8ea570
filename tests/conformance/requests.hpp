// What Prague's contracts ask of the consensus layer (EIP-7685): deposits (EIP-6110), withdrawals
// (EIP-7002) and consolidations (EIP-7251).
#pragma once

#include "types/block.hpp"

namespace plume::conformance {

/// The requests of one type, without the type.
struct Requests {
    uint8_t type = 0;
    Bytes data;
};

/// The deposits that the deposit contract logged. An error when one of its logs is not as the
/// contract of Ethereum's main network writes them: the block is then invalid.
Result<Requests> deposits_in(const std::vector<Receipt>& receipts);

/// sha256 of the hashes of those requests that there are.
Hash requests_hash(const std::vector<Requests>& requests);

}  // namespace plume::conformance
