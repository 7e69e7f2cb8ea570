// The contracts at small addresses that every Ethereum node brings along: hashes, signatures,
// numbers and curves. Functions of their input alone; they may be called from any thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "evm/revision.hpp"

namespace plume {

/// 1 to 0x0a in Cancun, to 0x11 as of Prague (EIP-2537), and 0x100 as of Osaka (EIP-7951). They are
/// warm in every transaction (EIP-2929).
bool is_precompile(const Address& address, Revision revision);

/// A precompile by the name that EIPs and EIP-7910 give it.
struct NamedPrecompile {
    std::string_view name;
    Address address;
};

/// Those that `revision` has, in order of their addresses.
std::vector<NamedPrecompile> precompiles(Revision revision);

struct PrecompileResult {
    bool success = false;  ///< without it there is neither gas nor output
    uint64_t gas_left = 0;
    Bytes output;
};

/// Runs the precompile at `address`, which must be one. Its gas is taken before it does any work
/// that the gas is for.
PrecompileResult run_precompile(const Address& address, Revision revision, BytesView input,
                                uint64_t gas);

}  // namespace plume
