// What a tormented chain is made to do: transactions signed ahead, of every kind that leaves other
// traces on disk.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "chain/genesis.hpp"
#include "types/transaction.hpp"

namespace plume::torture {

/// Which traces a load leaves.
enum class LoadKind : uint8_t {
    payments,   ///< accounts, new and old
    contracts,  ///< slots set and cleared, codes, contracts gone as soon as made, logs
    large,      ///< much in few transactions: files are filled and merged
};

/// Senders with coin, and the contract that the loads call, as a genesis file.
std::string genesis_text();
Genesis genesis();

/// Signs transactions of senders that nobody else uses. The same seed gives the same ones.
class Load {
public:
    Load(LoadKind kind, uint64_t seed);

    /// The next transaction, raw; those of a sender have nonces one after another.
    Bytes next() { return sign_next().second; }
    std::vector<Bytes> take(size_t count);
    /// As many for each of `rows` who send at the same time: no sender is in two rows.
    std::vector<std::vector<Bytes>> take_rows(size_t count, size_t rows);

private:
    /// The number of its sender, and the transaction.
    std::pair<size_t, Bytes> sign_next();
    Transaction payment();
    Transaction call();
    Transaction creation();

    LoadKind kind_;
    std::mt19937_64 random_;
    std::vector<uint64_t> nonces_;
};

/// A payment by a sender of no load, with this nonce: to see whether a chain goes on.
TransactionPtr probe(uint64_t nonce);
Address probe_sender();

}  // namespace plume::torture
