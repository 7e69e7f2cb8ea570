// plume backup: a copy of a data directory that is one itself, of a node that runs or of one that
// does not.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace plume {

struct BackupOptions {
    std::string data;
    std::string to;
    bool json = false;
};

/// What a backup holds.
struct Backup {
    uint64_t head = 0;         ///< number of its newest block
    uint64_t states_from = 0;  ///< the lowest block whose state it has
    uint64_t bytes = 0;        ///< of all its files
};

/// Copies the chain in `data` to `to`, which must not be there yet or be empty. A node that runs on
/// `data` is asked for a checkpoint (app/admin.hpp) and goes on meanwhile; otherwise the directory
/// is locked. Nothing is shared with `data`. The copy is made beside `to` as `to`.partial, synced,
/// read back whole against its checksums, and only then called `to`: a backup that is there is
/// whole. A copy that fails is removed. Errors are sentences for the operator.
Result<Backup> make_backup(const std::filesystem::path& data, const std::filesystem::path& to);

/// The command. Returns the exit code.
int run_backup(const BackupOptions& options);

}  // namespace plume
