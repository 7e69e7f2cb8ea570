// plume export genesis: the state of a chain as the beginning of a new one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "chain/genesis.hpp"
#include "store/store.hpp"

namespace plume {

struct ExportGenesisOptions {
    std::string data;
    std::string to;                    ///< file that is made
    std::string genesis;               ///< file; absent: the one in the data directory
    std::optional<uint64_t> chain_id;  ///< of the new chain; absent: the same
};

/// The state after the head as a genesis with the same state root. The store knows accounts and
/// slots by their hashes only; their names come from `first`, the chain's own genesis, and from
/// running every block again, which takes as long as it took to make them. Errors: another genesis,
/// or a block that does not come to what it came to. On a thread with `contract_stack_size`.
Result<Genesis> export_genesis(const StoreSnapshot& head, const StoreIdentity& identity,
                               const Genesis& first);

/// The command, for a stopped node. Returns the exit code.
int run_export_genesis(const ExportGenesisOptions& options);

}  // namespace plume
