// The tortures: each runs so many trials below a directory, prints what came of them and says
// whether all was as it must be.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace plume::torture {

struct Plan {
    std::filesystem::path work;    ///< a directory that is emptied; best in memory
    std::filesystem::path binary;  ///< plume
    std::filesystem::path self;    ///< this program
    uint64_t seed = 1;
    size_t trials = 100;
};

/// Power cuts: records what a node under load does to its disk, makes of it the disks that a cut at
/// any moment may leave, and holds each against what had been acknowledged by then. Two disks that
/// do not sync, and so must be found wanting, show that it would be noticed.
bool torture_power(const Plan& plan);
/// How a chain with small tables is written.
enum class TablesKind : uint8_t {
    synced,
    unsynced,  ///< must be found wanting
    pruned,    ///< synced, and its history is pruned all the time
};
/// What `torture_power` records of a chain with small tables, in a process of its own.
int run_small_tables(const std::filesystem::path& data, const std::filesystem::path& log,
                     TablesKind kind, uint64_t seed);

/// kill -9 at any moment of a young chain's founding or an older one's life. The clients' kill loop
/// (tests/clients/kill.test.mjs) does the same through JSON-RPC, on one chain.
bool torture_kills(const Plan& plan);

/// Calls to the disk that fail, each by its number: a node goes on as if nothing had been, or ends
/// with a sentence that names the place and the reason; started again, it has what was
/// acknowledged.
bool torture_errors(const Plan& plan);

/// Flipped bits in a stopped node's files: whoever reads all there is through JSON-RPC gets the
/// answers he got before, or none; and verify tells.
bool torture_bits(const Plan& plan);

/// Disks that are full or can only be read, clocks that jump.
bool torture_places(const Plan& plan);

}  // namespace plume::torture
