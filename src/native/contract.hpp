// A native contract: a C++ class whose object is made for one call and forgotten, and whose only
// memory is the trie.
//
//   class Token : public Contract {
//       static constexpr Slot<u256> supply{0};
//       static constexpr Map<Address, u256> balances{1};
//   public:
//       using Contract::Contract;
//       u256 balance_of(Address owner) const { return get(balances[owner]); }
//       static constexpr auto abi = Methods<
//           Method<"balanceOf(address owner) view returns (uint256)", &Token::balance_of>>{};
//   };
//
// What the class may rely on, and what it cannot break:
//   - const is view. `set`, `emit`, `call` and `create` are not const, so a view that writes does
//     not compile.
//   - `require` and `refuse` undo everything the call did and hand an ABI error to the caller.
//   - A method that writes is non-reentrant: a second one on the same instance is refused while the
//     first runs. A view on an instance in the middle of a method answers only as long as that
//     method has written nothing: whoever looks sees the state before or after, never between.
//   - Value sent to a method that is not payable, and calldata that no method takes, are refused,
//     as Solidity does.
//   - Gas is the host's: every get, set, emit and call is charged by Frame. A get costs less than
//     bytecode's where it is less work: of an empty slot, and of one that this frame knows.
#pragma once

#include "evm/frame.hpp"
#include "native/method.hpp"
#include "native/slot.hpp"

namespace plume {

/// Thrown to refuse a call: writes are undone, `data` goes to the caller. Caught in contract.cpp,
/// nowhere else.
struct Revert {
    Bytes data;
};

/// Thrown when the host refuses: out of gas, a write under STATICCALL. Everything is undone, no gas
/// is left.
struct Halt {
    Status status;
};

/// Solidity's own errors.
using ErrorString = CustomError<"Error(string reason)", std::string>;
using Panic = CustomError<"Panic(uint256 code)", u256>;
inline constexpr u256 panic_arithmetic{0x11u};
inline constexpr u256 panic_division_by_zero{0x12u};
inline constexpr u256 panic_index{0x32u};

using ReentrancyGuardReentrantCall = CustomError<"ReentrancyGuardReentrantCall()">;
/// A constructor's arguments are no encoding of what it takes.
using InvalidArguments = CustomError<"InvalidArguments()">;

/// How another contract answered.
struct Answer {
    bool success;
    Bytes data;  ///< return data, or the reason why not
};

class Contract {
public:
    explicit Contract(Frame& frame) : frame_(&frame) {}

    // Who, where, when.
    const Address& self() const { return frame_->message().recipient; }
    /// Who made this call: never an ancestor's identity.
    const Address& sender() const { return frame_->message().sender; }
    /// Wei that the contract itself has, what was sent along included.
    u256 balance() const;
    /// Wei sent along.
    const u256& value() const { return frame_->message().value; }
    uint64_t chain_id() const { return frame_->execution().block.chain_id; }
    uint64_t block_number() const { return frame_->execution().block.number; }
    /// The block's time in seconds since 1970.
    uint64_t now() const { return frame_->execution().block.timestamp; }
    uint64_t gas_left() const { return frame_->gas_left(); }
    /// Gas for work the host does not see.
    void charge(uint64_t gas) const;

    // Storage.
    template <class T>
    T get(const Slot<T>& slot) const {
        u256 word = load(slot.position);
        constexpr size_t width = abi::Word<T>::width;
        if constexpr (width < 32)
            word = (word >> (8 * slot.offset)) & ((u256{1u} << (8 * width)) - u256{1u});
        return from_storage<T>(word);
    }
    /// A slot that holds several values is read, changed in place and written.
    template <class T>
    void set(const Slot<T>& slot, const std::type_identity_t<T>& value) {
        constexpr size_t width = abi::Word<T>::width;
        u256 word = to_storage<T>(value);
        if constexpr (width < 32) {
            const u256 mask = ((u256{1u} << (8 * width)) - u256{1u}) << (8 * slot.offset);
            word = (load(slot.position) & ~mask) | word << (8 * slot.offset);
        }
        store(slot.position, word);
    }
    Bytes get(const Text& text) const;
    std::string get_string(const Text& text) const;
    /// Bytes of a text, without reading them.
    uint64_t size(const Text& text) const;
    void set(const Text& text, BytesView content);
    template <class T>
    uint64_t length(const Array<T>& array) const {
        return get(array.length()).low64();  // Only `push` writes it.
    }
    /// The place of a new last element, which reads as zero.
    template <class T>
    auto push(const Array<T>& array) {
        const uint64_t size = length(array);
        set(array.length(), u256{size + 1});
        return array[size];
    }

    template <class E>
    void emit(const E& event) {
        emit(event.topics(), event.data());
    }

    // Refusing.
    template <class E>
    void require(bool holds, const E& error) const {
        if (!holds) [[unlikely]]
            throw Revert{error.data()};
    }
    template <class E>
    [[noreturn]] void refuse(const E& error) const {
        throw Revert{error.data()};
    }

    // Other contracts. native/remote.hpp has the typed forms.
    /// STATICCALL with at most `gas_max`.
    Answer static_call(const Address& to, BytesView input, uint64_t gas_max = ~0ull) const;
    /// CALL with at most `gas_max`, sending `value` wei.
    Answer call(const Address& to, BytesView input, const u256& value = {},
                uint64_t gas_max = ~0ull);
    bool has_code(const Address& address) const;
    /// Creates an instance of `type`; a refusal of its constructor becomes ours.
    Address create(const NativeType& type, const Hash& salt, BytesView arguments);

    // For invariants, which run after a transaction in a frame of their own.
    /// What a slot held before the transaction.
    template <class T>
    T before(const Slot<T>& slot) const {
        u256 word = frame_->execution().state.original(self(), slot.position);
        constexpr size_t width = abi::Word<T>::width;
        if constexpr (width < 32)
            word = (word >> (8 * slot.offset)) & ((u256{1u} << (8 * width)) - u256{1u});
        return from_storage<T>(word);
    }
    /// Whether a place holds what it held before the transaction. What rests on nothing but such
    /// places holds as it did, and need not be reckoned again.
    template <class T>
    bool is_unchanged(const Slot<T>& slot) const {
        return get(slot) == before(slot);
    }
    bool is_unchanged(const Text& text) const;
    /// The logs of the whole transaction, of all contracts.
    const std::vector<Log>& transaction_logs() const { return frame_->execution().state.logs(); }

    /// Methods of derived classes that hold money say which of their invariants is broken; none by
    /// default.
    std::optional<std::string> broken_invariant() const { return std::nullopt; }

protected:
    const Execution& execution() const { return frame_->execution(); }

private:
    /// bytesN stands at the beginning of a word in calldata, but at the low end of its place in
    /// storage.
    template <class T>
    static constexpr unsigned storage_shift =
        abi::is_bytes_n<T> ? 8 * (32 - static_cast<unsigned>(abi::Word<T>::width)) : 0;

    template <class T>
    static T from_storage(const u256& word) {
        return abi::Word<T>::from(word << storage_shift<T>).value_or(T{});
    }
    template <class T>
    static u256 to_storage(const T& value) {
        return abi::Word<T>::to(value) >> storage_shift<T>;
    }
    u256 load(const u256& position) const;
    void store(const u256& position, const u256& word);
    void emit(std::vector<Hash> topics, Bytes data);

    Frame* frame_;
};

namespace detail {

/// The membrane: runs `body` and turns what it throws into a result. `body` returns the call's
/// output.
CallResult contain(Frame& frame, Bytes (*body)(Frame&));
std::optional<std::string> contain_invariant(Frame& frame,
                                             std::optional<std::string> (*body)(Frame&));

/// Holds an instance's reentrancy lock for as long as a method that writes runs.
class Lock {
public:
    explicit Lock(Frame& frame);
    ~Lock();
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

private:
    Execution& execution_;
};

/// Refuses a view while the instance is in the middle of writing.
void require_settled(const Frame& frame);
/// Calldata that no method takes is refused without a word, as Solidity does.
[[noreturn]] void refuse_unknown(CallKind kind);

/// Calls one method of a contract; nothing when it does not take this value or these arguments.
template <class C>
using Invoke = std::optional<Bytes> (*)(Frame& frame, C& contract);

template <class C, class M>
std::optional<Bytes> invoke(Frame& frame, C& contract) {
    const Message& message = frame.message();
    if (M::mutability != Mutability::payable && !message.value.is_zero()) return std::nullopt;
    const BytesView arguments = message.input.subspan(Selector::size);
    if constexpr (M::is_view) {
        require_settled(frame);
        return M::invoke(std::as_const(contract), arguments);
    } else {
        const Lock lock(frame);
        return M::invoke(contract, arguments);
    }
}

/// The method that calldata names; null when there is none.
template <class C>
Invoke<C> find_method(BytesView input) {
    static constexpr auto table =
        C::abi.template table<Invoke<C>>([]<class M>() -> Invoke<C> { return &invoke<C, M>; });
    if (input.size() < Selector::size) return nullptr;
    const uint32_t selector = C::abi.number_of(*Selector::from(input.first(Selector::size)));
    const auto row = std::ranges::lower_bound(table, selector, {},
                                              [](const auto& entry) { return entry.first; });
    return row != table.end() && row->first == selector ? row->second : nullptr;
}

template <class C>
Bytes dispatch(Frame& frame) {
    const Message& message = frame.message();
    C contract(frame);
    contract.charge(gas::native_call + gas::native_word * words_of(message.input.size()));
    std::optional<Bytes> output;
    if (message.kind == CallKind::create) {
        const Lock lock(frame);
        output = decltype(C::constructor)::invoke(contract, message.input);
    } else if (const Invoke<C> method = find_method<C>(message.input)) {
        output = method(frame, contract);
    }
    if (!output) refuse_unknown(message.kind);
    contract.charge(gas::native_word * words_of(output->size()));
    return std::move(*output);
}

template <class C>
CallResult entry(Frame& frame) {
    return contain(frame, &dispatch<C>);
}

template <class C>
std::optional<std::string> broken_invariant(Frame& frame) {
    return contain_invariant(frame, [](Frame& inner) { return C(inner).broken_invariant(); });
}

}  // namespace detail

/// The row of the native table for a contract class. To be called in the class's own .cpp, so that
/// its dispatch is compiled once.
template <class C>
NativeType native_type(uint16_t id, uint16_t version, std::string_view name) {
    return {id, version, name, &detail::entry<C>, &detail::broken_invariant<C>};
}

}  // namespace plume
