// One message call in progress, and all that code may do to the world: the one metered host, for
// bytecode and C++.
#pragma once

#include "evm/execution.hpp"
#include "evm/gas.hpp"

namespace plume {

/// What a frame asks for when it calls.
struct Call {
    CallKind kind = CallKind::call;  ///< call, delegate_call or call_code
    bool is_static = false;          ///< STATICCALL
    Address to;                      ///< whose code runs
    u256 value;                      ///< wei; of a delegated call, nothing is sent
    BytesView input;
    uint64_t gas_max = ~uint64_t{0};  ///< a 64th of what is left is kept back (EIP-150)
};

/// What a frame asks for when it creates a contract from bytecode.
struct Creation {
    u256 value;  ///< wei
    BytesView init_code;
    const u256* salt = nullptr;  ///< given: CREATE2 (EIP-1014)
};

/// How the host answers a call or a creation.
struct Called {
    /// Success: the call was made, or refused in a way its caller may see. Anything else ends the
    /// caller: it is out of gas, or may not do this.
    Status halt = Status::success;
    CallResult result;
    Address created;  ///< of a creation that succeeded
};

/// The host. Charges gas, keeps STATICCALL from writing, and passes on to the state, whose journal
/// undoes all of it when the call fails. Failure is a value: no function of it throws. An empty
/// optional means out of gas.
class Frame {
public:
    Frame(Execution& execution, const Message& message)
        : execution_(execution),
          message_(message),
          gas_left_(message.gas),
          number_(execution.state.number_frame()) {}
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

    const Message& message() const { return message_; }
    Execution& execution() const { return execution_; }
    uint64_t gas_left() const { return gas_left_; }
    /// For the interpreter, which counts by itself between two calls of the host.
    void set_gas_left(uint64_t gas) { gas_left_ = gas; }

    /// Takes gas; false, with nothing left, when there is not enough.
    [[nodiscard]] bool charge(uint64_t gas);

    // Storage. Transient storage is forgotten when the transaction ends (EIP-1153).
    /// SLOAD.
    std::optional<u256> load(const u256& slot);
    /// What a native contract loads: as SLOAD, but cheaper where the work is less. An empty slot
    /// costs `gas::native_cold_empty` the first time; a slot that no other frame has loaded since
    /// this one did costs `gas::native_reload`.
    std::optional<u256> load_native(const u256& slot);
    /// SSTORE with the prices and refunds of EIP-2200, 2929 and 3529.
    [[nodiscard]] Status store(const u256& slot, const u256& value);
    /// TLOAD and TSTORE, but for their price, which is the same for both and flat.
    u256 load_transient(const u256& slot) const;
    [[nodiscard]] Status store_transient(const u256& slot, const u256& value);
    /// LOG0 to LOG4.
    [[nodiscard]] Status log(std::vector<Hash> topics, Bytes data);

    // Other accounts, at the prices of EIP-2929.
    /// BALANCE.
    std::optional<u256> balance(const Address& address);
    /// What EXTCODESIZE and EXTCODECOPY look at; valid as long as the state lives.
    std::optional<BytesView> code(const Address& address);
    /// EXTCODEHASH: 0 for an account that is empty.
    std::optional<Hash> code_hash(const Address& address);

    /// CALL, CALLCODE, DELEGATECALL or STATICCALL. Under STATICCALL a value cannot be sent.
    Called call(const Call& call);
    /// CREATE or CREATE2.
    Called create(const Creation& creation);
    /// SELFDESTRUCT: what this contract has goes to `heir`; the contract itself goes only when this
    /// transaction created it (EIP-6780).
    [[nodiscard]] Status self_destruct(const Address& heir);

    /// Where `create_native` puts an instance: EIP-1014 with the marker and the constructor's
    /// arguments as init code.
    static Address created_address(const Address& creator, const Hash& salt, const NativeType& type,
                                   BytesView arguments);
    /// Creates an instance of `type` and runs its constructor. The output is the constructor's
    /// reason on a revert.
    Called create_native(const NativeType& type, const Hash& salt, BytesView arguments);

private:
    /// Warms the account up (EIP-2929).
    bool was_cold(const Address& address);
    [[nodiscard]] bool charge_account(const Address& address);
    /// What a callee can be given (EIP-150).
    uint64_t all_but_a_64th() const { return gas_left_ - gas_left_ / 64; }
    /// Hands all but a 64th of the gas, at most `gas_max`, to a callee.
    uint64_t give_gas(uint64_t gas_max);
    /// The common part of creations: the creator's nonce, the gas, the child.
    template <class Run>
    Called create_at(const Address& address, Message message, BytesView code, Run run);
    /// A creation that does not even begin: a tracer sees it fail, and its gas stays here.
    Called refuse(Message message, BytesView code, Status status);

    Execution& execution_;
    const Message message_;
    uint64_t gas_left_;
    const uint64_t number_;
};

}  // namespace plume
