// One message call in progress, and all that code may do to the world: the one metered host, for
// bytecode and C++.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "evm/gas.hpp"
#include "state/state.hpp"

namespace plume {

/// How a call ended. Only `success` and `revert` leave gas to the caller; only `success` keeps
/// writes.
enum class Status : uint8_t {
    success,
    revert,
    out_of_gas,
    static_write,          ///< a write under STATICCALL
    depth_exceeded,        ///< more than 1,024 calls deep
    insufficient_balance,  ///< the caller has less than the value it sends
    nonce_exhausted,       ///< the creator's nonce is 2^64 - 1 (EIP-2681)
    address_taken,         ///< there is an account where a contract was to be created
    native_delegated,      ///< DELEGATECALL or CALLCODE into a native contract
    no_interpreter,        ///< the account holds bytecode, which this version does not run
    invariant_broken,      ///< a native contract found its own rules violated after the transaction
};

std::string_view name_of(Status status);

enum class CallKind : uint8_t { call, delegate_call, call_code, create };

inline constexpr uint32_t depth_max = 1'024;

/// What a caller asks for.
struct Message {
    CallKind kind = CallKind::call;
    bool is_static = false;
    uint32_t depth = 0;
    uint64_t gas = 0;
    Address sender;
    Address recipient;     ///< whose storage and balance: "this"
    Address code_address;  ///< whose code; the same but for delegated calls
    u256 value;            ///< wei
    BytesView input;       ///< calldata, or a native contract's constructor arguments
};

struct CallResult {
    Status status = Status::success;
    uint64_t gas_left = 0;
    Bytes output;  ///< return data, or the reason of a revert
};

/// What every transaction of a block sees alike.
struct BlockEnvironment {
    uint64_t chain_id = 0;
    uint64_t number = 0;
    uint64_t timestamp = 0;
    uint64_t gas_limit = 0;
    Address coinbase;
    u256 base_fee;
    Hash prev_randao;
};

class Frame;

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
    /// Native contracts in the middle of a method that may write, outermost first: the reentrancy
    /// lock.
    std::vector<LockedContract> locked{};

    /// The native type that `code` marks; null for other code and for types this node does not
    /// know.
    const NativeType* native(BytesView code) const;
};

/// The host. Charges gas, keeps STATICCALL from writing, and passes on to the state, whose journal
/// undoes all of it when the call fails. Failure is a value: no function of it throws.
class Frame {
public:
    Frame(Execution& execution, const Message& message)
        : execution_(execution), message_(message), gas_left_(message.gas) {}
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

    const Message& message() const { return message_; }
    Execution& execution() const { return execution_; }
    uint64_t gas_left() const { return gas_left_; }

    /// Takes gas; false, with nothing left, when there is not enough.
    [[nodiscard]] bool charge(uint64_t gas);

    /// SLOAD. Nothing when out of gas.
    std::optional<u256> load(const u256& slot);
    /// SSTORE with the prices and refunds of EIP-2200, 2929 and 3529.
    [[nodiscard]] Status store(const u256& slot, const u256& value);
    /// LOG0 to LOG4.
    [[nodiscard]] Status log(std::vector<Hash> topics, BytesView data);
    /// BALANCE.
    std::optional<u256> balance(const Address& address);
    /// Whether there is code: EXTCODESIZE > 0.
    std::optional<bool> has_code(const Address& address);

    /// CALL and STATICCALL with all but one 64th of the gas, at most `gas` (EIP-150). A refusal
    /// before the callee runs is a result too. Under STATICCALL a value cannot be sent.
    CallResult call(const Address& to, const u256& value, BytesView input, bool is_static,
                    uint64_t gas_max = ~0ull);

    /// Where `create_native` puts an instance: EIP-1014 with the marker and the constructor's
    /// arguments as init code.
    static Address created_address(const Address& creator, const Hash& salt, const NativeType& type,
                                   BytesView arguments);
    /// Creates an instance of `type` and runs its constructor. The output is the constructor's
    /// reason on a revert.
    CallResult create_native(const NativeType& type, const Hash& salt, BytesView arguments);

private:
    [[nodiscard]] bool charge_account(const Address& address);

    Execution& execution_;
    const Message message_;
    uint64_t gas_left_;
};

}  // namespace plume
