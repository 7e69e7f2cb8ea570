// Vectors of what is signed, and how: EIP-712 and transactions.
#pragma once

#include "conformance/cases.hpp"

namespace plume::conformance {

/// {domain, types, primaryType, data, encoded, digest, privateKey?, signature?} (EIP-712).
Outcome run_typed_data(const boost::json::value& entry);

/// {privateKey, unsignedTransaction, signedTransaction, both with ChainId5, accountAddress}.
Outcome run_legacy_transaction(const boost::json::value& entry);

/// {key, address, tx, unsigned, signed}.
Outcome run_typed_transaction(const boost::json::value& entry);

/// {key, unsigned, signed}: transactions of before EIP-2, which refuses a high s.
Outcome run_old_transaction(const boost::json::value& entry);

}  // namespace plume::conformance
