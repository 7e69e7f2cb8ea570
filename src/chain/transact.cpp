#include "chain/transact.hpp"

#include "base/result.hpp"
#include "evm/call.hpp"

namespace plume {

namespace {

/// More than any invariant can use, and far from overflowing when prices are added.
constexpr uint64_t unmetered = ~uint64_t{0} >> 1;

void warm_up(State& state, const BlockEnvironment& block, const Transaction& transaction,
             const Address& sender) {
    state.warm_up(sender);
    state.warm_up(*transaction.to);
    state.warm_up(block.coinbase);
    for (const AccessListEntry& entry : transaction.access_list) {
        state.warm_up(entry.address);
        for (const Hash& slot : entry.slots) state.warm_up(entry.address, to_u256(slot));
    }
}

std::optional<BrokenInvariant> find_broken(Execution& execution) {
    State& state = execution.state;
    const State::Mark mark = state.mark();
    std::optional<BrokenInvariant> broken;
    for (const Address& address : state.written()) {
        const NativeType* type = execution.native(state.code(address));
        if (type == nullptr || type->broken_invariant == nullptr) continue;
        Frame frame(execution, {.is_static = true,
                                .gas = unmetered,
                                .sender = address,
                                .recipient = address,
                                .code_address = address,
                                .value = {},
                                .input = {}});
        if (const auto invariant = type->broken_invariant(frame)) {
            broken = {address, *invariant};
            break;
        }
    }
    state.rollback(mark);
    return broken;
}

}  // namespace

Transacted transact(State& state, const BlockEnvironment& block,
                    std::span<const NativeType> natives, const Transaction& transaction,
                    const Address& sender) {
    check(transaction.to.has_value(), "contract creation is refused before it runs");
    const IntrinsicGas intrinsic = intrinsic_gas(transaction);
    const u256 price = effective_gas_price(transaction, block.base_fee);
    const u256 gas_limit{transaction.gas_limit};
    check(gas_limit >= u256{std::max(intrinsic.standard, intrinsic.floor)},
          "a gas limit below the intrinsic price is refused before it runs");
    check(state.balance(sender) >= gas_limit * price, "the sender's funds are checked before");

    state.begin_transaction();
    state.set_balance(sender, state.balance(sender) - gas_limit * price);
    state.set_nonce(sender, transaction.nonce + 1);
    warm_up(state, block, transaction, sender);
    const State::Mark paid = state.mark();

    Execution execution{state, block, natives, sender, price};
    Transacted out;
    out.result = call(execution, {.gas = transaction.gas_limit - intrinsic.standard,
                                  .sender = sender,
                                  .recipient = *transaction.to,
                                  .code_address = *transaction.to,
                                  .value = transaction.value,
                                  .input = transaction.data});
    if (out.result.status == Status::success) out.broken = find_broken(execution);
    if (out.broken) {
        state.rollback(paid);
        out.result = {Status::invariant_broken, 0, {}};
    }
    out.gas_consumed = transaction.gas_limit - out.result.gas_left;
    check(state.refund() >= 0, "what is given back was earned in the same transaction");
    const uint64_t refund =
        std::min(static_cast<uint64_t>(state.refund()), out.gas_consumed / gas::refund_quotient);
    out.gas_used = std::max(out.gas_consumed - refund, intrinsic.floor);
    out.logs = state.logs();

    const u256 used{out.gas_used};
    state.set_balance(sender, state.balance(sender) + (gas_limit - used) * price);
    state.set_balance(block.coinbase,
                      state.balance(block.coinbase) + used * (price - block.base_fee));
    state.end_transaction();
    return out;
}

}  // namespace plume
