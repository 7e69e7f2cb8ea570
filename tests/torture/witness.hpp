// Who saw what acknowledged, and whether a directory still has it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/node.hpp"
#include "torture/load.hpp"

namespace plume::torture {

/// A receipt that somebody has seen.
struct Acknowledged {
    uint64_t number = 0;
    Hash block;
    Hash transaction;
};

/// A file of acknowledgements, written as they come: as records of the shim's log, which it may be.
class Witness {
public:
    explicit Witness(const std::filesystem::path& file);
    ~Witness();
    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;

    void note(const Acknowledged& seen) const;
    static std::vector<Acknowledged> read(const std::filesystem::path& file);

private:
    int file_;
};

/// Options of a node on `data` that listens on any port, and takes the torture's genesis.
NodeOptions node_options(const std::filesystem::path& data);

/// Gives `load` to a running node, a few transactions at a time, and notes every one in a block
/// that was committed. Returns when all are.
void give(Node& node, const std::vector<Bytes>& load, const Witness& witness);

/// Runs a node on `data` until it has done `load`. Returns its exit code, having said why.
int run_node(const std::filesystem::path& data, const std::vector<Bytes>& load,
             const std::filesystem::path& witness);

/// Why `data` is not as it should be: it cannot be opened, or does not verify, or lacks something
/// acknowledged. Empty when it is. With `is_started`, a node is started and makes one more block.
std::string judge(const std::filesystem::path& data, const std::vector<Acknowledged>& seen,
                  bool is_started);

}  // namespace plume::torture
