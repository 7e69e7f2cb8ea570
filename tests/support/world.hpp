// A world in memory in which contracts are called one transaction at a time, with every invariant
// checked after each.
#pragma once

#include <map>
#include <memory>

#include "contracts/catalog.hpp"
#include "evm/call.hpp"
#include "native/contract.hpp"

namespace plume::test {

/// An empty world before any block.
class EmptyView : public StateView {
public:
    std::optional<AccountFields> account(const Address&) const override { return std::nullopt; }
    u256 storage(const Address&, const u256&) const override { return {}; }
    Bytes code(const Hash&) const override;
};

/// The address 0x00..00`n`, for people in tests.
Address person(uint16_t n);

/// What a transaction came to.
struct Outcome {
    CallResult result;
    std::vector<Log> logs;
    uint64_t gas_used = 0;
    std::string broken;  ///< the invariant that did not hold afterwards; empty when all did

    bool ok() const { return result.status == Status::success; }

    /// Whether the call was refused with this error, arguments included.
    template <class E>
    bool refused_with(const E& error) const {
        return result.status == Status::revert && result.output == error.data();
    }
    /// Whether it was refused with an error of this kind.
    template <class E>
    bool refused_as() const {
        return result.status == Status::revert && E::decode(result.output).has_value();
    }
    template <class T>
    T value() const {
        return abi::decode_one<T>(result.output).value();
    }
    /// The arguments of all logs of this kind that `emitter` left.
    template <class E>
    auto events(const Address& emitter) const {
        std::vector<typename decltype(E::decode(std::declval<Log>()))::value_type> out;
        for (const Log& log : logs)
            if (log.address == emitter)
                if (auto values = E::decode(log)) out.push_back(std::move(*values));
        return out;
    }
};

/// Starts with the genesis contracts of the catalog. Fails the current test when an invariant
/// breaks.
class World {
public:
    /// `more` are types that exist in this world only, beside the catalog's.
    explicit World(std::span<const NativeType> more = {});

    State& state() { return state_; }
    BlockEnvironment& block() { return block_; }
    /// From now on a broken invariant fails no test: the transaction is undone, as a node does, and
    /// its outcome says so.
    void expect_broken_invariants() { expects_broken_ = true; }
    /// Later, in a new block.
    void advance(uint64_t seconds);
    void next_block() { advance(0); }

    /// A transaction. `M` is a Method or Remote type's text and C++ types:
    /// send<"transfer(address,uint256)">(...).
    template <FixedText signature, class... T>
    Outcome send(const Address& from, const Address& to, const T&... arguments) {
        return send_data(from, to, calldata<signature>(arguments...));
    }
    Outcome send_data(const Address& from, const Address& to, BytesView data,
                      const u256& value = {}, uint64_t gas = 10'000'000);

    /// eth_call from `from`: changes nothing.
    template <FixedText signature, class... T>
    Outcome ask(const Address& to, const T&... arguments) {
        return ask_data(Address{}, to, calldata<signature>(arguments...));
    }
    Outcome ask_data(const Address& from, const Address& to, BytesView data);

    /// Creates an instance as the launcher would, without it.
    template <class... T>
    Outcome create(const Address& creator, std::string_view type, const Hash& salt,
                   const T&... arguments) {
        return create_data(creator, type, salt, abi::encode(arguments...));
    }
    Outcome create_data(const Address& creator, std::string_view type, const Hash& salt,
                        BytesView arguments);

    template <FixedText signature, class... T>
    static Bytes calldata(const T&... arguments) {
        static_assert(detail::takes<signature, T...>(),
                      "the text's parameters are not these C++ types");
        static constexpr Selector selector =
            detail::selector_of(detail::signature_hash<signature>());
        Bytes out(selector.begin(), selector.end());
        append(out, abi::encode(arguments...));
        return out;
    }

private:
    Execution begin(const Address& origin);
    Outcome finish(Execution& execution, const State::Mark& start, CallResult result, uint64_t gas);
    std::string broken_invariant(Execution& execution);
    const NativeType& type_called(std::string_view name) const;

    EmptyView view_;
    State state_;
    BlockEnvironment block_;
    std::vector<NativeType> natives_;
    bool expects_broken_ = false;
};

}  // namespace plume::test
