// What one transaction's calls share: the state, the block, the native types.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "evm/message.hpp"
#include "evm/revision.hpp"
#include "state/state.hpp"

namespace plume {

class Code;
class Frame;
class Tracer;

/// What every transaction of a block sees alike.
struct BlockEnvironment {
    Revision revision = Revision::osaka;
    uint64_t chain_id = 0;
    uint64_t number = 0;
    Hash parent_hash;
    uint64_t timestamp = 0;
    uint64_t gas_limit = 0;
    Address coinbase;
    u256 base_fee;
    Hash prev_randao;
    u256 blob_base_fee{1u};     ///< wei per blob gas (EIP-4844); 1 where there are no blobs
    size_t blob_count_max = 0;  ///< blobs that fit into the block
    /// The hash of one of the 256 blocks before `number`; it is asked for no other.
    std::function<Hash(uint64_t number)> ancestor_hash;
};

/// A kind of native contract. `Executed` blocks depend on nothing but this table, the state and the
/// proposal.
struct NativeType {
    uint16_t id = 0;
    uint16_t version = 0;
    std::string_view name;
    /// Runs a call or, for CallKind::create, the constructor.
    CallResult (*entry)(Frame&) = nullptr;
    /// The first invariant that does not hold after a transaction; nothing when all do. Reads only.
    std::optional<std::string> (*broken_invariant)(Frame&) = nullptr;
};

/// The code of a native contract's instances: 0xef50, type and version as big-endian 16-bit
/// numbers. EIP-3541 keeps bytecode from beginning with 0xef, so it cannot be forged.
inline constexpr std::array<uint8_t, 2> native_marker{0xef, 0x50};
inline constexpr size_t native_code_size = 6;
Bytes native_code(const NativeType& type);

/// EIP-7702: the code of an account that has lent itself another's, 0xef0100 || address.
inline constexpr std::array<uint8_t, 3> delegation_marker{0xef, 0x01, 0x00};
inline constexpr size_t delegation_size = 23;
Bytes delegation_to(const Address& address);
/// The address that `code` delegates to; nothing when it is other code.
std::optional<Address> delegate_of(BytesView code);

/// A native contract in the middle of a method, and whether that method has written yet.
struct LockedContract {
    Address address;
    bool has_written = false;
};

/// One transaction on its way through the world; lives as long as its outermost call.
struct Execution {
    State& state;
    const BlockEnvironment& block;
    std::span<const NativeType> natives;
    Address origin;
    u256 gas_price;
    std::span<const Hash> blob_hashes{};  ///< EIP-4844: what BLOBHASH answers
    Tracer* tracer = nullptr;             ///< is told of calls and steps; null: nobody
    /// Native contracts in the middle of a method that may write, outermost first: the reentrancy
    /// lock.
    std::vector<LockedContract> locked{};
    /// The bytecode that has run, by hash: an account is paid for as cold but once, so its code
    /// must not be looked through more often.
    std::unordered_map<Hash, std::shared_ptr<const Code>> codes{};

    /// The native type that `code` marks; null for other code and for types this node does not
    /// know.
    const NativeType* native(BytesView code) const;
};

}  // namespace plume
